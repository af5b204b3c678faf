#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What do the kernel's paths cost? Boots bench/kernel.c twice with -icount shift=0, where the CPU's
counter counts guest instructions, checks that both runs agree, prints a table, and writes
build/bench/kernel.json.

usage: kernel.py KERNEL INIT.elf
"""
import json
import pathlib
import subprocess
import sys
import tempfile

REPO = pathlib.Path(__file__).resolve().parents[1]
OUT = REPO / "build/bench/kernel.json"
BOOT = '. test/boot/vm.sh; KERNEL=$1 vm "$2" /dev/null -icount shift=0'
POWERED_OFF = 1  # isa-debug-exit answers (0 << 1) | 1


def count(kernel, bundle):
    """Metric: instructions, as the image prints them."""
    done = subprocess.run(["bash", "-c", BOOT, "bash", kernel, bundle], cwd=REPO, check=False, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != POWERED_OFF:
        sys.exit(f"bench/kernel.py: error: QEMU exited with {done.returncode}: {done.stdout}{done.stderr}")
    return {name: int(value) for name, value in map(str.split, done.stdout.splitlines())}


def main():
    kernel, init = (pathlib.Path(path).resolve() for path in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as folder:
        bundle = pathlib.Path(folder, "bundle")
        subprocess.run([REPO / "tools/dev/mkbundle.py", init, "-o", bundle], check=True)
        metrics, again = count(kernel, bundle), count(kernel, bundle)
    print("guest instructions (qemu-system-x86_64 -accel tcg -icount shift=0, least of 16)")
    for name, value in metrics.items():
        print(f"{name:28} {value:>9,}")
    if metrics != again:
        sys.exit(f"bench/kernel.py: error: a second run counted otherwise: {again}")
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(metrics, indent=2) + "\n")


if __name__ == "__main__":
    main()
