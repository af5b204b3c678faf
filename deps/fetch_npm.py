#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Fetches packages of deps/npm.lock: fetch_npm.py DIR NAME...
#
# Each becomes DIR/NAME.tgz, with "/" in NAME as "+". The registry is npm's own setting. A tarball
# counts only when its hash is the one in the lock file, whether it was fetched or found.

import base64
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import urllib.error
import urllib.request

LOCK = pathlib.Path(__file__).with_name("npm.lock")
DEFAULT_REGISTRY = "https://registry.npmjs.org/"
TIMEOUT_S = 120


def read_lock():
    packages = {}
    for line in LOCK.read_text().splitlines():
        words = line.split("#")[0].split()
        if words:
            name, version, integrity = words
            packages[name] = (version, integrity)
    return packages


def registry():
    for key in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
        if os.environ.get(key):
            return os.environ[key]
    if shutil.which("npm"):
        answer = subprocess.run(["npm", "config", "get", "registry"], check=False,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if answer.stdout.startswith("http"):
            return answer.stdout.strip()
    return DEFAULT_REGISTRY


def matches(content, integrity):
    algorithm, _, digest = integrity.partition("-")
    return hashlib.new(algorithm, content).digest() == base64.b64decode(digest)


def fetch(path, name, version, integrity):
    if path.exists() and matches(path.read_bytes(), integrity):
        return
    base = registry().rstrip("/")
    url = f"{base}/{name}/-/{name.split('/')[-1]}-{version}.tgz"
    print(f"fetching {url}", file=sys.stderr)
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
            content = answer.read()
    except (urllib.error.URLError, OSError) as error:
        sys.exit(f"deps/fetch_npm.py: error: {url}: {error}")
    if not matches(content, integrity):
        sys.exit(f"deps/fetch_npm.py: error: {url}: content does not match deps/npm.lock")
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)


def main():
    directory = pathlib.Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    packages = read_lock()
    for name in sys.argv[2:]:
        if name not in packages:
            sys.exit(f"deps/fetch_npm.py: error: {name}: not in deps/npm.lock")
        fetch(directory / (name.replace("/", "+") + ".tgz"), name, *packages[name])


if __name__ == "__main__":
    main()
