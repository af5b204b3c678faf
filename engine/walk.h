// SPDX-License-Identifier: Apache-2.0
//
// Walking the native stack of a call from outside, caller by caller.
//
// Compiled functions keep a chain of rbp frames: the caller's rbp, above it the return
// address; instance.h says how a deep tail call changes that. Every step is checked
// against the stack of the call, as host functions between may be compiled without frame
// pointers. Allocates nothing; signal safe. Internal to the engine.
#pragma once

#include "engine/store.h"

struct wasm_walk {
    const struct wasm_store *store;
    uint64_t fp;
    uint64_t lo; // the stack: [lo, hi)
    uint64_t hi;
};

// A caller: code that is in the middle of a call.
struct wasm_caller {
    const struct wasm_module *module; // NULL: host code
    uint32_t code_offset;             // of the return address, in the module's code
    uint64_t fp;                      // the caller's own frame
};

// Starts at the frame `fp` of a function that a function of `entry` called, directly or
// not.
struct wasm_walk wasm_walk_begin(const struct wasm_store *store,
                                 const struct wasm_entry *entry, uint64_t fp);
// False: there are no more.
bool wasm_walk_next(struct wasm_walk *walk, struct wasm_caller *out);
// False: `address` is no whole word of the stack.
bool wasm_walk_read(const struct wasm_walk *walk, uint64_t address, uint64_t *out);
