# SPDX-License-Identifier: Apache-2.0
#
# What runners of tests print: a line for each result, and at the end the counts with the reasons of
# what was skipped.

import collections
import threading


class Report:
    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.skipped = collections.Counter()
        self.lock = threading.Lock()

    def pass_(self, name, platform, seconds):
        with self.lock:
            self.passed += 1
            print(f"ok    {platform:4} {name} ({seconds:.2f} s)", flush=True)

    def fail(self, name, platform, reasons):
        with self.lock:
            self.failed += 1
            print(f"FAIL  {platform:4} {name}", *reasons, sep="\n        ", flush=True)

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
