// SPDX-License-Identifier: Apache-2.0
//
// The types of a store: equal types of all modules, and of host functions, are the same
// struct wasm_rtt. Recursive groups are entered as a whole, for types are equal only
// together with their group. Types last as long as the store. Internal to the engine.
#pragma once

#include "engine/instance.h"
#include "engine/type_key.h"

struct wasm_rtts {
    const struct wasm_rtt **types; // by id
    uint32_t count;
    uint32_t room;
    struct wasm_keys keys; // of groups; the value is the first id
    void **blocks;         // what was allocated for groups
    uint32_t block_count;
    uint32_t block_room;
};

void wasm_rtts_init(struct wasm_rtts *rtts, const struct wasm_port *port);
void wasm_rtts_fini(struct wasm_rtts *rtts);

// Fills out[0 .. module->type_count). False: no memory, or more types than ids.
WASM_NODISCARD bool wasm_rtts_intern_module(struct wasm_store *store,
                                            const struct wasm_module *module,
                                            const struct wasm_rtt **out);
// The final function type of that form, whose heap types are abstract. NULL: as above.
const struct wasm_rtt *wasm_rtt_of_functype(struct wasm_store *store,
                                            const struct wasm_functype *functype);

// A type of the module that `rtts` are of, as a type of the store.
static inline wasm_type_t
wasm_rtt_type(const struct wasm_rtt *const *rtts, wasm_type_t type)
{
    if (!wasm_type_is_ref(type) || !wasm_heap_is_index(wasm_type_heap(type)))
        return type;
    return (type & 0xff) | rtts[wasm_type_heap(type)]->id << 8;
}

// A type of the store whose concrete heap type is replaced by the abstract one above it.
wasm_type_t wasm_rtt_abstract(const struct wasm_store *store, wasm_type_t type);

// Whether a reference that is not null, of the hierarchy of `wanted`, has that type.
bool wasm_ref_has_rtt(const void *ref, const struct wasm_rtt *wanted);
// Whether a reference, or null, of the hierarchy of a type of the store has that type.
bool wasm_store_ref_matches(const struct wasm_store *store, const void *ref,
                            wasm_type_t type);

// Between types of the store. Wasm core 3.0 #match
bool wasm_store_type_matches(const struct wasm_store *store, wasm_type_t sub,
                             wasm_type_t super);
