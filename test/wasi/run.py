#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Runs the WASI preview 1 conformance programs (../shared/wasi: x.wasm with an optional x.json) on
# every platform. test/wasi/expected-failures lists those that are known to fail.

import argparse
import fnmatch
import json
import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
REPO = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "cases"))

import selkis  # noqa: E402
from case import excerpt  # noqa: E402
from report import Report, read_expected_failures  # noqa: E402

SUITE = REPO.parent / "shared/wasi"
TIMEOUT_S = 30
THREADS = "wasi-threads is not done"


def arguments():
    parser = argparse.ArgumentParser(description="runs the WASI conformance programs")
    parser.add_argument("--platform", choices=("host", "vm"), help="only this one")
    parser.add_argument("--filter", metavar="PATTERN", default="*", help="only names like this")
    parser.add_argument("--selkis", type=pathlib.Path, default=selkis.DEFAULT_COMMAND, metavar="PATH")
    parser.add_argument("--suite", type=pathlib.Path, default=SUITE, metavar="FOLDER")
    return parser.parse_args()


def read_program(module):
    """What x.json says, with its defaults."""
    description = module.with_suffix(".json")
    given = json.loads(description.read_text()) if description.exists() else {}
    return {"args": [], "env": {}, "root": None, "exit_code": 0, "stdout": None, **given}


def run_program(command, module, platform):
    """(ways in which the outcome is wrong, seconds)"""
    program = read_program(module)
    with tempfile.TemporaryDirectory(prefix="selkis-wasi-") as folder:
        preopens = []
        if program["root"]:
            root = pathlib.Path(folder) / "root"
            selkis.writable_copy(module.parent / program["root"], root)
            preopens = [(root, "/", True)]
        env = [f"{key}={value}" for key, value in program["env"].items()]
        line = selkis.command_line(command, platform, module, program["args"], preopens, env)
        outcome = selkis.run(line, timeout=TIMEOUT_S)
    reasons = []
    if outcome.exit is None:
        reasons.append(f"still running after {TIMEOUT_S} s")
    elif outcome.exit != program["exit_code"]:
        reasons.append(f"exit code {outcome.exit}, expected {program['exit_code']}")
    if program["stdout"] is not None and outcome.stdout != program["stdout"].encode():
        reasons.append(f"stdout: got {excerpt(outcome.stdout)}, expected {program['stdout']!r}")
    if reasons:
        reasons.append(f"stderr: {excerpt(outcome.stderr)}")
    return reasons, outcome.seconds


def check(command, suite, module, platform, report):
    language = module.relative_to(suite).parts[0]
    name = f"{language}/{module.stem}"
    if language == "threads":
        report.skip(name, platform, THREADS)
        return
    reasons, seconds = run_program(command, module, platform)
    report.result(name, platform, reasons, seconds)


def main():
    options = arguments()
    if not options.selkis.exists():
        sys.exit(f"test/wasi/run.py: error: {options.selkis} is missing; run `make`")
    report = Report(read_expected_failures(HERE / "expected-failures"))
    if not options.suite.is_dir():
        report.skip("all", "both", f"{options.suite} is missing")
        sys.exit(report.finish())
    platforms = [options.platform] if options.platform else ["host", "vm"]
    for module in sorted(options.suite.rglob("*.wasm")):
        if fnmatch.fnmatch(module.stem, options.filter):
            for platform in platforms:
                check(options.selkis, options.suite, module, platform, report)
    sys.exit(report.finish())


if __name__ == "__main__":
    main()
