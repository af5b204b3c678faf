// SPDX-License-Identifier: Apache-2.0
//
// Which export of an instance is the program, and calling it.
#pragma once

#include <stdbool.h>

#include "libos/allocator.h"

struct bundle;
struct wasm_func;
struct wasm_instance;
struct wasm_store;

// What is to be called: by the option invoke=NAME that export (after _initialize, for a
// reactor) with the arguments from the second on as its parameters, else _start.
struct run {
    struct wasm_store *store;
    struct wasm_instance *instance;
    const struct bundle *bundle;
    const struct allocator *allocator;
    struct wasm_func *initialize; // or NULL
    struct wasm_func *entry;
    union wasm_value *args; // of entry
};

// Finds the entry and parses its arguments. Ends the domain with an error that says what
// the module exports when there is none, or which argument does not fit.
void run_init(struct run *run);

// Calls; prints the results, a line each, on standard output. False: it trapped, which
// was logged.
bool run_call(struct run *run);
