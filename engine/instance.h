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
// references as integers (upper half of an i32 undefined), f32, f64 and v128 in vector
// registers, the rest on the stack (v128: 16 bytes, aligned). The first result is
// returned in eax, rax or xmm0; results[i - 1] takes result i. The direction flag is
// clear; rsp is 16-byte aligned at the call. Every compiled function keeps an rbp frame,
// so stacks can be walked. Compiled functions lose r15, which System V keeps; C functions
// get at them through wasm_enter alone.
//
// A tail call whose callee needs more stack arguments than its caller was given leaves
// the caller's frame where it is, unused, and puts below it:
//
//   WASM_TAIL_AREA bytes for arguments, then the address of the place of the caller's own
//   return address <- args | address of wasm_tail_return (x86_64/enter.S) <- rsp at entry
//
// The callee returns to wasm_tail_return, which goes on from there. A function entered
// with that return address has the whole area for tail calls of its own, so there is
// never more than one. Walking: when the word at fp + 8 is wasm_tail_return, the return
// address stands where the word at fp + 16 + WASM_TAIL_AREA points; the word at fp is the
// caller's frame. Internal to the engine.
#pragma once

#include "engine/module.h"

#define WASM_TAIL_AREA 16384u
_Static_assert(WASM_TAIL_AREA >= 16 * WASM_LIMIT_PARAMS, "any argument list");
__attribute__((visibility("hidden"))) void wasm_tail_return(void);

// A type of a store: equal types of all its modules share one. Types in `func` and
// `fields` name heap types by `id`.
struct wasm_rtt {
    uint32_t id;  // in the store
    uint8_t kind; // enum wasm_comp_kind
    bool is_final;
    uint8_t depth; // of its supertypes
    uint8_t padding[1];
    uint32_t size; // of an object with its header; array: of an element
    uint32_t field_count;
    struct wasm_functype func;            // WASM_COMP_FUNC
    const struct wasm_field *fields;      // struct; array: one
    const struct wasm_rtt *const *supers; // by depth: [0] the root, [depth] itself
    const wasm_type_t *shown;             // func.types with the abstract heap types above
};
_Static_assert(offsetof(struct wasm_rtt, kind) == 4, "generated code relies on it");
_Static_assert(offsetof(struct wasm_rtt, depth) == 6, "generated code relies on it");
_Static_assert(offsetof(struct wasm_rtt, supers) == 40, "generated code relies on it");

// Whether `sub` is `super` or declared below it.
static inline bool
wasm_rtt_matches(const struct wasm_rtt *sub, const struct wasm_rtt *super)
{
    return sub == super ||
           (sub->depth > super->depth && sub->supers[super->depth] == super);
}

// An object of the collected heap: struct, array or exception. 16-byte aligned.
struct wasm_object {
    const struct wasm_rtt *rtt; // NULL: an exception
    uint32_t len;               // array: elements; exception: values
    uint32_t mark;              // the collector's
};
_Static_assert(sizeof(struct wasm_object) == 16, "generated code relies on it");
_Static_assert(offsetof(struct wasm_object, len) == 8, "generated code relies on it");
#define WASM_OBJECT_FIELDS 16 // offset of the first field or element, at its alignment

struct wasm_exception {
    struct wasm_object head;
    struct wasm_tag *tag;
    uint64_t padding;
    union wasm_value values[];
};
_Static_assert(offsetof(struct wasm_exception, tag) == 16, "generated code relies on it");
_Static_assert(offsetof(struct wasm_exception, values) == 32, "generated code");

struct wasm_tag {
    const struct wasm_rtt *rtt; // a function type without results
    struct wasm_tag *next;      // of the store
};

// A function reference points at one of these.
struct wasm_func {
    void (*code)(void);
    void *env; // first argument: the instance, or the host's word
    const struct wasm_rtt *rtt;
    uint32_t index; // in its module's index space
    uint32_t padding;
    struct wasm_instance *owner; // NULL: host function
};
_Static_assert(sizeof(struct wasm_func) == 40, "generated code relies on it");
_Static_assert(offsetof(struct wasm_func, code) == 0, "generated code relies on it");
_Static_assert(offsetof(struct wasm_func, env) == 8, "generated code relies on it");
_Static_assert(offsetof(struct wasm_func, rtt) == 16, "generated code relies on it");

struct wasm_memory {
    uint8_t *base;
    uint64_t len;              // bytes accessible; shared: read and grown atomically
    uint64_t max_len;          // growth stops here (declared maximum and store limit)
    uint64_t reserved;         // what memory_reserve was asked for
    struct wasm_limits limits; // as declared
    const struct wasm_port *port;
    struct wasm_memory *next; // of the store; shared: unused
    uint32_t holders;         // shared: stores that hold it, atomic
    uint32_t lock;            // shared: of growth
};
_Static_assert(offsetof(struct wasm_memory, base) == 0, "generated code relies on it");
_Static_assert(offsetof(struct wasm_memory, len) == 8, "generated code relies on it");

struct wasm_table {
    void **elems;
    uint64_t len;
    uint64_t room;
    struct wasm_limits limits;
    wasm_type_t type; // heap type by id of the store
    struct wasm_store *store;
    struct wasm_table *next;
};
_Static_assert(offsetof(struct wasm_table, elems) == 0, "generated code relies on it");
_Static_assert(offsetof(struct wasm_table, len) == 8, "generated code relies on it");

