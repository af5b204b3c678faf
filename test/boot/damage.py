#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes damaged copies of a good bundle, and what the kernel is to say about each.

usage: damage.py GOOD DIR       makes DIR/NAME, prints lines "NAME<tab>words of the message"
"""
import pathlib
import struct
import sys

good = pathlib.Path(sys.argv[1]).read_bytes()
folder = pathlib.Path(sys.argv[2])
ENTRY = 32  # offset of the first entry: init
(elf,) = struct.unpack_from("<Q", good, ENTRY + 24)
(phoff,) = struct.unpack_from("<Q", good, elf + 32)
LOAD = elf + phoff  # the first program header


def first_segment(flags):
    """Offset of the first PT_LOAD with all of `flags`."""
    (count,) = struct.unpack_from("<H", good, elf + 56)
    for i in range(count):
        kind, has = struct.unpack_from("<II", good, LOAD + i * 56)
        if kind == 1 and has & flags == flags:
            return LOAD + i * 56
    raise SystemExit("no such segment in the good bundle")


def damage(name, message, *changes):
    data = bytearray(good)
    for offset, form, value in changes:
        struct.pack_into(form, data, offset, value)
    (folder / name).write_bytes(data)
    print(f"{name}\t{message}")


def cut(name, message, length):
    (folder / name).write_bytes(good[:length])
    print(f"{name}\t{message}")


text = first_segment(1)
damage("wrong_magic", "wrong magic", (0, "<Q", 0))
damage("wrong_version", "version 7", (8, "<I", 7))
damage("no_entries", "0 entries", (12, "<I", 0))
damage("many_entries", "entries do not fit", (12, "<I", 0xFFFFFFFF))
damage("long_header", "header says", (16, "<Q", 1 << 40))
damage("short_header", "header says", (16, "<Q", 8))
damage("not_init", "not init", (ENTRY, "<I", 2))
damage("init_outside", "lies outside", (ENTRY + 24, "<Q", 1 << 63))
damage("init_too_long", "lies outside", (ENTRY + 32, "<Q", (1 << 64) - 1))
damage("init_not_aligned", "not page aligned", (ENTRY + 24, "<Q", elf + 8))
damage("init_empty", "not a 64-bit ELF", (ENTRY + 32, "<Q", 0))
damage("not_elf", "not a 64-bit ELF", (elf, "<I", 0))
damage("other_machine", "not a static x86-64 program", (elf + 18, "<H", 183))
damage("position_independent", "not a static x86-64 program", (elf + 16, "<H", 3))
damage("headers_outside", "bad program headers", (elf + 32, "<Q", 1 << 62))
damage("headers_many", "bad program headers", (elf + 56, "<H", 0xFFFF))
damage("entry_outside", "entry point", (elf + 24, "<Q", 0))
damage("entry_in_kernel", "entry point", (elf + 24, "<Q", 0xFFFFFFFF80200000))
damage("segment_outside", "lies outside", (text + 8, "<Q", 1 << 50))
damage("segment_in_kernel", "is not between", (text + 16, "<Q", 0xFFFFFFFF80200000))
damage("segment_too_long", "is not between", (text + 40, "<Q", (1 << 64) - 1))
damage("segment_misaligned", "differ within the page", (text + 8, "<Q", 8))
damage("segment_writable_code", "writable and executable", (text + 4, "<I", 7))
damage("segment_sizes", "bad sizes", (text + 40, "<Q", 1))
damage("segments_overlap", "overlaps", (text + 16, "<Q", 0x1000000000))
damage("dynamic", "dynamic linker", (LOAD, "<I", 2))
cut("cut_in_header", "wrong magic", 16)
cut("cut_in_data", "header says", len(good) - 4096)
cut("one_byte", "wrong magic", 1)
