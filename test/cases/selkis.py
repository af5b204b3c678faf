# SPDX-License-Identifier: Apache-2.0
#
# Runs `selkis run` once, as tests do: in a process group of its own that is gone afterwards, the
# emulator included. SELKIS_ACCEL=tcg|kvm is handed to --vm runs as --accel.

import dataclasses
import os
import pathlib
import shutil
import signal
import subprocess
import time

REPO = pathlib.Path(__file__).resolve().parents[2]
DEFAULT_COMMAND = REPO / "build/selkis"


@dataclasses.dataclass
class Outcome:
    exit: int  # None: out of time
    stdout: bytes
    stderr: bytes
    seconds: float


def writable_copy(source, target):
    """Copies a folder, which may be read-only."""
    shutil.copytree(source, target, symlinks=True)
    for path in [target, *target.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | 0o200)


def command_line(command, platform, module, args, preopens=(), env=(), mem=None, invoke=None):
    """preopens: (host path, guest path, writable)."""
    line = [str(command), "run", f"--{platform}"]
    if platform == "vm" and os.environ.get("SELKIS_ACCEL"):
        line += ["--accel", os.environ["SELKIS_ACCEL"]]
    if mem:
        line += ["--mem", mem]
    for host, guest, writable in preopens:
        line += ["--dir", f"{host}::{guest}" + ("" if writable else ":ro")]
    for entry in env:
        line += ["--env", entry]
    if invoke:
        line += ["--invoke", invoke]
    return [*line, str(module), *args]


def run(line, stdin=b"", timeout=60.0):
    start = time.monotonic()
    process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, start_new_session=True)
    try:
        out, err = process.communicate(stdin, timeout=timeout)
        code = process.returncode
    except subprocess.TimeoutExpired:
        kill_group(process)
        out, err = process.communicate()
        code = None
    else:
        kill_group(process)
    return Outcome(code, out, err, time.monotonic() - start)


def kill_group(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
