#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The engine beside its peers: speed of compilation, speed of the code, time to load.

Programs and modules are run in turn by all engines, so that a slow moment of the machine
meets all of them, and medians are compared. Prints a table; writes build/bench/engine.json
(one number for each metric) and, beside it, engine-samples.json. An engine that is not
there, or refuses a program, is named and left out of the means.
"""
import argparse
import json
import math
import os
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys
import time

REPO = pathlib.Path(__file__).resolve().parents[1]
HERE = REPO / "bench/engine"
OUT = REPO / "build/bench/engine.json"
PEER = HERE / "peer.mjs"
EAGER = "--no-wasm-lazy-compilation"
ONE_TASK = "--wasm-num-compilation-tasks=1"
TARGET_S = 0.02  # of one sample, on Liftoff
WARM_S = 0.25    # before the first sample of a program, for the tier that warms up
RUNS = {"programs": 7, "compile": 5, "load": 5}


class Engine:
    """A process that answers the commands of bench/engine/ours.c."""

    def __init__(self, name, command, env=None):
        self.name, self.command = name, [str(word) for word in command]
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, text=True,
                                        stdout=subprocess.PIPE, bufsize=1,
                                        env={**os.environ, **(env or {})})

    def ask(self, command):
        """The fields of the answer; None and the reason in self.refusal when there is none."""
        try:
            self.process.stdin.write(command + "\n")
            answer = self.process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer or answer.startswith("refused"):
            self.refusal = answer[len("refused"):].strip(" :\n") or "the process ended"
            return None
        return answer.rstrip("\n").split("\t")

    def peak_rss(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) * 1024

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def geometric_mean(values):
    return math.exp(statistics.fmean(map(math.log, values)))


# ---- Compilation ----

def compile_commands(options):
    commands = {"baseline": [options.ours]}
    if options.node:
        commands["liftoff"] = [options.node, "--liftoff-only", EAGER, ONE_TASK, PEER]
        commands["liftoff_tasks"] = [options.node, "--liftoff-only", EAGER, PEER]
    return commands


def compile_samples(engines, module):
    """{engine: [fields of a run]}, or None after saying who refuses the module."""
    found = {engine.name: [] for engine in engines}
    for _ in range(RUNS["compile"]):
        for engine in engines:
            fields = engine.ask(f"compile {module}")
            if fields is None:
                print(f"{module.stem:12}refused: {engine.name}: {engine.refusal}")
                return None
            found[engine.name].append([float(field) for field in fields])
    return found


def compile_row(name, found, metrics):
    """One module; returns its bytes and each engine's median seconds."""
    _, code_bytes, native, working, kept = found["baseline"][0]
    medians = {engine: statistics.median(run[0] for run in runs) for engine, runs in found.items()}
    for engine, median in medians.items():
        metrics[f"compile_mb_s_{engine}_{name}"] = code_bytes / median / 1e6
    metrics[f"compile_working_bytes_{name}"] = int(working)
    metrics[f"module_heap_bytes_{name}"] = int(kept)
    metrics[f"native_bytes_per_wasm_byte_{name}"] = native / code_bytes
    row = f"{name:12}{code_bytes / 1e6:9.1f}"
    row += "".join(f"{code_bytes / median / 1e6:15.1f}" for median in medians.values())
    if "liftoff" in found:
        cpu = statistics.median(run[5] / run[0] for run in found["liftoff"])
        row += f"{medians['liftoff'] / medians['baseline']:12.2f}{cpu:14.2f}"
    print(row + f"{native / code_bytes:13.2f}{working / 1024:12.0f}{kept / 1024:9.0f}")
    return code_bytes, medians


def measure_compile(options, metrics, samples):
    engines = [Engine(name, command) for name, command in compile_commands(options).items()]
    print("\ncompilation, MB (10^6 bytes of code section) per second; one thread but for "
          "liftoff_tasks")
    print(f"{'module':12}{'MB code':>9}" + "".join(f"{e.name:>15}" for e in engines)
          + ("   x liftoff  its CPU/wall" if options.node else "")
          + "  native/wasm  working KB  kept KB")
    totals = dict.fromkeys((engine.name for engine in engines), 0.0)
    total_bytes = refused = 0
    for module in sorted(options.modules, key=lambda path: path.stat().st_size):
        found = compile_samples(engines, module)
        if not found:
            refused += 1
            continue
        code_bytes, medians = compile_row(module.stem, found, metrics)
        total_bytes += code_bytes
        for name, median in medians.items():
            totals[name] += median
            samples[f"compile {name} {module.stem}, s"] = [run[0] for run in found[name]]
    for engine in engines:
        engine.close()
    metrics["modules_refused"] = refused
    for name, seconds in totals.items():
        metrics[f"compile_mb_s_{name}"] = total_bytes / seconds / 1e6
    print(f"{'all':12}{total_bytes / 1e6:9.1f}"
          + "".join(f"{metrics[f'compile_mb_s_{e.name}']:15.1f}" for e in engines))


