// SPDX-License-Identifier: Apache-2.0
//
// Tells profilers and debuggers of a module's compiled code.
#pragma once

#include <stdint.h>

struct wasm_module;
struct gdb_code;

enum announce { ANNOUNCE_PERF = 1, ANNOUNCE_GDB = 2 };

// What the environment asks for: SELKIS_PERF, SELKIS_GDB, set to anything but "0" or
// nothing. Not in a process that gained privileges.
uint32_t announce_wanted(void);

// What cannot be told is not told: the program matters more. The result, which may be
// NULL, goes to announce_end before the module is destroyed. Thread-safe.
struct gdb_code *announce(const struct wasm_module *module, uint32_t wanted);
void announce_end(struct gdb_code *gdb);
