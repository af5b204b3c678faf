// SPDX-License-Identifier: Apache-2.0
//
// Run-time structures that generated code reads, at offsets that the compiler knows.
//
//   instance ──┬── head: memory 0, stack limit, builtins, signature ids
//              └── at module->layout: globals, tables, imported functions, functions
//
// Calling convention of all functions, compiled, ahead-of-time or host: System V AMD64
// with the callee's `env` (its instance) as first argument, then, when there are two
// results or more, `union wasm_value *results`, then the parameters: i32, i64 and
// references as integers (upper half of an i32 undefined), f32 and f64 in vector
// registers, the rest on the stack. The first result is returned in eax, rax or xmm0;
// results[i - 1] takes result i. The direction flag is clear; rsp is 16-byte aligned at
// the call. Every compiled function keeps an rbp frame, so stacks can be walked. Internal
// to the engine.
#pragma once

#include "engine/module.h"

// A function reference points at one of these.
struct wasm_func {
    void (*code)(void);
    void *env;                   // first argument: the instance, or the host's word
    uint32_t sig_id;             // the store's id of its type: equal types, equal ids
    uint32_t index;              // in its module's index space
    struct wasm_instance *owner; // NULL: host function
    const struct wasm_functype *type;
};
_Static_assert(sizeof(struct wasm_func) == 40, "generated code relies on it");
_Static_assert(offsetof(struct wasm_func, code) == 0, "generated code relies on it");
_Static_assert(offsetof(struct wasm_func, env) == 8, "generated code relies on it");
_Static_assert(offsetof(struct wasm_func, sig_id) == 16, "generated code relies on it");

struct wasm_memory {
    uint8_t *base;
    uint64_t len;              // bytes accessible, a multiple of WASM_PAGE_SIZE
    uint64_t max_len;          // growth stops here (declared maximum and store limit)
    uint64_t reserved;         // what memory_reserve was asked for
    struct wasm_limits limits; // as declared
    struct wasm_store *store;
    struct wasm_memory *next; // of the store
};
_Static_assert(offsetof(struct wasm_memory, len) == 8, "generated code relies on it");

struct wasm_table {
    void **elems;
    uint64_t len;
    uint64_t room;
    struct wasm_limits limits;
    uint8_t type;
    struct wasm_store *store;
    struct wasm_table *next;
};
_Static_assert(offsetof(struct wasm_table, elems) == 0, "generated code relies on it");
_Static_assert(offsetof(struct wasm_table, len) == 8, "generated code relies on it");

struct wasm_global {
    union wasm_value value;
    uint8_t type;
    uint8_t is_mutable;
    uint8_t padding[14];
};
_Static_assert(sizeof(struct wasm_global) == 32, "generated code relies on it");

// What generated code cannot do inline: C functions, called in the convention above (env
// = the instance). Those that may trap return an enum wasm_trap_code, 0 for none, in eax.
struct wasm_builtins {
    uint32_t (*memory_grow)(struct wasm_instance *, uint32_t delta); // old size or -1
    uint32_t (*memory_copy)(struct wasm_instance *, uint32_t to, uint32_t from,
                            uint32_t len);
    uint32_t (*memory_fill)(struct wasm_instance *, uint32_t to, uint32_t byte,
                            uint32_t len);
    uint32_t (*memory_init)(struct wasm_instance *, uint32_t data, uint32_t to,
                            uint32_t from, uint32_t len);
    void (*data_drop)(struct wasm_instance *, uint32_t data);
    uint32_t (*table_grow)(struct wasm_instance *, uint32_t table, void *init,
                           uint32_t delta); // old size or -1
    uint32_t (*table_fill)(struct wasm_instance *, uint32_t table, uint32_t to,
                           void *value, uint32_t len);
    uint32_t (*table_copy)(struct wasm_instance *, uint32_t to_table, uint32_t from_table,
                           uint32_t to, uint32_t from, uint32_t len);
    uint32_t (*table_init)(struct wasm_instance *, uint32_t table, uint32_t elem,
                           uint32_t to, uint32_t from, uint32_t len);
    void (*elem_drop)(struct wasm_instance *, uint32_t elem);
};
extern const struct wasm_builtins wasm_builtins;

struct wasm_instance {
    uint8_t *memory0_base;
    uintptr_t stack_limit;       // copy of the store's
    struct wasm_memory *memory0; // NULL: the module has none
    const struct wasm_builtins *builtins;
    const uint32_t *sig_ids; // by type index of the module
    struct wasm_store *store;
    const struct wasm_module *module;
    struct wasm_instance *next; // of the store
    uint64_t *dropped_elems;    // bitmap
    uint64_t *dropped_datas;    // bitmap
    // Then, 16-byte aligned, what module->layout says.
};
_Static_assert(offsetof(struct wasm_instance, memory0_base) == 0, "generated code");
_Static_assert(offsetof(struct wasm_instance, stack_limit) == 8, "generated code");
_Static_assert(offsetof(struct wasm_instance, memory0) == 16, "generated code");
_Static_assert(offsetof(struct wasm_instance, builtins) == 24, "generated code");
_Static_assert(offsetof(struct wasm_instance, sig_ids) == 32, "generated code");

// Address of something at a layout offset.
static inline void *
wasm_instance_at(struct wasm_instance *instance, uint32_t offset)
{
    return (char *)instance + offset;
}

// Entries of the index spaces, imported or defined. index < count of the space.
static inline struct wasm_func *
wasm_instance_func(struct wasm_instance *instance, uint32_t index)
{
    const struct wasm_module *module = instance->module;
    if (index < module->func_import_count)
        return ((struct wasm_func **)wasm_instance_at(
            instance, module->layout.imported_funcs))[index];
    return (struct wasm_func *)wasm_instance_at(instance, module->layout.funcs) +
           (index - module->func_import_count);
}

static inline struct wasm_global *
wasm_instance_global(struct wasm_instance *instance, uint32_t index)
{
    const struct wasm_module *module = instance->module;
    if (index < module->global_import_count)
        return ((struct wasm_global **)wasm_instance_at(
            instance, module->layout.imported_globals))[index];
    return (struct wasm_global *)wasm_instance_at(instance, module->layout.globals) +
           (index - module->global_import_count);
}

static inline struct wasm_table **
wasm_instance_tables(struct wasm_instance *instance)
{
    return wasm_instance_at(instance, instance->module->layout.tables);
}