# ---- Programs ----

def program_engines(options):
    """The engines that are there; what is missing is said."""
    engines = [Engine("ours", [options.ours])]
    if options.node:
        engines.append(Engine("liftoff", [options.node, "--liftoff-only", EAGER, PEER]))
        engines.append(Engine("v8", [options.node, PEER]))
    else:
        print("liftoff, v8: missing: no node")
    for strategy in ("winch", "cranelift"):
        engine = Engine(strategy, [sys.executable, HERE / "peer_wasmtime.py", strategy],
                        {"PYTHONPATH": str(options.wasmtime)})
        if engine.ask("version"):
            engines.append(engine)
        else:
            print(f"{strategy}: missing: no wasmtime package ({options.wasmtime})")
    engines.append(Engine("native", [options.native]))
    return engines


def open_program(engine, path):
    fields = engine.ask(f"open {path.with_suffix('.so') if engine.name == 'native' else path}")
    return fields and fields[0]


def timed_run(engine, number, n, name):
    fields = engine.ask(f"run {number} {n}")
    if fields is None:
        return None
    if fields[1] != fields[2]:
        sys.exit(f"bench/engine.py: error: {engine.name}: {name}: result {fields[1]}, not "
                 f"{fields[2]}")
    return float(fields[0])


def repetitions(engine, number, name):
    """So many that a sample takes TARGET_S."""
    n = 1
    while True:
        seconds = timed_run(engine, number, n, name)
        if seconds > TARGET_S / 4:
            return max(1, round(n * TARGET_S / seconds))
        n *= 4


def measure_program(engines, path):
    """{engine: [seconds for one repetition]}; a refusal is its message instead."""
    name, found, numbers = path.stem, {}, {}
    for engine in engines:
        numbers[engine.name] = open_program(engine, path)
        if numbers[engine.name] is None:
            found[engine.name] = engine.refusal
    there = [engine for engine in engines if engine.name not in found]
    reference = next((e for e in there if e.name == "liftoff"), there[0])
    n = repetitions(reference, numbers[reference.name], name)
    for engine in there:
        until = time.perf_counter() + (WARM_S if engine.name == "v8" else 0)
        seconds = timed_run(engine, numbers[engine.name], n, name)
        while seconds is not None and time.perf_counter() < until:
            seconds = timed_run(engine, numbers[engine.name], n, name)
        if seconds is None:
            found[engine.name] = engine.refusal
    there = [engine for engine in there if engine.name not in found]
    for _ in range(RUNS["programs"]):
        for engine in there:
            seconds = timed_run(engine, numbers[engine.name], n, name)
            found.setdefault(engine.name, []).append(seconds / n)
    return found


def measure_programs(options, metrics, samples):
    engines = program_engines(options)
    names = [engine.name for engine in engines]
    reference = "liftoff" if "liftoff" in names else "native"
    print(f"\ncode, milliseconds of one repetition (ratio to {reference})")
    print(f"{'program':14}" + "".join(f"{name:>18}" for name in names))
    ratios, best = {}, {}
    refusals = []
    for path in sorted(options.programs, key=lambda p: p.stem):
        found = measure_program(engines, path)
        medians = {name: statistics.median(runs) for name, runs in found.items()
                   if not isinstance(runs, str)}
        row = f"{path.stem:14}"
        for name in names:
            if name not in medians:
                refusals.append(f"{path.stem}: {name}: {found[name]}")
                row += f"{'refused':>18}"
                continue
            samples[f"run {name} {path.stem}, s"] = found[name]
            metrics[f"run_ms_{name}_{path.stem}"] = medians[name] * 1e3
            row += f"{medians[name] * 1e3:11.4f}"
            if reference in medians:
                ratio = medians[name] / medians[reference]
                ratios.setdefault(name, []).append(ratio)
                best.setdefault(name, []).append(min(found[name]) / min(found[reference]))
                row += f" ({ratio:4.2f})"
                if name == "ours":
                    metrics[f"time_ratio_{path.stem}"] = ratio
        print(row, flush=True)
    row = f"{'geometric mean':14}"
    for name in names:
        mean = geometric_mean(ratios[name])
        label = "baseline" if name == "ours" else name
        if name != reference:
            metrics[f"time_ratio_{label}_vs_{reference}"] = mean
            metrics[f"time_ratio_best_{label}_vs_{reference}"] = geometric_mean(best[name])
        row += f"{mean:11.3f} {f'of {len(ratios[name])}':6}"
    print(row)
    print(f"{'  of the best':14}" + "".join(f"{geometric_mean(best[name]):11.3f}{'':7}" for name in names)
          + "  (each engine's best sample: for a machine with other work)")
    print(f"{'median':14}" + "".join(f"{statistics.median(ratios[name]):11.3f}{'':7}" for name in names))
    metrics["program_count"] = len(ratios["ours"])
    metrics["programs_refused"] = sum(": ours: " in refusal for refusal in refusals)
    for refusal in refusals:
        print(f"refused: {refusal}")
    for engine in engines:
        engine.close()


