#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# ctrl_c.py COMMAND...: runs a command on a terminal of its own, waits until it prints "ready",
# types Ctrl-C, and prints what was wrong. The command must end with 130, leave the terminal as it
# was, and leave no process of its session.

import os
import pty
import select
import subprocess
import sys
import termios
import time

LIMIT = 20  # seconds


def read_until(terminal, word):
    seen = b""
    end = time.monotonic() + LIMIT
    while word not in seen and time.monotonic() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            seen += os.read(terminal, 4096)
    return word in seen


def session_members(session):
    found = subprocess.run(["pgrep", "-s", str(session)], capture_output=True, text=True)
    return found.stdout.split()


def main():
    terminal, inside = pty.openpty()
    before = termios.tcgetattr(inside)

    def own_terminal():
        os.setsid()
        os.close(os.open(os.ttyname(0), os.O_RDWR))  # becomes the controlling terminal

    command = subprocess.Popen(
        sys.argv[1:], stdin=inside, stdout=inside, stderr=inside, preexec_fn=own_terminal)
    wrong = []
    if not read_until(terminal, b"ready"):
        wrong.append("it did not start")
    os.write(terminal, b"\x03")
    try:
        code = command.wait(LIMIT)
    except subprocess.TimeoutExpired:
        code = "none"
        command.kill()
    if code != 130:
        wrong.append(f"exit code {code}")
    if termios.tcgetattr(inside) != before:
        wrong.append("the terminal has changed")
    left = session_members(command.pid)
    if left:
        wrong.append(f"processes left: {' '.join(left)}")
    print("; ".join(wrong) or "fine")
    return bool(wrong)


sys.exit(main())
