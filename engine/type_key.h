// SPDX-License-Identifier: Apache-2.0
//
// Recursive groups of types by their structure: each group becomes a list of words, its
// key, such that equal groups have equal keys. A reference to a type of the group itself
// is written as a position in the group; one to an earlier type as a number that equal
// types share. So structures need not be compared any deeper than one group. Wasm core
// 3.0 #aux-roll-deftype. Internal to the engine.
//
// Keys are found by hash; those of a bucket stand in a balanced tree (an AA tree) ordered
// by hash and then by words, so no choice of types makes it slow.
#pragma once

#include "engine/module.h"

struct wasm_key_node {
    uint64_t hash;
    uint32_t at; // of the key in words
    uint32_t len;
    uint32_t value;
    uint32_t left, right, level;
};

struct wasm_keys {
    const struct wasm_port *port;
    struct wasm_key_node *nodes; // node 0 is the empty tree
    uint32_t count;
    uint32_t node_room;
    uint32_t *roots;       // of the tree of each bucket
    uint32_t bucket_count; // a power of two
    uint32_t *words;
    uint32_t used;
    uint32_t word_room;
    uint32_t fresh; // words behind `used` that belong to the key being made
};

// The number of an earlier type, of the `context` given.
typedef uint32_t (*wasm_type_number_t)(const void *context, uint32_t index);

// The value of the group of types [first, first + len) of `types`, which becomes `value`
// when the group is new. False: no memory.
WASM_NODISCARD bool wasm_keys_intern(struct wasm_keys *keys,
                                     const struct wasm_deftype *types, uint32_t first,
                                     uint32_t len, wasm_type_number_t number,
                                     const void *context, uint32_t *value);
void wasm_keys_fini(struct wasm_keys *keys);