# ---- Loading ----

STEPS = ("read", "decode", "compile", "instantiate", "first_instruction")


def measure_load(options, metrics, samples):
    """Each time in a process of its own, with the file in the page cache."""
    module = max(options.modules, key=lambda path: path.stat().st_size)
    commands = {"ours": [options.ours]}
    if options.node:
        commands["liftoff"] = [options.node, "--liftoff-only", EAGER, ONE_TASK, PEER]
        commands["v8"] = [options.node, PEER]
    runs = {name: [] for name in commands}
    rss = {name: [] for name in commands}
    for _ in range(RUNS["load"]):
        for name, command in commands.items():
            engine = Engine(name, command)
            fields = engine.ask(f"load {module}")
            if fields is None:
                sys.exit(f"bench/engine.py: error: {name}: {module}: {engine.refusal}")
            runs[name].append([float(field) for field in fields])
            rss[name].append(engine.peak_rss())
            engine.close()
    print(f"\nload of {module.name} ({module.stat().st_size / 1e6:.1f} MB), milliseconds; decode is "
          "done once more in compile;\nfirst_instruction is from _start to the first call of an import")
    print(f"{'':12}" + "".join(f"{step:>19}" for step in STEPS) + f"{'total':>9}{'peak RSS, MB':>14}")
    for name in commands:
        samples[f"load {name}, s"] = runs[name]
        samples[f"load {name}, peak RSS"] = rss[name]
        medians = [statistics.median(column) * 1e3 for column in zip(*runs[name])]
        total = statistics.median(sum(run) - run[1] for run in runs[name]) * 1e3
        print(f"{name:12}" + "".join(f"{value:19.2f}" for value in medians)
              + f"{total:9.1f}{statistics.median(rss[name]) / 1e6:14.1f}")
        suffix = "" if name == "ours" else f"_{name}"
        metrics[f"load_ms_30mb{suffix}"] = total
        metrics[f"load_rss_bytes_30mb{suffix}"] = statistics.median(rss[name])
        for step, value in zip(STEPS, medians):
            step = {"compile": "decode_compile"}.get(step, step)
            metrics[f"load_ms_30mb_{step}{suffix}"] = value


# ---- All of it ----

def output_of(*command):
    done = subprocess.run([str(word) for word in command], check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout.strip() or "unknown"


def print_machine(options):
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    print(f"machine   {model[1] if model else platform.processor()}, {os.cpu_count()} CPUs, "
          f"{platform.system()} {platform.release()}, load {os.getloadavg()[0]:.1f}")
    print(f"commit    {output_of('git', '-C', REPO, 'describe', '--always', '--dirty')}")
    print(f"flags     {options.flags}")
    print(f"programs  {output_of('clang-19', '--version').splitlines()[0]}, -O2 for wasm32 and native")
    if options.node:
        print(f"V8        {output_of(options.node, '-p', 'process.versions.v8')}, "
              f"node {output_of(options.node, '--version')}")
    wheels = sorted(options.wasmtime.glob("wasmtime-*.dist-info"))
    print(f"wasmtime  {wheels[0].name.split('-')[1].removesuffix('.dist') if wheels else 'missing'}")
    for name, command in compile_commands(options).items():
        print(f"{name}: {' '.join(map(str, command))}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ours", type=pathlib.Path, required=True, help="built of ours.c")
    parser.add_argument("--native", type=pathlib.Path, required=True, help="built of native.c")
    parser.add_argument("--wasmtime", type=pathlib.Path, required=True, help="folder of the package")
    parser.add_argument("--node", default=shutil.which("node"))
    parser.add_argument("--flags", default="", help="how the build was made, for the record")
    parser.add_argument("--modules", type=pathlib.Path, nargs="*", default=[])
    parser.add_argument("--programs", type=pathlib.Path, nargs="*", default=[])
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    options = parser.parse_args()
    print_machine(options)
    metrics, samples = {}, {}
    if options.modules:
        measure_compile(options, metrics, samples)
        measure_load(options, metrics, samples)
    if options.programs:
        measure_programs(options, metrics, samples)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(metrics, indent=2) + "\n")
    options.out.with_name(f"{options.out.stem}-samples.json").write_text(
        json.dumps(samples, indent=1) + "\n")
    print(f"\nwritten: {options.out} and, with all samples, {options.out.stem}-samples.json")


main()
