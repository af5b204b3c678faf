// SPDX-License-Identifier: Apache-2.0
//
// From generated code to a callback of the host. Internal to the engine.
#pragma once

#include "engine/store.h"

#define WASM_HOST_INTS    6
#define WASM_HOST_VECTORS 8

// The argument registers as wasm_host_call spills them; then the first result.
struct wasm_host_registers {
    uint64_t ints[WASM_HOST_INTS];
    union wasm_value vectors[WASM_HOST_VECTORS];
};
_Static_assert(sizeof(struct wasm_host_registers) == 176, "host_call.S");
_Static_assert(offsetof(struct wasm_host_registers, vectors) == 48, "host_call.S");

struct wasm_host_callback {
    struct wasm_host_func host; // the store's list is of these
    struct wasm_store *store;
    wasm_callback *callback;
    void *context;
};

// The code of all such functions; its environment is the struct wasm_host_callback.
__attribute__((visibility("hidden"))) void wasm_host_call(void);

// Called by it: bytes of stack that arguments and results take, a multiple of 16 ...
__attribute__((visibility("hidden"))) uint64_t
wasm_host_call_room(const struct wasm_host_callback *callback);
// ... and the call, with that room; `stack` are the arguments beyond the registers.
__attribute__((visibility("hidden"))) void
wasm_host_call_dispatch(const struct wasm_host_callback *callback,
                        struct wasm_host_registers *registers, const uint64_t *stack,
                        union wasm_value *room);