struct wasm_global {
    union wasm_value value;
    wasm_type_t type; // heap type by id of the store
    uint8_t is_mutable;
    uint8_t padding[3];
    wasm_type_t shown; // type with the abstract heap type above
    uint32_t padding2;
};
_Static_assert(sizeof(struct wasm_global) == 32, "generated code relies on it");

// What generated code cannot do inline: C functions, called in the convention above (env
// = the instance). Those that trap do not return. "collects": may run the collector, so
// the site needs a reference map. Indices are those of the module.
struct wasm_builtins {
    uint64_t (*memory_grow)(struct wasm_instance *, uint32_t memory,
                            uint64_t delta); // old size or -1
    void (*memory_copy)(struct wasm_instance *, uint32_t to_memory, uint32_t from_memory,
                        uint64_t to, uint64_t from, uint64_t len);
    void (*memory_fill)(struct wasm_instance *, uint32_t memory, uint64_t to,
                        uint32_t byte, uint64_t len);
    void (*memory_init)(struct wasm_instance *, uint32_t data, uint32_t memory,
                        uint64_t to, uint32_t from, uint32_t len);
    void (*data_drop)(struct wasm_instance *, uint32_t data);
    uint64_t (*table_grow)(struct wasm_instance *, uint32_t table, void *init,
                           uint64_t delta); // old size or -1
    void (*table_fill)(struct wasm_instance *, uint32_t table, uint64_t to, void *value,
                       uint64_t len);
    void (*table_copy)(struct wasm_instance *, uint32_t to_table, uint32_t from_table,
                       uint64_t to, uint64_t from, uint64_t len);
    void (*table_init)(struct wasm_instance *, uint32_t elem, uint32_t table, uint64_t to,
                       uint32_t from, uint32_t len);
    void (*elem_drop)(struct wasm_instance *, uint32_t elem);

    // Threads. `address` is the effective one (base excluded, offset included). wait: 0
    // woken, 1 not equal, 2 timed out; traps when unaligned, out of bounds, not shared.
    uint32_t (*memory_wait32)(struct wasm_instance *, uint32_t memory, uint64_t address,
                              uint32_t expected, int64_t timeout_ns);
    uint32_t (*memory_wait64)(struct wasm_instance *, uint32_t memory, uint64_t address,
                              uint64_t expected, int64_t timeout_ns);
    uint32_t (*memory_notify)(struct wasm_instance *, uint32_t memory, uint64_t address,
                              uint32_t count);

    // Objects; fields and elements are zero or null.
    struct wasm_object *(*struct_new)(struct wasm_instance *, uint32_t type); // collects
    struct wasm_object *(*array_new)(struct wasm_instance *, uint32_t type,
                                     uint32_t len); // collects
    // Elements [at, at + len) become *value (in the form of a union wasm_value).
    void (*array_fill)(struct wasm_instance *, struct wasm_object *array, uint32_t at,
                       const union wasm_value *value, uint32_t len);
    void (*array_copy)(struct wasm_instance *, struct wasm_object *to, uint32_t to_at,
                       struct wasm_object *from, uint32_t from_at, uint32_t len);
    struct wasm_object *(*array_new_data)(struct wasm_instance *, uint32_t type,
                                          uint32_t data, uint32_t from,
                                          uint32_t len); // collects
    struct wasm_object *(*array_new_elem)(struct wasm_instance *, uint32_t type,
                                          uint32_t elem, uint32_t from,
                                          uint32_t len); // collects
    void (*array_init_data)(struct wasm_instance *, uint32_t data,
                            struct wasm_object *array, uint32_t at, uint32_t from,
                            uint32_t len);
    void (*array_init_elem)(struct wasm_instance *, uint32_t elem,
                            struct wasm_object *array, uint32_t at, uint32_t from,
                            uint32_t len);

    // Exceptions: an object whose values are zero, for generated code to fill.
    struct wasm_exception *(*exn_new)(struct wasm_instance *, uint32_t tag); // collects
    void (*throw_ref)(struct wasm_instance *,
                      struct wasm_exception *exn); // never returns

    void (*tail_return)(void); // wasm_tail_return: an address to compare with
};
extern const struct wasm_builtins wasm_builtins;

struct wasm_instance {
    uint8_t *memory0_base;
    uintptr_t stack_limit;       // copy of the store's
    struct wasm_memory *memory0; // NULL: the module has none
    const struct wasm_builtins *builtins;
    const struct wasm_rtt *const *rtts; // by type index of the module
    struct wasm_store *store;
    const struct wasm_module *module;
    struct wasm_instance *next; // of the store
    uint64_t *dropped_elems;    // bitmap
    uint64_t *dropped_datas;    // bitmap
    // Elements of segments, evaluated at instantiation; by segment, NULL for those that
    // are dropped, and for active ones of function indices.
    void ***elem_values;
    // Then, 16-byte aligned, what module->layout says.
};
_Static_assert(offsetof(struct wasm_instance, memory0_base) == 0, "generated code");
_Static_assert(offsetof(struct wasm_instance, stack_limit) == 8, "generated code");
_Static_assert(offsetof(struct wasm_instance, memory0) == 16, "generated code");
_Static_assert(offsetof(struct wasm_instance, builtins) == 24, "generated code");
_Static_assert(offsetof(struct wasm_instance, rtts) == 32, "generated code");

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

static inline struct wasm_memory **
wasm_instance_memories(struct wasm_instance *instance)
{
    return wasm_instance_at(instance, instance->module->layout.memories);
}

static inline struct wasm_tag **
wasm_instance_tags(struct wasm_instance *instance)
{
    return wasm_instance_at(instance, instance->module->layout.tags);
}
