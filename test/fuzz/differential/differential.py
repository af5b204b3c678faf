#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the engine with node on valid modules that binaryen makes of random bytes.

    differential.py TRACE [--count N] [--seed S] [--save FOLDER]

TRACE is the program built of trace.c. A module whose traces differ is saved. Float results
are kept free of NaNs, whose bits the specification leaves open, and a module is not
compared further from where one side exhausts its stack, as depths differ.
"""
import argparse
import pathlib
import random
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
BATCH = 50
GENERATE = ["wasm-opt", "-q", "-ttf", "--denan", "--mvp-features", "--enable-bulk-memory",
            "--enable-sign-ext", "--enable-nontrapping-float-to-int",
            "--enable-multivalue", "--enable-mutable-globals"]


def generate(numbers, path):
    """A valid module; every second one is optimised, which gives other shapes of code."""
    entropy = path.with_suffix(".dat")
    entropy.write_bytes(numbers.randbytes(numbers.choice([500, 2000, 8000, 30000])))
    level = ["-O2"] if numbers.random() < 0.5 else []
    done = subprocess.run([*GENERATE, *level, str(entropy), "-o", str(path)],
                          capture_output=True)
    entropy.unlink()
    return done.returncode == 0


def traces(command, paths):
    """What the command prints of each module; a crash shows in the last one."""
    done = subprocess.run([*command, *map(str, paths)], capture_output=True, text=True)
    found = {}
    for line in done.stdout.splitlines():
        if line.startswith("module "):
            lines = found.setdefault(line[len("module "):], [])
        else:
            lines.append(line)
    if done.returncode != 0:
        found[list(found)[-1]].append(f"ended with status {done.returncode}")
    return found


def comparable(lines):
    for at, line in enumerate(lines):
        if line.endswith(" exhausted"):
            return lines[:at]
    return lines


def first_difference(ours, theirs):
    """The first pair of lines that differ, or None."""
    ours_cut, theirs_cut = comparable(ours), comparable(theirs)
    if len(ours_cut) < len(ours) or len(theirs_cut) < len(theirs):
        shorter = min(len(ours_cut), len(theirs_cut))
        ours_cut, theirs_cut = ours_cut[:shorter], theirs_cut[:shorter]
    for pair in zip(ours_cut, theirs_cut):
        if pair[0] != pair[1]:
            return pair
    if len(ours_cut) != len(theirs_cut):
        return f"{len(ours_cut)} lines", f"{len(theirs_cut)} lines"
    return None


def run_batch(arguments, numbers, folder, first, count):
    paths = [folder / f"{arguments.seed}-{number}.wasm" for number in
             range(first, first + count)]
    paths = [path for path in paths if generate(numbers, path)]
    theirs = traces(["node", str(HERE / "trace.js")], paths)
    failed, rest = 0, paths
    while rest:
        ours = traces([arguments.trace], rest)
        for path in rest[:len(ours)]:
            pair = first_difference(ours[str(path)], theirs.get(str(path), []))
            if pair:
                failed += 1
                arguments.save.mkdir(parents=True, exist_ok=True)
                saved = arguments.save / path.name
                saved.write_bytes(path.read_bytes())
                print(f"{saved}: ours: {pair[0]}; node: {pair[1]}", flush=True)
        rest = rest[max(len(ours), 1):]
    for path in paths:
        path.unlink()
    return len(paths), failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("trace")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save", type=pathlib.Path, default="build/fuzz")
    arguments = parser.parse_args()
    numbers = random.Random(arguments.seed)
    done = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for first in range(0, arguments.count, BATCH):
            count = min(BATCH, arguments.count - first)
            more, wrong = run_batch(arguments, numbers, pathlib.Path(folder), first, count)
            done += more
            failed += wrong
    print(f"{done} modules compared, {failed} differ")
    sys.exit(failed > 0)


main()
