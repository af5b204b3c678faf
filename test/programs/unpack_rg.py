#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Unpacks the module of the npm package ripgrep: unpack_rg.py PACKAGE.tgz OUT.wasm
#
# The package holds it as Z85 text (ZeroMQ RFC 32) of a brotli stream, inside a script that also
# names the stream's length, since the text is padded to groups of five characters.

import pathlib
import re
import subprocess
import sys
import tarfile

SCRIPT = "package/lib/_rg.wasm.mjs"
DIGITS = ("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
          ".-:+=^!/*?&<>()[]{}@%$#")
VALUES = {digit: value for value, digit in enumerate(DIGITS)}


def z85_decode(text):
    out = bytearray()
    for start in range(0, len(text), 5):
        word = 0
        for digit in text[start:start + 5]:
            word = word * 85 + VALUES[digit]
        out += word.to_bytes(4, "big")
    return bytes(out)


def main():
    package, out = map(pathlib.Path, sys.argv[1:])
    with tarfile.open(package) as archive:
        script = archive.extractfile(SCRIPT).read().decode()
    length = int(re.search(r"compressedByteLength = (\d+);", script)[1])
    text = re.search(r'getEncoded = \(\) => "([^"]+)";', script)[1]
    module = subprocess.run(["brotli", "--decompress", "--stdout"], check=True,
                            input=z85_decode(text)[:length], stdout=subprocess.PIPE).stdout
    out.write_bytes(module)


if __name__ == "__main__":
    main()
