#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a 2.0 script of one of the 3.0 suite.

    trim.py WAST OUT    writes OUT/<name>/<name>.json and its modules

A module of the suite that uses 3.0 in one function is refused as a whole, and with it go
its assertions about 1.0. This removes the module fields that use 3.0, and the commands
that need them; the rest keeps its line numbers. wast2json (wabt) converts the result.
"""
import pathlib
import re
import subprocess
import sys

# Typed references, tags, and the text-only assertions that wabt would have to parse.
NEWER = re.compile(r"\(ref |\(ref\.null \$|\(tag[ )]|\(module quote|\(module definition"
                   r"|\(module instance")
EXPORT = re.compile(r'\(export ("[^"]*")')
USE = re.compile(r'\((?:invoke|import "[^"]*") ("[^"]*")')
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|;;[^\n]*|\(;|;\)|[()]')


def forms(text, lo, hi):
    """The [start, end) of each parenthesised form in text[lo:hi]."""
    depth, comment, start, found = 0, 0, lo, []
    for token in TOKEN.finditer(text, lo, hi):
        kind = token.group()
        comment += (kind == "(;") - (kind == ";)")
        if comment or kind not in "()":
            continue
        if kind == "(":
            if depth == 0:
                start = token.start()
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                found.append((start, token.end()))
    return found


def blank(text, lo, hi):
    """Removes text[lo:hi] but keeps its length and lines."""
    return text[:lo] + re.sub(r"[^\n]", " ", text[lo:hi]) + text[hi:]


def trim_module(text, lo, hi, lost):
    """Removes a module's newer fields; `lost` gets the exports that went."""
    for start, end in forms(text, lo + 1, hi - 1):
        if NEWER.search(text, start, end):
            lost.update(EXPORT.findall(text, start, end))
            text = blank(text, start, end)
    return text


def trim(text):
    lost = set()
    for start, end in forms(text, 0, len(text)):
        form = text[start:end]
        if re.match(r"\(module\b", form) and not re.match(r"\(module (quote|def|inst)", form):
            text = trim_module(text, start, end, lost)
        elif NEWER.search(form) or lost.intersection(USE.findall(form)):
            text = blank(text, start, end)
    return text


def main():
    source, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    folder = out / source.stem
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / source.name
    script.write_text(trim(source.read_text()))
    subprocess.run(["wast2json", str(script), "-o", str(folder / f"{source.stem}.json")],
                   check=True)


main()
