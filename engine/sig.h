// SPDX-License-Identifier: Apache-2.0
//
// Function types of a store, each once: types are equal when their ids are. A balanced
// tree (an AA tree) rather than a hash, so that no choice of types makes it slow.
// Internal to the engine.
#pragma once

#include "engine/engine.h"

struct wasm_sig_node {
    struct wasm_functype *type; // own copy, which stays where it is
    uint32_t left;
    uint32_t right;
    uint32_t level;
};

struct wasm_sigs {
    struct wasm_sig_node *nodes; // by id; node 0 is the empty tree
    uint32_t count;
    uint32_t root;
};

// The id of `type`, which is copied when it is new; 0: no memory.
uint32_t wasm_sigs_intern(struct wasm_sigs *sigs, const struct wasm_port *port,
                          const struct wasm_functype *type);
void wasm_sigs_fini(struct wasm_sigs *sigs, const struct wasm_port *port);
