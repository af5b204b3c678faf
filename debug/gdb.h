// SPDX-License-Identifier: Apache-2.0
//
// gdb's interface for compiled code: GDB manual, "JIT Compilation Interface". The
// debugger finds its two symbols by name, so they are the one piece of state that a
// process has only once.
#pragma once

struct wasm_module;
struct gdb_code;

// Tells a debugger, now or when it is attached, of a compiled module. NULL: no memory, or
// no code. Thread-safe.
struct gdb_code *gdb_register(const struct wasm_module *module);
// Before the module is destroyed.
void gdb_unregister(struct gdb_code *code);
