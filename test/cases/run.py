#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Runs the cases of this folder (format: case.py) on every platform, compares each with what it must
# do and the platforms with each other.

import argparse
import concurrent.futures
import fnmatch
import pathlib
import re
import sys
import tempfile

import selkis
from case import CaseError, excerpt, read_case
from report import Report, read_expected_failures

HERE = pathlib.Path(__file__).resolve().parent
STDERR_SHOWN = 800


def arguments():
    parser = argparse.ArgumentParser(description="runs the cases of test/cases")
    parser.add_argument("--platform", choices=("host", "vm"), help="only this one")
    parser.add_argument("--quick", action="store_true", help="only cases with `level: quick`")
    parser.add_argument("--filter", metavar="PATTERN", default="*", help="only names like this")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="cases at a time")
    parser.add_argument("--selkis", type=pathlib.Path, default=selkis.DEFAULT_COMMAND, metavar="PATH")
    return parser.parse_args()


def lay_out(case, folder):
    """Makes the preopened folders; returns [(host path, guest path, writable)]."""
    preopens = []
    for number, preopen in enumerate(case.preopens):
        host = folder / str(number)
        if preopen.source:
            selkis.writable_copy(preopen.source, host)
        else:
            host.mkdir()
        for path, content in preopen.files.items():
            (host / path).parent.mkdir(parents=True, exist_ok=True)
            (host / path).write_bytes(content)
        preopens.append((host, preopen.guest, preopen.writable))
    return preopens


def snapshot(preopens):
    """{guest path: content or kind} of all that is below the folders."""
    found = {}
    for host, guest, _ in preopens:
        for path in sorted(host.rglob("*")):
            name = f"{guest.rstrip('/')}/{path.relative_to(host)}"
            if path.is_symlink():
                found[name] = f"-> {path.readlink()}"
            else:
                found[name] = "folder" if path.is_dir() else path.read_bytes()
    return found


def judge_file(guest, expected, files):
    present = guest in files
    if expected == "absent":
        return f"{guest} is still there" if present else None
    if not present:
        return f"{guest} is missing"
    if expected == "exists":
        return None
    content = files[guest]
    if not isinstance(content, bytes):
        return f"{guest} is no file: {content}"
    wrong = expected.mismatch(content)
    return wrong and f"{guest}: {wrong}"


def judge(case, outcome, files):
    """The ways in which the outcome is wrong."""
    reasons = []
    if outcome.exit is None:
        reasons.append(f"still running after {case.timeout:g} s")
    elif outcome.exit != case.exit:
        reasons.append(f"exit code {outcome.exit}, expected {case.exit}")
    wrong = case.stdout.mismatch(outcome.stdout)
    if wrong:
        reasons.append(f"stdout: {wrong}")
    stderr = outcome.stderr.decode(errors="replace")
    for pattern in case.stderr:
        if not re.search(pattern, stderr, re.MULTILINE):
            reasons.append(f"stderr lacks /{pattern}/")
    reasons += filter(None, (judge_file(guest, expected, files) for guest, expected in case.after))
    if reasons and stderr:
        reasons.append(f"stderr: {excerpt(outcome.stderr, STDERR_SHOWN)}")
    return reasons


def run_on(command, case, platform, report):
    """Runs and reports; returns what the platforms must agree on, None after a failure."""
    with tempfile.TemporaryDirectory(prefix="selkis-case-") as folder:
        preopens = lay_out(case, pathlib.Path(folder))
        line = selkis.command_line(command, platform, case.module, case.args, preopens, case.env,
                                   case.mem, case.invoke)
        outcome = selkis.run(line, case.stdin, case.timeout)
        files = snapshot(preopens)
    reasons = judge(case, outcome, files)
    if reasons:
        reasons.append("command: " + " ".join(line))
    if not report.result(case.name, platform, reasons, outcome.seconds):
        return None
    return {"exit code": outcome.exit, "stdout": outcome.stdout, "files": files}


def run_case(command, case, only, report):
    platforms = [p for p in case.platforms if only in (None, p)]
    reason = case.missing()
    if reason:
        for platform in platforms:
            if case.needs:
                report.skip(case.name, platform, f"needs {reason}")
            else:
                report.result(case.name, platform, [reason])
        return
    results = [run_on(command, case, platform, report) for platform in platforms]
    if len(results) == 2 and None not in results:
        differing = [key for key in results[0] if results[0][key] != results[1][key]
                     and not (key == "stdout" and case.stdout.pattern)]
        if differing:
            report.result(case.name, "both", [f"the platforms differ in {key}" for key in differing])


def main():
    options = arguments()
    if not options.selkis.exists():
        sys.exit(f"test/cases/run.py: error: {options.selkis} is missing; run `make`")
    try:
        cases = [read_case(path) for path in sorted(HERE.glob("*.case"))]
    except CaseError as error:
        sys.exit(f"test/cases/run.py: error: {error}")
    chosen = [case for case in cases if fnmatch.fnmatch(case.name, options.filter)
              and (case.quick or not options.quick)]
    report = Report(read_expected_failures(HERE / "expected-failures"))
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for result in [pool.submit(run_case, options.selkis, case, options.platform, report)
                       for case in chosen]:
            result.result()
    sys.exit(report.finish())


if __name__ == "__main__":
    main()
