// SPDX-License-Identifier: Apache-2.0
//
// Calls from outside into generated code, and the ways back out of a trap or exception.
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
    uint64_t vectors[WASM_VECTOR_ARGS][2];
    uint64_t stack_len; // bytes of arguments on the stack, a multiple of 16
    uint64_t int_result;
    uint64_t vector_result[2];

    struct wasm_entry *outer;
    void *outer_frame;      // where the walk over the outer entry's stack goes on
    void *outer_host_frame; // what the store's host_frame was
    struct wasm_trap *trap; // may be NULL
    const struct wasm_func *func;
    const union wasm_value *args;
    union wasm_value *results;
    struct wasm_exception *exception; // that unwinds; NULL: a trap does
};
_Static_assert(offsetof(struct wasm_entry, sp) == 0, "enter.S");
_Static_assert(offsetof(struct wasm_entry, code) == 8, "enter.S");
_Static_assert(offsetof(struct wasm_entry, ints) == 16, "enter.S");
_Static_assert(offsetof(struct wasm_entry, vectors) == 64, "enter.S");
_Static_assert(offsetof(struct wasm_entry, stack_len) == 192, "enter.S");
_Static_assert(offsetof(struct wasm_entry, int_result) == 200, "enter.S");
_Static_assert(offsetof(struct wasm_entry, vector_result) == 208, "enter.S");

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

// Goes on at a landing pad of the function whose frame is `fp`, with the exception in
// rax.
__attribute__((visibility("hidden"))) _Noreturn void
wasm_resume(struct wasm_exception *exn, uint64_t fp, uint64_t landing);

// Unwinds to the innermost handler of the innermost entry, or out of the entry.
_Noreturn void wasm_exception_raise(struct wasm_store *store, struct wasm_exception *exn);

// Fills the innermost entry's trap, if it has one, with the call stack from `frame` on.
void wasm_trap_record(struct wasm_store *store, enum wasm_trap_code code,
                      const char *message, void *frame);

// Records a trap of the innermost entry, with its call stack, and unwinds.
_Noreturn void wasm_trap_raise(struct wasm_store *store, enum wasm_trap_code code);
