// SPDX-License-Identifier: Apache-2.0
//
// Names for perf: /tmp/perf-PID.map of the calling process, a line for each function of
// compiled modules, as Linux's tools/perf/Documentation/jit-interface.txt describes.
#pragma once

#include <stdbool.h>

struct wasm_module;

// Adds a compiled module. The first call in a process makes the file, in place of one
// that an older process of that number left behind. Thread-safe. False, with errno: not
// written.
bool perf_map_add(const struct wasm_module *module);
