#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Unpacks the `share` folder of a YoWASP npm package: unpack_share.py PACKAGE.tgz SCRIPT OUT-DIR
#
# SCRIPT (a path in the package) holds a tree of literals, one entry on a line: `name: {` opens a
# folder, `},` closes it, `"name": "text",` is a file's content, and `"name": new URL("./path", ...)`
# names the member of the package that is the file.

import json
import pathlib
import posixpath
import re
import shutil
import sys
import tarfile

FOLDER = re.compile(r'\s*"?([^":]+)"?: \{$')
TEXT = re.compile(r'\s*"([^"]+)": (".*"),?$')
MEMBER = re.compile(r'\s*"([^"]+)": new URL\("([^"]+)", import\.meta\.url\),?$')
CLOSE = re.compile(r"\s*\},?$")


def read_tree(archive, script):
    """Yields (path, content) of every file."""
    text = archive.extractfile(script).read().decode()
    folders = []
    for line in text[text.index("export const filesystem"):].splitlines()[1:]:
        if match := FOLDER.match(line):
            folders.append(match[1])
        elif match := TEXT.match(line):
            yield "/".join([*folders, match[1]]), json.loads(match[2]).encode()
        elif match := MEMBER.match(line):
            member = posixpath.normpath(posixpath.join(posixpath.dirname(script), match[2]))
            yield "/".join([*folders, match[1]]), archive.extractfile(member).read()
        elif CLOSE.match(line) and folders:
            folders.pop()


def main():
    package, script, out = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    part = out.with_name(out.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    with tarfile.open(package) as archive:
        for path, content in read_tree(archive, script):
            inside = posixpath.relpath(path, "share")
            if inside.startswith(".."):
                sys.exit(f"unpack_share.py: error: {package}: {path} is outside share")
            (part / inside).parent.mkdir(parents=True, exist_ok=True)
            (part / inside).write_bytes(content)
    shutil.rmtree(out, ignore_errors=True)
    part.rename(out)


if __name__ == "__main__":
    main()
