#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Wasmtime for bench/engine.py, with the commands of ours.c: peer_wasmtime.py STRATEGY."""
import sys
import time

import wasmtime
from wasmtime import _ffi

# The package's own setter knows only the first two; the library under it may know Winch.
STRATEGIES = {"cranelift": 1, "winch": 2}

config = wasmtime.Config()
config.parallel_compilation = False
_ffi.wasmtime_config_strategy_set(config.ptr(), STRATEGIES[sys.argv[1]])
engine = wasmtime.Engine(config)
programs = []


def open_path(path):
    store = wasmtime.Store(engine)
    module = wasmtime.Module.from_file(engine, path)
    exports = wasmtime.Instance(store, module, []).exports(store)
    programs.append((store, exports["run"], exports["expected"]))
    return [len(programs) - 1]


def run(words):
    number, n = map(int, words.split())
    store, function, expected = programs[number]
    start = time.perf_counter()
    result = function(store, n)
    seconds = time.perf_counter() - start
    return [f"{seconds:.9f}", result % 2**32, expected(store) % 2**32]


def compile_path(path):
    with open(path, "rb") as file:
        content = file.read()
    start = time.perf_counter()
    wasmtime.Module(engine, content)
    return [f"{time.perf_counter() - start:.6f}", 0, 0, 0, 0]


COMMANDS = {"version": lambda _: ["wasmtime"], "open": open_path, "run": run, "compile": compile_path}
for line in sys.stdin:
    command, _, argument = line.strip().partition(" ")
    try:
        answer = "\t".join(map(str, COMMANDS[command](argument)))
    except Exception as error:  # whatever it says is the answer
        answer = "refused: " + str(error).replace("\n", " ")
    print(answer, flush=True)
