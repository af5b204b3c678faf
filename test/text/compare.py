#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# The encoder of the text format beside the reference interpreter: each module of the
# specification's scripts as written is encoded, and compared with the binary that the
# suite's converted form has of it, section by section. Lengths may be written in more
# bytes than needed there; custom sections do not count. Text that is malformed must be
# refused, in the suite's words.
#
#   compare.py ENCODER DIFFERENCES WAST JSON
#
# DIFFERENCES names the modules that differ for a reason: PATTERN TEXT, the pattern being
# of JSON's folder/module.
import fnmatch
import json
import pathlib
import re
import struct
import subprocess
import sys

TOKEN = re.compile(
    rb';;[^\n]*|"(?:[^"\\]|\\.)*"|\(;|\(|\)|[^\s()";]+(?:"(?:[^"\\]|\\.)*")?|;', re.S)
FIELDS = b"type rec import func table memory global export start elem data tag".split()
FOLDERS = {"": "core", "threads": "prop-threads", "threads/concurrent": "threads-repo",
           "wide-arithmetic": "prop-wide-arithmetic",
           "custom-page-sizes": "prop-custom-page-sizes"}


def tokens(text):
    """Offset and text of each token; comments are left out."""
    at = 0
    while token := TOKEN.search(text, at):
        at = token.end()
        if token[0] == b"(;":
            depth = 1
            while depth:
                mark = re.compile(rb"\(;|;\)").search(text, at)
                depth += 1 if mark[0] == b"(;" else -1
                at = mark.end()
        elif not token[0].startswith(b";;"):
            yield token.start(), token[0]


def tree(text):
    """Forms as lists [start, end, item...] of words and forms; annotations are left out."""
    stack = [[0, 0]]
    for at, word in tokens(text):
        if word == b"(":
            stack.append([at, 0])
        elif word == b")":
            form = stack.pop()
            form[1] = at + 1
            if not (len(form) > 2 and isinstance(form[2], bytes)
                    and form[2].startswith(b"@")):
                stack[-1].append(form)
        else:
            stack[-1].append(word)
    return stack[0][2:]


def unquote(word):
    def byte(match):
        named = {b"t": b"\t", b"n": b"\n", b"r": b"\r"}
        if match[1].startswith(b"u"):
            return chr(int(match[1][2:-1], 16)).encode()
        if len(match[1]) == 2:
            return bytes([int(match[1], 16)])
        return named.get(match[1], match[1])
    return re.sub(rb"\\(u\{[^}]*\}|[0-9a-fA-F]{2}|.)", byte, word[1:-1], flags=re.S)


def modules(text):
    """(command, text of the module, its form: plain, binary or quote, expected words)"""
    for form in tree(text):
        head = form[2]
        if head in FIELDS:
            yield b"module", text, "plain", None
            return
        if head == b"module":
            inner = form
        elif head.startswith(b"assert") and isinstance(form[3], list) \
                and form[3][2] == b"module":
            inner = form[3]
        else:
            continue
        words = [item for item in inner[2:6] if isinstance(item, bytes)]
        if b"instance" in words[1:2]:
            continue
        kind = "binary" if b"binary" in words else "quote" if b"quote" in words else "plain"
        expected = unquote(form[4]) if head != b"module" else None
        yield head, text[inner[0]:inner[1]], kind, expected


def leb(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:
            return value, at


def sections(module):
    """(id, content), function bodies as a list; custom sections are left out."""
    found = []
    at = 8
    while at < len(module):
        number = module[at]
        length, start = leb(module, at + 1)
        at = start + length
        content = module[start:at]
        if number == 10:
            count, body = leb(content, 0)
            bodies = []
            for _ in range(count):
                length, body = leb(content, body)
                bodies.append(content[body:body + length])
                body += length
            content = bodies
        if number != 0:
            found.append((number, content))
    return found


class Encoder:
    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)

    def encode(self, text):
        """(whether it is encoded, module or message)"""
        self.process.stdin.write(struct.pack("<I", len(text)) + text)
        self.process.stdin.flush()
        done, length = struct.unpack("<BI", self.process.stdout.read(5))
        return bool(done), self.process.stdout.read(length)


class Comparison:
    def __init__(self, encoder, differences, wast, converted):
        self.encoder = Encoder(encoder)
        self.wast = wast
        self.converted = converted
        self.passed = self.failed = self.skipped = 0
        lines = [line.split(None, 1) for line in open(differences, encoding="utf-8")]
        self.patterns = [line[0] for line in lines if line and line[0] != "#"]
        self.used = set()

    def judge(self, ok, name, text):
        if ok:
            self.passed += 1
            return
        known = [p for p in self.patterns if fnmatch.fnmatch(name, p)]
        self.used.update(known)
        if known:
            self.skipped += 1
        else:
            self.failed += 1
            print(f"{name}: {text}")

    def refuse(self, name, done, result, expected):
        message = result.split(b": ", 1)[-1]
        self.judge(not done and message.startswith(expected), name,
                   f"expected {expected}, got {'a module' if done else result}")

    def script(self, path):
        place = path.relative_to(self.wast).with_suffix("")
        folder = str(place.parent) if str(place.parent) != "." else ""
        folder = FOLDERS.get(folder, folder.split("/")[0])
        if folder == "legacy-exceptions":
            return  # refused by name
        binaries = self.converted / folder / place.name
        commands = json.loads((binaries / f"{place.name}.json").read_text())["commands"]
        files = [c["filename"] for c in commands if c.get("filename", "").endswith(".wasm")]
        plain = 0
        for head, text, kind, expected in modules(path.read_bytes()):
            done, result = self.encoder.encode(text)
            if head in (b"assert_malformed", b"assert_malformed_custom") and kind == "quote":
                self.refuse(f"{folder}/{place.name}/{expected.decode()}", done, result,
                            expected)
                continue
            if head == b"assert_invalid_custom":
                self.refuse(f"{folder}/{place.name}", done, result, expected)
                plain += 1 if len(files) > plain else 0
                continue
            name = f"{folder}/{files[plain]}"
            module = (binaries / files[plain]).read_bytes()
            plain += 1
            if kind == "binary":
                continue
            self.judge(done and sections(result) == sections(module), name,
                       "differs" if done else result.decode())
        if plain != len(files):
            self.judge(False, f"{folder}/{place.name}",
                       f"{plain} modules, and {len(files)} converted")

    def run(self):
        for path in sorted(self.wast.rglob("*.wast")):
            self.script(path)
        for pattern in sorted(set(self.patterns) - self.used):
            self.judge(False, f"({pattern})", "is listed, but does not differ")
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        return self.failed != 0


if __name__ == "__main__":
    sys.exit(Comparison(sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]),
                        pathlib.Path(sys.argv[4])).run())
