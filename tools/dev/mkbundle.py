#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a boot bundle (format: abi/layout.h) from an init image and what it is to find.

usage: mkbundle.py INIT.elf -o BUNDLE [--module FILE] [--arg A]... [--env K=V]...
                   [--option KEY=VALUE]...

The image and the module are put at page boundaries. Preopened directories are for
`selkis run`, which makes bundles of its own.
"""
import argparse
import os
import struct

PAGE = 4096
MAGIC = 0x4C444E424B4C4553
INIT, MODULE, ARG, ENV, OPTION = 1, 2, 3, 4, 5
HEADER = struct.Struct("<QIIQQ")
ENTRY = struct.Struct("<IIIIQQQQ")


def align(number, to):
    return (number + to - 1) // to * to


def bundle(entries):
    """entries: (kind, name, data or None); the data of all of them is page aligned."""
    names_at = HEADER.size + len(entries) * ENTRY.size
    names = b"".join(name for _, name, _ in entries)
    out = bytearray(align(names_at + len(names), PAGE))
    name_off = names_at
    out[names_at : names_at + len(names)] = names
    for i, (kind, name, data) in enumerate(entries):
        data_off = len(out) if data is not None else 0
        data_len = len(data) if data is not None else 0
        ENTRY.pack_into(out, HEADER.size + i * ENTRY.size, kind, 0, 0, len(name), name_off,
                        data_off, data_len, 0)
        name_off += len(name)
        if data is not None:
            out += data.ljust(align(data_len, PAGE), b"\0")
    HEADER.pack_into(out, 0, MAGIC, 0, len(entries), len(out), 0)
    return bytes(out)


def main():
    parser = argparse.ArgumentParser(description="makes a Selkis boot bundle")
    parser.add_argument("init")
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--module")
    parser.add_argument("--arg", action="append", default=[])
    parser.add_argument("--env", action="append", default=[])
    parser.add_argument("--option", action="append", default=[])
    args = parser.parse_args()

    def read(path):
        with open(path, "rb") as file:
            return file.read()

    entries = [(INIT, b"init", read(args.init))]
    if args.module:
        entries.append((MODULE, os.fsencode(args.module), read(args.module)))
    for kind, texts in ((ARG, args.arg), (ENV, args.env), (OPTION, args.option)):
        entries += [(kind, os.fsencode(text), None) for text in texts]
    with open(args.output, "wb") as file:
        file.write(bundle(entries))


main()
