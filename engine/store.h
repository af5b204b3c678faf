// SPDX-License-Identifier: Apache-2.0
//
// A store owns what instances share, and knows which code is running. Everything in it
// lives until the store is destroyed. Internal to the engine.
#pragma once

#include "engine/instance.h"
#include "engine/sig.h"

// Externals of the embedder.
struct wasm_host_func {
    struct wasm_func func;
    struct wasm_host_func *next;
};
struct wasm_host_global {
    struct wasm_global global;
    struct wasm_host_global *next;
};

struct wasm_store {
    const struct wasm_port *port;
    uintptr_t stack_limit;
    uint64_t memory_limit;  // bytes, a multiple of WASM_PAGE_SIZE
    uint64_t table_entries; // of all tables, at most WASM_LIMIT_TABLE_ENTRIES
    struct wasm_sigs sigs;
    struct wasm_instance *instances;
    struct wasm_memory *memories;
    struct wasm_table *tables;
    struct wasm_host_func *funcs;
    struct wasm_host_global *globals;
    // Modules with an instance here, by ascending address of their code.
    const struct wasm_module **modules;
    uint32_t module_count;
    // The innermost call from outside; NULL: no wasm code runs.
    struct wasm_entry *entry;
    // What the last failed builtin returned, for the ud2 that follows it.
    enum wasm_trap_code builtin_trap;
};

// Notes a module that gets an instance. False: no memory.
bool wasm_store_add_module(struct wasm_store *store, const struct wasm_module *module);
// The module whose code holds `pc`, or NULL. Signal safe.
const struct wasm_module *wasm_store_find_module(const struct wasm_store *store,
                                                 uint64_t pc);

// Undo creation: destroy those that were added after the one named.
void wasm_tables_destroy_until(struct wasm_store *store, struct wasm_table *kept);
void wasm_memories_destroy_until(struct wasm_store *store, struct wasm_memory *kept);

// Old size in wasm pages; UINT32_MAX: not possible, nothing changed.
uint32_t wasm_memory_extend(struct wasm_memory *memory, uint32_t delta_pages);
// Old length; UINT32_MAX: not possible, nothing changed.
uint32_t wasm_table_extend(struct wasm_table *table, void *init, uint32_t delta);

// Segments into tables and memory 0, checked before the first write. False: out of
// bounds.
bool wasm_table_init(struct wasm_instance *instance, uint32_t table, uint32_t elem,
                     uint64_t to, uint64_t from, uint64_t len);
bool wasm_memory_init(struct wasm_instance *instance, uint32_t data, uint64_t to,
                      uint64_t from, uint64_t len);
void wasm_elem_drop(struct wasm_instance *instance, uint32_t elem);
void wasm_data_drop(struct wasm_instance *instance, uint32_t data);
