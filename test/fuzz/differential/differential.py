#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the engine with node.

    differential.py TRACE [--shapes] [--at-zero] [--count N] [--seed S] [--save FOLDER]
    differential.py TRACE --mutate FUZZ_MUTATE [the same options] SEED...

The first form runs valid modules that binaryen makes of random bytes, or those of
shapes.py. Float results are kept free of NaNs, whose bits the specification leaves open,
and a module is not compared further from where one side exhausts its stack, as depths
differ. --at-zero has linear memory at address 0, as it is in a domain.

The second form asks both only whether mutated modules are valid. What the engine refuses
as unsupported is not compared.

TRACE is the program built of trace.c. A module that differs is saved.
"""
import argparse
import pathlib
import random
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the source tree stays clean
import shapes

HERE = pathlib.Path(__file__).parent
BATCH = 50
GENERATE = ["wasm-opt", "-q", "-ttf", "--denan", "--mvp-features", "--enable-bulk-memory",
            "--enable-sign-ext", "--enable-nontrapping-float-to-int",
            "--enable-multivalue", "--enable-mutable-globals"]

# Node's refusals of what is valid in WebAssembly 3.0, which the engine implements.
NEWER = re.compile("not allowed in constant expressions|"
                   "non-imported globals cannot be used in constant expressions")


def generate_shapes(numbers, path):
    path.write_bytes(shapes.make(numbers))
    return True


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


def first_verdict(ours, theirs):
    """The pair of verdicts when they differ, or None."""
    if ours[0].startswith("refused: unsupported") or NEWER.search(theirs[0]):
        return None
    return None if (ours[0] == "valid") == (theirs[0] == "valid") else (ours[0], theirs[0])


def compare(arguments, paths, difference):
    """Runs both sides on the modules; returns how many differ."""
    flags = ["--validate"] if arguments.mutate else []
    theirs = traces(["node", str(HERE / "trace.js"), *flags], paths)
    if arguments.at_zero:
        flags = ["--at-zero"]
    failed, rest = 0, paths
    while rest:
        ours = traces([arguments.trace, *flags], rest)
        for path in rest[:len(ours)]:
            pair = difference(ours[str(path)], theirs.get(str(path), ["nothing"]))
            if pair:
                failed += 1
                arguments.save.mkdir(parents=True, exist_ok=True)
                saved = arguments.save / path.name
                saved.write_bytes(path.read_bytes())
                print(f"{saved}: ours: {pair[0]}; node: {pair[1]}", flush=True)
        rest = rest[max(len(ours), 1):]
    return failed


def compare_generated(arguments, folder):
    numbers = random.Random(arguments.seed)
    make = generate_shapes if arguments.shapes else generate
    done = failed = 0
    for first in range(0, arguments.count, BATCH):
        numbered = range(first, min(first + BATCH, arguments.count))
        paths = [folder / f"{arguments.seed}-{number}.wasm" for number in numbered]
        paths = [path for path in paths if make(numbers, path)]
        done += len(paths)
        failed += compare(arguments, paths, first_difference)
        for path in paths:
            path.unlink()
    return done, failed


def compare_mutated(arguments, folder):
    subprocess.run([arguments.mutate, "--write", "--seed", str(arguments.seed), "--count",
                    str(arguments.count), "--save", str(folder), *arguments.modules],
                   check=True)
    paths = sorted(folder.iterdir())
    failed = 0
    for first in range(0, len(paths), BATCH * 10):
        failed += compare(arguments, paths[first:first + BATCH * 10], first_verdict)
    return len(paths), failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("trace")
    parser.add_argument("modules", nargs="*")
    parser.add_argument("--mutate")
    parser.add_argument("--shapes", action="store_true")
    parser.add_argument("--at-zero", action="store_true")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save", type=pathlib.Path, default="build/fuzz")
    arguments = parser.parse_intermixed_args()
    kind = compare_mutated if arguments.mutate else compare_generated
    with tempfile.TemporaryDirectory() as folder:
        done, failed = kind(arguments, pathlib.Path(folder))
    print(f"{done} modules compared, {failed} differ")
    sys.exit(failed > 0)


main()
