#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Fetches the files of deps/maven.lock into a folder: fetch_maven.py DIR
#
# The repository is MAVEN_REPOSITORY, else Maven Central. A file counts only when its hash is the one
# in the lock file, whether it was fetched or found.

import hashlib
import os
import pathlib
import sys
import urllib.error
import urllib.request

LOCK = pathlib.Path(__file__).with_name("maven.lock")
DEFAULT_REPOSITORY = "https://repo.maven.apache.org/maven2"
TIMEOUT_S = 120


def read_lock():
    lines = (line.split("#")[0].split() for line in LOCK.read_text().splitlines())
    return [words for words in lines if words]


def fetch(path, remote, digest):
    if path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == digest:
        return
    url = f"{os.environ.get('MAVEN_REPOSITORY', DEFAULT_REPOSITORY).rstrip('/')}/{remote}"
    print(f"fetching {url}", file=sys.stderr)
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
            content = answer.read()
    except (urllib.error.URLError, OSError) as error:
        sys.exit(f"deps/fetch_maven.py: error: {url}: {error}")
    if hashlib.sha256(content).hexdigest() != digest:
        sys.exit(f"deps/fetch_maven.py: error: {url}: content does not match deps/maven.lock")
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)


def main():
    directory = pathlib.Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    for remote, digest in read_lock():
        fetch(directory / remote.rpartition("/")[2], remote, digest)


if __name__ == "__main__":
    main()
