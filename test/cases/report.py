# SPDX-License-Identifier: Apache-2.0
#
# What runners of tests print: a line for each result, and at the end the counts with the reasons of
# what was skipped. A failure that the runner's list of expected failures names counts as skipped, and
# a pass that it names as failed, so the list stays true.

import collections
import threading


def read_expected_failures(path):
    """{(name, platform): reason}; a line of the file is NAME PLATFORM REASON."""
    failures = {}
    for line in path.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            name, platform, reason = line.split(None, 2)
            failures[name, platform] = reason
    return failures


class Report:
    def __init__(self, expected_failures):
        self.expected_failures = expected_failures
        self.passed = 0
        self.failed = 0
        self.skipped = collections.Counter()
        self.lock = threading.Lock()

    def result(self, name, platform, reasons, seconds=0.0):
        """`reasons`: the ways in which it failed; none when it passed. Returns whether it passed."""
        known = self.expected_failures.get((name, platform))
        if known and reasons:
            self.skip(name, platform, f"expected failure: {known}")
            return False
        if known:
            reasons = ["passes, but stands in expected-failures"]
        with self.lock:
            if reasons:
                self.failed += 1
                print(f"FAIL  {platform:4} {name}", *reasons, sep="\n        ", flush=True)
            else:
                self.passed += 1
                print(f"ok    {platform:4} {name} ({seconds:.2f} s)", flush=True)
        return not reasons

    def skip(self, name, platform, reason):
        with self.lock:
            self.skipped[reason] += 1
            print(f"skip  {platform:4} {name}: {reason}", flush=True)

    def finish(self):
        """Prints the counts; returns the exit status."""
        for reason, count in self.skipped.items():
            print(f"skipped {count}: {reason}")
        skipped = sum(self.skipped.values())
        print(f"{self.passed} passed, {self.failed} failed" +
              (f", {skipped} skipped" if skipped else ""), flush=True)
        return 1 if self.failed else 0
