# SPDX-License-Identifier: Apache-2.0
#
# A case: one program, what it is given, and what it must do. One text file NAME.case:
#
#   # comment
#   module: hello.wasm             in build/test/programs, or a path from the repository's root
#   needs: Go 1.21 or later        the module or a folder may be missing; then this is the reason
#   args: one 'and two'            words as in a shell
#   env: KEY=VALUE                 (repeatable)
#   invoke: NAME                   the export to call
#   mem: 64M
#   dir: /w rw [FOLDER]            preopens a fresh folder, or a copy of FOLDER; ro or rw (repeatable)
#   file: /w/in.txt TEXT           put there before (repeatable)
#   stdin: TEXT
#   stdout: TEXT                   or `sha256 HEX SIZE`, or `matches` and a regular expression for
#                                  each line (then the platforms may differ); default: empty
#   stderr: REGEX                  somewhere in it (repeatable)
#   exit: 0
#   after: /w/out.txt TEXT         or `sha256 HEX SIZE`, `exists`, `absent` (repeatable)
#   platforms: host vm             default: both
#   level: quick                   or full (default)
#   timeout: 60                    seconds
#
# TEXT is a JSON string, or the indented lines that follow, each ending with a line feed. HEX may be
# the start of a hash.

import dataclasses
import hashlib
import json
import pathlib
import re
import shlex

REPO = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = REPO / "build/test/programs"
INDENT = "    "
DEFAULT_TIMEOUT_S = 60


class CaseError(Exception):
    pass


@dataclasses.dataclass
class Content:
    """Expected bytes: themselves, a pattern, or the start of their hash and their size."""
    text: bytes = None
    pattern: str = None
    digest: str = None
    size: int = None

    def mismatch(self, actual):
        """None when `actual` is what was expected, else a phrase that says how it differs."""
        if self.text is not None:
            return None if actual == self.text else f"got {excerpt(actual)}, expected {excerpt(self.text)}"
        if self.pattern is not None:
            if re.fullmatch(self.pattern, actual.decode(errors="replace")):
                return None
            return f"got {excerpt(actual)}, expected something like {json.dumps(self.pattern)}"
        digest = hashlib.sha256(actual).hexdigest()
        if digest.startswith(self.digest) and len(actual) == self.size:
            return None
        return f"got {len(actual)} bytes, sha256 {digest}: {excerpt(actual)}"


@dataclasses.dataclass
class Preopen:
    guest: str
    writable: bool
    source: pathlib.Path = None
    files: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Case:
    name: str
    module: pathlib.Path = None
    needs: str = None
    args: list = dataclasses.field(default_factory=list)
    env: list = dataclasses.field(default_factory=list)
    invoke: str = None
    mem: str = None
    preopens: list = dataclasses.field(default_factory=list)
    stdin: bytes = b""
    stdout: Content = dataclasses.field(default_factory=lambda: Content(b""))
    stderr: list = dataclasses.field(default_factory=list)
    exit: int = 0
    after: list = dataclasses.field(default_factory=list)  # (guest path, Content | "exists" | "absent")
    platforms: tuple = ("host", "vm")
    quick: bool = False
    timeout: float = DEFAULT_TIMEOUT_S

    def missing(self):
        """Why the case cannot run, or None."""
        for path in [self.module, *(p.source for p in self.preopens if p.source)]:
            if not path.exists():
                return self.needs or f"{path} is missing; run `make programs`"
        return None

    def preopen_of(self, guest):
        """(preopen, path below it) of a guest path."""
        for preopen in sorted(self.preopens, key=lambda p: -len(p.guest)):
            prefix = preopen.guest.rstrip("/") + "/"
            if guest.startswith(prefix):
                return preopen, guest[len(prefix):]
        raise CaseError(f"{self.name}: {guest} is below no dir")


def excerpt(text, room=300):
    shown = text[:room].decode(errors="replace")
    return json.dumps(shown, ensure_ascii=False) + (f"... ({len(text)} bytes)" if len(text) > room else "")


def read_entries(path):
    """Yields (key, value, lines of the indented block or None)."""
    entries = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.startswith(INDENT) and entries:
            entries[-1][2].append(line[len(INDENT):])
        elif line.strip() and not line.startswith("#"):
            key, colon, value = line.partition(":")
            if not colon:
                raise CaseError(f"{path}:{number}: expected `key: value`")
            entries.append((key.strip(), value.strip(), []))
    return entries


def read_text(value, lines):
    if lines:
        return "".join(line + "\n" for line in lines).encode()
    return json.loads(value).encode() if value else b""


def read_content(value, lines):
    words = value.split()
    if words[:1] == ["sha256"]:
        return Content(digest=words[1], size=int(words[2]))
    if words == ["matches"]:
        return Content(pattern="".join(line + "\n" for line in lines))
    return Content(text=read_text(value, lines))


def read_after(case, value, lines):
    guest, _, rest = value.partition(" ")
    case.preopen_of(guest)
    case.after.append((guest, rest if rest in ("exists", "absent") else read_content(rest, lines)))


def read_file(case, value, lines):
    guest, _, rest = value.partition(" ")
    preopen, path = case.preopen_of(guest)
    preopen.files[path] = read_text(rest, lines)


def read_dir(case, value):
    guest, mode, *source = value.split()
    if mode not in ("ro", "rw"):
        raise CaseError(f"{case.name}: dir {guest}: expected ro or rw, not {mode}")
    case.preopens.append(Preopen(guest, mode == "rw", REPO / source[0] if source else None))


def read_case(path):
    case = Case(path.stem)
    for key, value, lines in read_entries(path):
        if key == "module":
            case.module = REPO / value if "/" in value else PROGRAMS / value
        elif key == "args":
            case.args = shlex.split(value)
        elif key in ("env", "stderr"):
            getattr(case, key).append(value)
        elif key in ("needs", "invoke", "mem"):
            setattr(case, key, value)
        elif key == "dir":
            read_dir(case, value)
        elif key == "file":
            read_file(case, value, lines)
        elif key == "stdin":
            case.stdin = read_text(value, lines)
        elif key == "stdout":
            case.stdout = read_content(value, lines)
        elif key == "exit":
            case.exit = int(value)
        elif key == "after":
            read_after(case, value, lines)
        elif key == "platforms":
            case.platforms = tuple(value.split())
        elif key == "level":
            case.quick = value == "quick"
        elif key == "timeout":
            case.timeout = float(value)
        else:
            raise CaseError(f"{path}: unknown key {key}")
    if case.module is None:
        raise CaseError(f"{path}: no module")
    return case
