#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# How long and how big is a hello world? Guest instructions to the first one of wasm, wall time on
# both platforms beside their floors, size of the kernel. Prints a table and the raw samples, and
# writes build/bench/boot.json.

import argparse
import json
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys
import time

REPO = pathlib.Path(__file__).resolve().parents[1]
BUILD = REPO / "build"
SELKIS = BUILD / "selkis"
KERNEL = BUILD / "selkis.elf"
HELLO = BUILD / "test/programs/hello.wasm"
NATIVE = BUILD / "bench/hello-native"
FLOOR = BUILD / "bench/floor.elf"
OUT = BUILD / "bench/boot.json"

GREETING = b"Hello, world!\n"
FLOOR_EXIT = 1  # isa-debug-exit answers (0 << 1) | 1
TIMEOUT_S = 60

ICOUNT = [SELKIS, "run", "--vm", "--icount", HELLO]
WALL = {
    "wall_ms_vm_hello": [SELKIS, "run", "--vm", "--accel", "tcg", HELLO],
    # The machine that `selkis run` asks for, with a kernel that does nothing.
    "wall_ms_qemu_floor": ["qemu-system-x86_64", "-M",
                           "microvm,pic=off,pit=off,rtc=on,isa-serial=off,x-option-roms=off,"
                           "auto-kernel-cmdline=off", "-accel", "tcg", "-cpu", "max", "-m", "512M",
                           "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
                           "-device", "isa-debug-exit,iobase=0xf4,iosize=4", "-kernel", FLOOR],
    "wall_ms_host_hello": [SELKIS, "run", "--host", HELLO],
    "wall_ms_native_hello": [NATIVE],
}


def fail(message):
    sys.exit(f"bench/boot.py: error: {message}")


def run(command, greets):
    """Runs it, checks that it did its work, and returns the completed process and milliseconds."""
    words = [str(word) for word in command]
    start = time.perf_counter()
    done = subprocess.run(words, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=TIMEOUT_S)
    milliseconds = (time.perf_counter() - start) * 1000
    good = (done.returncode, done.stdout) == (0, GREETING) if greets \
        else done.returncode == FLOOR_EXIT
    if not good:
        fail(f"{' '.join(words)}: exit code {done.returncode}, {done.stderr.decode()}")
    return done, milliseconds


def count_instructions():
    done, _ = run(ICOUNT, greets=True)
    found = re.findall(r"^selkis: (\w+) +(\d+)$", done.stderr.decode(), re.MULTILINE)
    metrics = {name if name.startswith("instructions") else f"instructions_{name}": int(value)
               for name, value in found}
    if "instructions_to_first_wasm" not in metrics:
        fail(f"{' '.join(map(str, ICOUNT))} printed no instructions_to_first_wasm")
    return metrics


def measure_wall(rounds):
    """Interleaved, so that a slow moment of the machine meets all of them."""
    samples = {name: [] for name in WALL}
    for _ in range(rounds):
        for name, command in WALL.items():
            samples[name].append(run(command, greets="floor" not in name)[1])
    return samples


def kernel_size():
    answer = subprocess.run(["size", KERNEL], check=True, stdout=subprocess.PIPE, text=True).stdout
    text, data, bss = map(int, answer.splitlines()[1].split()[:3])
    return {"kernel_bytes": text + data, "kernel_bss_bytes": bss}


def kernel_lines():
    sources = [path for path in (REPO / "kernel").rglob("*") if path.suffix in (".c", ".h", ".S")]
    return {"kernel_lines": sum(len(path.read_text().splitlines()) for path in sources)}


def machine():
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    commit = subprocess.run(["git", "-C", REPO, "describe", "--always", "--dirty"], check=False,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    qemu = subprocess.run(["qemu-system-x86_64", "--version"], check=True, stdout=subprocess.PIPE,
                          text=True).stdout.splitlines()[0]
    return [f"machine  {model[1] if model else platform.processor()}, {os.cpu_count()} CPUs, "
            f"{platform.system()} {platform.release()}",
            f"commit   {commit.strip() or 'unknown'}", f"emulator {qemu}",
            *(f"{name}: {' '.join(map(str, command))}"
              for name, command in {"icount": ICOUNT, **WALL}.items())]


def main():
    parser = argparse.ArgumentParser(description="measures boot and size")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--flags", default="", help="how the build was made, for the record")
    options = parser.parse_args()

    print(*machine(), f"flags    {options.flags}", sep="\n")
    metrics = count_instructions()
    samples = measure_wall(options.rounds)
    metrics |= {name: statistics.median(values) for name, values in samples.items()}
    metrics |= kernel_size() | kernel_lines()

    print()
    for name, value in metrics.items():
        print(f"{name:36} {value:>12,.{0 if isinstance(value, int) else 2}f}")
    for name, values in samples.items():
        print(f"{name} samples: {' '.join(f'{value:.1f}' for value in values)}")
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(metrics, indent=2) + "\n")


if __name__ == "__main__":
    main()
