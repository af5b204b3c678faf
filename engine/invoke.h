// SPDX-License-Identifier: Apache-2.0
//
// Calls from outside into generated code, and the way back out of a trap.
//
//   wasm_func_invoke ── wasm_enter ── generated code ── host function ── wasm_func_invoke
//   ...
//        entry <─────────────────────── store->entry, linked by `outer`
//
// Internal to the engine.
#pragma once

#include "engine/store.h"

#define WASM_INT_ARGS    6
#define WASM_VECTOR_ARGS 8

// One call in progress. x86_64/enter.S knows the first members by offset.
struct wasm_entry {
    uint64_t sp; // set by wasm_enter: where wasm_unwind goes on
    void (*code)(void);
    uint64_t ints[WASM_INT_ARGS];
    uint64_t vectors[WASM_VECTOR_ARGS];
    uint64_t stack_len; // bytes of arguments on the stack, a multiple of 16
    uint64_t int_result;
    uint64_t vector_result;

    struct wasm_entry *outer;
    struct wasm_trap *trap; // may be NULL
    const struct wasm_func *func;
    const union wasm_value *args;
    union wasm_value *results;
};
_Static_assert(offsetof(struct wasm_entry, sp) == 0, "enter.S");
_Static_assert(offsetof(struct wasm_entry, code) == 8, "enter.S");
_Static_assert(offsetof(struct wasm_entry, ints) == 16, "enter.S");
_Static_assert(offsetof(struct wasm_entry, vectors) == 64, "enter.S");
_Static_assert(offsetof(struct wasm_entry, stack_len) == 128, "enter.S");
_Static_assert(offsetof(struct wasm_entry, int_result) == 136, "enter.S");
_Static_assert(offsetof(struct wasm_entry, vector_result) == 144, "enter.S");

// Calls entry->code with the arguments that wasm_place_args lays out; floating-point
// control is the specification's meanwhile. True: it returned, and the results are
// stored. False: wasm_unwind came first.
bool wasm_enter(struct wasm_entry *entry);

// Called by wasm_enter: fills ints, vectors, and the stack_len bytes at `stack`.
void wasm_place_args(struct wasm_entry *entry, uint64_t *stack);

// Leaves everything up to the wasm_enter of `entry`, which returns false. A fault handler
// resumes here with the entry as argument. Hidden, since the code that takes its address
// may be linked above 4 GiB without a global offset table.
__attribute__((visibility("hidden"))) _Noreturn void
wasm_unwind(struct wasm_entry *entry);
