#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes docs/abi.md to standard output from abi/calls.def, abi/domain.h and docs/abi.head.md.

The table of calls comes from the SK_CALL rows, the status codes from enum sk_status; the prose
before them is docs/abi.head.md, kept by hand.
"""
import re
import sys
from pathlib import Path

root = Path(__file__).resolve().parents[2]
row = re.compile(r'SK_CALL\((\d+), (\w+), (\d+), "([^"]*)", "([^"]*)",\s*((?:"[^"]*"\s*)+)\)')
status = re.compile(r"^\s+(SK_\w+) = (-?\d+),(?:\s*// (.*))?$", re.M)


def calls():
    text = (root / "abi/calls.def").read_text()
    rows = row.findall(text)
    if len(rows) != text.count("\nSK_CALL("):
        sys.exit("abi_doc: error: a row of abi/calls.def does not have the form it should")
    return rows


def main():
    out = [(root / "docs/abi.head.md").read_text().rstrip(), "", "## Calls", ""]
    for number, name, count, names, rights, pieces in calls():
        what = "".join(re.findall(r'"([^"]*)"', pieces))
        if len([n for n in names.split(",") if n.strip()]) != int(count):
            sys.exit(f"abi_doc: error: call {name}: argument count and names differ")
        out += [f"### {number} sk_{name}({names})", "", what, "", f"Rights: {rights}.", ""]
    out += ["## Status codes", "", "| code | value | meaning |", "|---|---|---|"]
    header = (root / "abi/domain.h").read_text()
    enum = header[header.index("enum sk_status") :]
    enum = enum[: enum.index("};")]
    for name, value, meaning in status.findall(enum):
        out.append(f"| `{name}` | {value} | {meaning or 'success'} |")
    print("\n".join(out))


main()
