#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the engine with V8 on modules that generate makes.

    compare.py --generate P --compare P --node P [--seed S] [--count N] [--features MASK]

Each module is made from its number, S and up, and runs on both sides; what it logged, how
its calls ended, its memories and globals must be the same. A module that differs is made
anew with fewer steps in its functions as long as it still differs, and saved with what
both sides saw. --stress collects garbage at each allocation of ours, --poison fills what
our compiled code leaves open. --log appends a line to a file, --minutes ends in time.

Without a node that speaks WebAssembly 3.0, nothing is run, and said to be skipped.
"""
import argparse
import collections
import datetime
import os
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
BATCH = 1000
FUNCTIONS_MAX = 8  # that a module has a budget for
STEPS_MAX = 300
# struct.new in a type section of its own, a try_table, a memory with i64 addresses: (module
# (type (struct)) (memory i64 0) (func try_table (catch_all 0) end))
NEW = bytes([0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 2, 0x5F, 0, 0x60, 0, 0, 3, 2, 1, 1, 5, 3, 1, 4, 0,
             10, 10, 1, 8, 0, 0x1F, 0x40, 1, 2, 0, 0x0B, 0x0B])


class Side:
    def __init__(self, command, env=None):
        self.command, self.env = [str(word) for word in command], {**os.environ, **(env or {})}

    def run(self, batch, seed, *flags):
        done = subprocess.run([*self.command, str(batch), str(seed), *flags], check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.env)
        return done.returncode, done.stdout.decode(errors="replace").splitlines()

    def outcomes(self, batch, seed):
        """By seed; one that ended the process has its status."""
        code, lines = self.run(batch, seed)
        found = {}
        for line in lines:
            number, _, outcome = line.partition(" ")
            if number == "leaks":
                found[max(found)] += " and leaks"
            elif number.isdigit():
                found[int(number)] = outcome
        if code != 0:
            last = max(found, default=seed)
            found[last] = f"ended with status {code}"
        return found


class Session:
    def __init__(self, options, folder):
        self.options, self.batch = options, folder / "batch"
        env = {"POISON": "1"} if options.poison else {}
        self.ours = Side([options.compare], env)
        self.ours_flags = ["--stress"] if options.stress else []
        self.theirs = Side([options.node, HERE / "compare.js"])
        self.counts = collections.Counter()
        if self.ours_flags:
            plain = self.ours.run
            self.ours.run = lambda *args: plain(*args, *self.ours_flags)

    def make(self, seed, count, budgets=()):
        command = [str(self.options.generate), "--seed", str(seed), "--count", str(count),
                   "--features", str(self.options.features)]
        if budgets:
            command += ["--budgets", ",".join(map(str, budgets))]
        with open(self.batch, "wb") as file:
            subprocess.run(command, check=True, stdout=file)

    def differs(self, seed, budgets):
        self.make(seed, 1, budgets)
        ours, theirs = self.ours.outcomes(self.batch, seed), self.theirs.outcomes(self.batch, seed)
        return is_difference(ours.get(seed, "nothing"), theirs.get(seed, "nothing"))

    def reduce(self, seed):
        """The least steps for each function with which the module still differs."""
        budgets = [STEPS_MAX] * FUNCTIONS_MAX
        for at in range(FUNCTIONS_MAX):
            low, high = 0, budgets[at]
            while low < high:
                middle = (low + high) // 2
                tried = budgets[:at] + [middle] + budgets[at + 1:]
                if self.differs(seed, tried):
                    high = middle
                else:
                    low = middle + 1
            budgets[at] = high
        return budgets if self.differs(seed, budgets) else None

    def report(self, seed, ours, theirs):
        budgets = self.reduce(seed)
        self.make(seed, 1, budgets or ())
        folder = self.options.save
        folder.mkdir(parents=True, exist_ok=True)
        saved = folder / f"generated-{self.options.features}-{seed}.wasm"
        saved.write_bytes(self.batch.read_bytes()[4:])
        lines = [self.ours.run(self.batch, seed, "--verbose")[1],
                 self.theirs.run(self.batch, seed, "--verbose")[1]]
        lines = [[line.strip() for line in side if line.startswith("  ")] for side in lines]
        at = next((i for i, (a, b) in enumerate(zip(*lines)) if a != b), min(map(len, lines)))
        pair = [side[at] if at < len(side) else "the end" for side in lines]
        where = next((line for line in reversed(lines[0][:at]) if line[:1] in "egm"), "the start")
        print(f"seed {seed} (--features {self.options.features}"
              + (f" --budgets {','.join(map(str, budgets))}" if budgets else "")
              + f"): ours: {ours}; V8: {theirs}; in line {at}, after {where}: ours {pair[0]}, V8 "
              f"{pair[1]}; {saved}", flush=True)

    def run_batch(self, seed, count):
        self.make(seed, count)
        ours, theirs = self.ours.outcomes(self.batch, seed), self.theirs.outcomes(self.batch, seed)
        first = seed
        while max(ours, default=first - 1) < seed + count - 1:  # one of ours ended the process
            first = max(ours, default=first - 1) + 1
            self.make(first, seed + count - first)
            rest = self.ours.outcomes(self.batch, first)
            ours |= rest or {first: "nothing"}
        different = []
        for number in range(seed, seed + count):
            pair = ours.get(number, "nothing"), theirs.get(number, "nothing")
            if pair[0].startswith("refused: unsupported"):
                self.counts[pair[0]] += 1
            elif is_difference(*pair):
                different.append((number, *pair))
            elif not pair[0].startswith("ran"):
                self.counts[pair[0]] += 1
            self.counts["compared"] += 1
        for number, our, their in different:
            self.counts["differ"] += 1
            if self.counts["differ"] <= self.options.reports:
                self.report(number, our, their)


def is_difference(ours, theirs):
    return ours != theirs and not (ours.startswith("refused") and theirs.startswith("refused"))


def speaks_3_0(node):
    script = f"process.exit(WebAssembly.validate(Uint8Array.from({list(NEW)})) ? 0 : 1)"
    try:
        return subprocess.run([str(node), "-e", script], check=False).returncode == 0
    except OSError:
        return False


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--generate", type=pathlib.Path, required=True)
    parser.add_argument("--compare", type=pathlib.Path, required=True)
    parser.add_argument("--node", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--features", type=lambda text: int(text, 0), default=1023)
    parser.add_argument("--stress", action="store_true")
    parser.add_argument("--poison", action="store_true")
    parser.add_argument("--save", type=pathlib.Path, default="build/fuzz")
    parser.add_argument("--reports", type=int, default=10, help="differences that are reduced")
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--log", type=pathlib.Path)
    options = parser.parse_args()
    if not speaks_3_0(options.node):
        print(f"generated: not run: no node that speaks WebAssembly 3.0 at {options.node}")
        print("0 passed, 0 failed, 1 skipped")
        return
    end = time.monotonic() + options.minutes * 60
    with tempfile.TemporaryDirectory() as folder:
        session = Session(options, pathlib.Path(folder))
        for seed in range(options.seed, options.seed + options.count, BATCH):
            if time.monotonic() < end:
                session.run_batch(seed, min(BATCH, options.seed + options.count - seed))
    counts = session.counts
    done, differ = counts.pop("compared"), counts.pop("differ", 0)
    for reason, count in counts.most_common():
        print(f"not compared further: {count}: {reason}")
    modes = " stress" * options.stress + " poison" * options.poison
    line = (f"{datetime.date.today()} features {options.features:#x}{modes} seed {options.seed}, "
            f"{done} modules, {differ} mismatches")
    print(line)
    if options.log:
        with open(options.log, "a") as file:
            file.write(line + "\n")
    print(f"{done - differ} passed, {differ} failed")
    sys.exit(differ > 0)


main()
