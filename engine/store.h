// SPDX-License-Identifier: Apache-2.0
//
// A store owns what instances share, and knows which code is running. Everything in it
// lives until the store is destroyed. Internal to the engine.
#pragma once

#include "engine/const_eval.h"
#include "engine/gc.h"
#include "engine/instance.h"
#include "engine/rtt.h"

// Externals of the embedder.
struct wasm_host_func {
    struct wasm_func func;
    struct wasm_host_func *next;
};
struct wasm_host_global {
    struct wasm_global global;
    struct wasm_host_global *next;
};

// A shared memory that the store holds.
struct wasm_held_memory {
    struct wasm_memory *memory;
    struct wasm_held_memory *next;
};

struct wasm_root {
    void *ref;
    struct wasm_root *next;
    struct wasm_root **link; // what points here
};

struct wasm_store {
    const struct wasm_port *port;
    uintptr_t stack_limit;
    uint64_t memory_limit;  // bytes, a multiple of WASM_PAGE_SIZE
    uint64_t table_entries; // of all tables, at most WASM_LIMIT_TABLE_ENTRIES
    struct wasm_rtts rtts;
    struct wasm_gc gc;
    struct wasm_eval eval;
    struct wasm_instance *instances;
    struct wasm_memory *memories;
    struct wasm_held_memory *shared;
    struct wasm_table *tables;
    struct wasm_tag *tags;
    struct wasm_host_func *funcs;
    struct wasm_host_global *globals;
    struct wasm_root *roots;
    // Modules with an instance here, by ascending address of their code.
    const struct wasm_module **modules;
    uint32_t module_count;
    // The innermost call from outside; NULL: no wasm code runs.
    struct wasm_entry *entry;
    // Where the walk over its stack starts, when a host function said so.
    void *host_frame;
    // What wasm_store_exception tells.
    struct wasm_exception *exception;
};

// Notes a module that gets an instance. False: no memory.
bool wasm_store_add_module(struct wasm_store *store, const struct wasm_module *module);
// The module whose code holds `pc`, or NULL. Signal safe.
const struct wasm_module *wasm_store_find_module(const struct wasm_store *store,
                                                 uint64_t pc);

// How far creation had come, to undo what comes after.
struct wasm_store_mark {
    struct wasm_memory *memories;
    struct wasm_held_memory *shared;
    struct wasm_table *tables;
    struct wasm_tag *tags;
};
struct wasm_store_mark wasm_store_mark(const struct wasm_store *store);
void wasm_store_undo(struct wasm_store *store, struct wasm_store_mark mark);
void wasm_tables_destroy_until(struct wasm_store *store, struct wasm_table *kept);
void wasm_memories_destroy_until(struct wasm_store *store, struct wasm_memory *kept);
void wasm_shared_release_until(struct wasm_store *store, struct wasm_held_memory *kept);
void wasm_tags_destroy_until(struct wasm_store *store, struct wasm_tag *kept);

// Whether the embedder may name the type: heap types are abstract.
bool wasm_type_is_abstract(wasm_type_t type);
bool wasm_functype_is_abstract(const struct wasm_functype *type);

// A table whose element type is one of the store.
WASM_NODISCARD enum wasm_error_code wasm_table_create_typed(struct wasm_store *store,
                                                            wasm_type_t type,
                                                            struct wasm_limits limits,
                                                            struct wasm_table **out);
// A tag whose type is one of the store.
WASM_NODISCARD enum wasm_error_code wasm_tag_create_rtt(struct wasm_store *store,
                                                        const struct wasm_rtt *rtt,
                                                        struct wasm_tag **out);

static inline bool
wasm_is_inside(uint64_t from, uint64_t len, uint64_t end)
{
    return from <= end && len <= end - from;
}

// Segments into tables, memories and arrays, checked before the first write. False: out
// of bounds of the segment, or of the table or memory.
bool wasm_table_init(struct wasm_instance *instance, uint32_t table, uint32_t elem,
                     uint64_t to, uint64_t from, uint64_t len);
bool wasm_memory_init(struct wasm_instance *instance, uint32_t data, uint32_t memory,
                      uint64_t to, uint64_t from, uint64_t len);
bool wasm_elem_has(struct wasm_instance *instance, uint32_t elem, uint64_t from,
                   uint64_t len);
bool wasm_data_has(struct wasm_instance *instance, uint32_t data, uint64_t from,
                   uint64_t len);
// What lies in a segment: wasm_elem_has, wasm_data_has.
void wasm_elem_read(struct wasm_instance *instance, uint32_t elem, uint64_t from,
                    uint64_t len, void **to);
// All functions of a segment whose items are their indices.
void wasm_elem_functions(struct wasm_instance *instance, uint32_t elem, void **to);
const uint8_t *wasm_data_bytes(struct wasm_instance *instance, uint32_t data);
void wasm_elem_drop(struct wasm_instance *instance, uint32_t elem);
void wasm_data_drop(struct wasm_instance *instance, uint32_t data);
// Frees the values of all element segments.
void wasm_elems_fini(struct wasm_instance *instance);

// Builtins of subjects with a file of their own.
uint32_t wasm_memory_wait32(struct wasm_instance *instance, uint32_t memory,
                            uint64_t address, uint32_t expected, int64_t timeout_ns);
uint32_t wasm_memory_wait64(struct wasm_instance *instance, uint32_t memory,
                            uint64_t address, uint64_t expected, int64_t timeout_ns);
uint32_t wasm_memory_notify(struct wasm_instance *instance, uint32_t memory,
                            uint64_t address, uint32_t count);
