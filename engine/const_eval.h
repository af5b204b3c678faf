// SPDX-License-Identifier: Apache-2.0
//
// The values of constant expressions, which were validated when the module was decoded.
// Internal to the engine.
#pragma once

#include "base/cursor.h"
#include "engine/instance.h"

// Operands of the expression that is being evaluated; kept by the store for the next one.
struct wasm_eval {
    union wasm_value *values;
    bool *are_refs; // of the collected heap
    uint32_t room;
    uint32_t depth;
};

// Evaluates the expression at *c and leaves *c behind it. The instance's imports,
// functions, and the globals before this expression must stand. It may allocate objects
// and collect: *out is to be put where the collector sees it before the next evaluation.
// False: out of memory.
bool wasm_const_eval(struct wasm_instance *instance, struct cursor *c,
                     union wasm_value *out);

// Evaluates the one in `range` of the module's bytes.
bool wasm_const_eval_range(struct wasm_instance *instance, struct wasm_range range,
                           union wasm_value *out);

// Makes the room that ordinary expressions need, so that they cannot fail for want of it.
// False: no memory.
bool wasm_eval_prepare(struct wasm_store *store);
void wasm_eval_fini(struct wasm_eval *eval, const struct wasm_port *port);
