// SPDX-License-Identifier: Apache-2.0
//
// How libselkis stands behind wasm.h. Internal to api/.
//
//   wasm_engine_t   the port, counted by its stores and modules
//   wasm_store_t    a store of the engine (struct wasm_store), and the objects in it
//   object          what references refer to: a function, a memory, a trap, ...
//   wasm_X_t        a reference: one for each owner
//
// An object is found by what it stands for (its identity), so that equal things have the
// same object, and host information set through one reference is seen through all. It
// goes with its last reference, unless host information or an externref in the store may
// bring it back: then with the store.
#pragma once

#include "engine/engine.h"

#include <stdatomic.h>

#include "api/native_port.h"
#include "api/wasm.h"
#undef wasm_name // struct wasm_name is the engine's

struct wasm_config_t {
    char unused;
};

struct wasm_engine_t {
    struct native_port native;
    _Atomic size_t owners; // the embedder, stores, modules
};
void api_engine_retain(wasm_engine_t *engine);
void api_engine_release(wasm_engine_t *engine);

struct wasm_store_t {
    wasm_engine_t *engine;
    struct wasm_store *store;
    struct api_object **buckets;
    size_t bucket_count; // a power of two
    size_t object_count;
    struct api_kept_module *modules;     // of instances, alive until the store dies
    struct api_kept_callback *callbacks; // likewise
    char *host_message;                  // of the last trap that a host function gave
};

// A compiled module, shared by the stores that use it.
struct api_module {
    _Atomic size_t owners;
    wasm_engine_t *engine;
    wasm_byte_vec_t bytes;
    struct wasm_module *module;
    struct gdb_code *gdb; // what a debugger was told of it, or NULL
};
void api_module_release(struct api_module *module);

struct api_kept_module {
    struct api_module *module;
    struct api_kept_module *next;
};

struct api_kept_callback {
    void (*finalize)(void *callback);
    void *callback;
    struct api_kept_callback *next;
};

// ---- Objects and references ----

enum api_kind {
    API_FUNC,
    API_GLOBAL,
    API_TABLE,
    API_MEMORY,
    API_INSTANCE,
    API_MODULE,
    API_TRAP,
    API_FOREIGN,
    API_VALUE, // of the collected heap: an externref that is none of the host's
};

struct api_trap {
    char *message;
    uint32_t frame_count;
    struct wasm_trap_frame *frames;
};

void api_trap_free(struct api_trap *trap);

struct api_object {
    struct api_object *next; // in its bucket
    enum api_kind kind;
    wasm_store_t *store;
    size_t owners;
    bool has_escaped; // the store may hold an externref to it
    void *info;
    void (*finalizer)(void *);
    // The identity; a trap's is its own, a value's the reference.
    union {
        const void *identity;
        struct wasm_func *func;
        struct wasm_global *global;
        struct wasm_table *table;
        struct wasm_memory *memory;
        struct wasm_instance *instance;
        struct api_module *module;
        struct api_trap *trap;
    };
    struct wasm_root *root; // of a value
};

struct wasm_ref_t {
    struct api_object *object;
};

// All kinds of references are the same structure under names that tell what they refer
// to.
#define API_REF_STRUCT(name)                                                             \
    struct wasm_##name##_t {                                                             \
        struct wasm_ref_t ref;                                                           \
    };
API_REF_STRUCT(func)
API_REF_STRUCT(global)
API_REF_STRUCT(table)
API_REF_STRUCT(memory)
API_REF_STRUCT(extern)
API_REF_STRUCT(instance)
API_REF_STRUCT(module)
API_REF_STRUCT(trap)
API_REF_STRUCT(foreign)

// A reference to the object with this identity, which is made when it is not there, and
// then takes over an identity of kind MODULE, TRAP. NULL: no memory, and nothing
// is taken over.
void *api_ref_new(wasm_store_t *store, enum api_kind kind, const void *identity);
// Another one to the same object. NULL: no memory, or `object` is NULL.
void *api_ref_to(struct api_object *object);
void api_ref_delete(wasm_ref_t *ref);
// The store dies: finalizers run, whatever still refers to the objects, which all are
// there yet.
void api_objects_finalize(wasm_store_t *store);
void api_objects_destroy(wasm_store_t *store);

// ---- Types ----

struct wasm_valtype_t {
    wasm_valkind_t kind;
};
struct wasm_externtype_t {
    wasm_externkind_t kind;
};
struct wasm_functype_t {
    struct wasm_externtype_t externtype;
    wasm_valtype_vec_t params;
    wasm_valtype_vec_t results;
};
struct wasm_globaltype_t {
    struct wasm_externtype_t externtype;
    wasm_valtype_t *content;
    wasm_mutability_t mutability;
};
struct wasm_tabletype_t {
    struct wasm_externtype_t externtype;
    wasm_valtype_t *element;
    wasm_limits_t limits;
};
struct wasm_memorytype_t {
    struct wasm_externtype_t externtype;
    wasm_limits_t limits;
};
struct wasm_importtype_t {
    wasm_name_t module;
    wasm_name_t name;
    wasm_externtype_t *type;
};
struct wasm_exporttype_t {
    wasm_name_t name;
    wasm_externtype_t *type;
};

// Types of the engine as those of wasm.h. Types that wasm.h has no name for become
// externref (references) or i64 (v128), which no value passes through. NULL: no memory.
wasm_valkind_t api_kind_of(wasm_type_t type);
bool // whether values of the type pass through wasm.h
api_has_kind(wasm_type_t type);
wasm_type_t api_type_of(wasm_valkind_t kind);
wasm_functype_t *api_functype(const struct wasm_functype *type);
wasm_globaltype_t *api_globaltype(wasm_type_t content, bool is_mutable);
wasm_tabletype_t *api_tabletype(wasm_type_t element, struct wasm_limits limits);
wasm_memorytype_t *api_memorytype(struct wasm_limits limits);
wasm_externtype_t *api_externtype(const struct wasm_externtype *type);
struct wasm_limits api_limits(const wasm_limits_t *limits, uint8_t page_log2);
// The parameters and results in one allocation, freed with free(). False: no memory.
bool api_engine_functype(const wasm_functype_t *type, struct wasm_functype *out);

// ---- Values ----

// Into the engine. False: the value does not have the type.
bool api_value_in(wasm_store_t *store, wasm_type_t type, const wasm_val_t *value,
                  union wasm_value *out);
// Out of it. False: no memory.
bool api_value_out(wasm_store_t *store, wasm_type_t type, union wasm_value value,
                   wasm_val_t *out);
void *api_ref_in(wasm_store_t *store, wasm_ref_t *ref, bool is_func, bool *fits);

// ---- Calls ----

// Around everything that runs code: the thread's stack and signals serve this store.
// False: the stack is too small, or there is no memory for one for signals.
struct api_activation {
    struct wasm_store *outer;
};
bool api_activate(wasm_store_t *store, struct api_activation *activation);
void api_deactivate(const struct api_activation *activation);

// A trap of the engine as a reference. NULL: no memory.
wasm_trap_t *api_trap_new(wasm_store_t *store, const char *message,
                          const struct wasm_trap *trap);
// What a call that gave `code` ended with.
wasm_trap_t *api_trap_of(wasm_store_t *store, enum wasm_error_code code,
                         const struct wasm_trap *trap);
