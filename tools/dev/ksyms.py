#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the kernel's symbol table for backtraces (kernel/panic.c).

usage: ksyms.py [KERNEL.elf] > ksyms.S

Without an image the table is empty: the kernel is linked once with that, and again with
the table of the first link. The section is the last of the read-only data, so code keeps
its addresses.
"""
import subprocess
import sys


def functions(image):
    lines = subprocess.run(["nm", "-n", image], check=True, capture_output=True, text=True)
    symbols = [line.split() for line in lines.stdout.splitlines()]
    start = next(int(s[0], 16) for s in symbols if s[2] == "text_start")
    return [
        (int(address, 16) - start, name)
        for address, kind, name in symbols
        if kind in "tT" and int(address, 16) >= start and not name.startswith("trap_stub_")
        and name not in ("text_start", "text_end")
    ]


def main():
    table = functions(sys.argv[1]) if len(sys.argv) > 1 else []
    print('    .section .ksyms, "a"\n    .globl ksyms, ksym_count, ksym_names\n    .balign 4')
    print(f"ksym_count:\n    .long {len(table)}\nksyms:")
    offset = 0
    for address, name in table:
        print(f"    .long {address}, {offset}")
        offset += len(name) + 1
    print("ksym_names:")
    for _, name in table:
        print(f'    .asciz "{name}"')
    print('    .section .note.GNU-stack, "", @progbits')


main()
