// SPDX-License-Identifier: Apache-2.0
//
// A module after decoding: the index spaces of the specification, imports first in each.
// Names, bodies, segments and constant expressions stay in the module's bytes, as ranges.
// Internal to the engine. decode.c fills it, compile/ adds the code, instance.c reads it.
#pragma once

#include "engine/codemap.h"
#include "engine/engine.h"

// What 32-bit addresses reach.
#define WASM_MEMORY_PAGES 65536u

#define WASM_NO_TYPE UINT32_MAX

// ---- Types ----

enum wasm_comp_kind {
    WASM_COMP_FUNC = 0x60,
    WASM_COMP_STRUCT = 0x5f,
    WASM_COMP_ARRAY = 0x5e,
};

struct wasm_field {
    wasm_type_t type; // storage type
    bool is_mutable;
    uint32_t offset; // from the start of the object; of an array: of element 0
};

// A defined type: one entry of the type index space. #type-subtype
struct wasm_deftype {
    uint8_t kind; // enum wasm_comp_kind
    bool is_final;
    uint32_t super; // type index of the declared supertype, or WASM_NO_TYPE
    uint32_t depth; // of the chain of supertypes: 0 without one
    uint32_t group; // type index of the first of its recursive group
    uint32_t group_len;
    uint32_t canon; // the least type index of this module that is equal to this one
    struct wasm_functype func;       // WASM_COMP_FUNC
    const struct wasm_field *fields; // struct; array: one
    uint32_t field_count;
    uint32_t size; // bytes of an object with its header; array: of an element
};

// Bytes that a storage type takes in an object or array: 1, 2, 4, 8, 16.
static inline uint32_t
wasm_storage_size(wasm_type_t type)
{
    switch (type) {
    case WASM_TYPE_I8:
        return 1;
    case WASM_TYPE_I16:
        return 2;
    case WASM_TYPE_I32:
    case WASM_TYPE_F32:
        return 4;
    case WASM_TYPE_V128:
        return 16;
    default:
        return 8;
    }
}

// The value type that a field of this storage type is read as.
static inline wasm_type_t
wasm_unpacked(wasm_type_t type)
{
    return type == WASM_TYPE_I8 || type == WASM_TYPE_I16 ? WASM_TYPE_I32 : type;
}

// [lo, hi) in the module's bytes.
struct wasm_range {
    uint32_t lo;
    uint32_t hi;
};

struct wasm_import_decl {
    struct wasm_name module;
    struct wasm_name name;
    enum wasm_kind kind;
    uint32_t index; // in the index space of its kind
};

struct wasm_export_decl {
    struct wasm_name name;
    enum wasm_kind kind;
    uint32_t index;
};

struct wasm_table_decl {
    wasm_type_t type;
    struct wasm_limits limits;
    struct wasm_range init; // constant expression for all elements; empty: null
};

struct wasm_memory_decl {
    struct wasm_limits limits;
};

struct wasm_tag_decl {
    uint32_t type; // index of a function type without results
};

// Whether generated code must compare addresses with the length: no guard covers them.
static inline bool
wasm_memory_is_checked(const struct wasm_memory_decl *memory)
{
    return memory->limits.is_64 || memory->limits.page_log2 != 16;
}

struct wasm_global_decl {
    wasm_type_t type;
    bool is_mutable;
    struct wasm_range init; // constant expression with its `end`; imported: empty
};

enum wasm_segment_mode {
    WASM_SEGMENT_ACTIVE,
    WASM_SEGMENT_PASSIVE,
    WASM_SEGMENT_DECLARATIVE, // elem only
};

struct wasm_elem_decl {
    enum wasm_segment_mode mode;
    wasm_type_t type;
    bool is_expressions; // items are constant expressions, else function indices
    uint32_t table;
    uint32_t count;
    struct wasm_range offset; // active: constant expression
    struct wasm_range items;
};

struct wasm_data_decl {
    enum wasm_segment_mode mode;
    uint32_t memory;
    struct wasm_range offset; // active: constant expression
    struct wasm_range bytes;
};

// Where things stand in an instance: byte offsets from its start, which generated code
// adds to the instance pointer. See instance.h for what stands there.
struct wasm_layout {
    uint32_t globals;          // struct wasm_global [defined globals]
    uint32_t imported_globals; // struct wasm_global *[imported globals]
    uint32_t tables;           // struct wasm_table *[all tables]
    uint32_t imported_funcs;   // struct wasm_func *[imported functions]
    uint32_t funcs;            // struct wasm_func [defined functions]
    uint32_t memories;         // struct wasm_memory *[all memories]
    uint32_t tags;             // struct wasm_tag *[all tags]
    uint32_t len;              // of the whole instance; at most 1 GiB
};

struct wasm_module {
    const struct wasm_port *port;
    const uint8_t *bytes;
    size_t len;

    struct wasm_deftype *types;
    uint32_t type_count;
    wasm_type_t *type_pool;        // what types[].func.types point into
    struct wasm_field *field_pool; // likewise types[].fields
    struct wasm_import_decl *imports;
    uint32_t import_count;
    struct wasm_export_decl *exports;
    uint32_t export_count;
    uint32_t *export_order; // indices of exports, sorted by name

    uint32_t *funcs; // type index of each function, imports first
    uint32_t func_count;
    uint32_t func_import_count;
    struct wasm_range
        *bodies;       // of defined functions: locals and code, without the length
    uint8_t *declared; // bitmap by function index: may stand in ref.func

    struct wasm_table_decl *tables;
    uint32_t table_count;
    uint32_t table_import_count;
    struct wasm_memory_decl *memories;
    uint32_t memory_count;
    uint32_t memory_import_count;
    struct wasm_global_decl *globals;
    uint32_t global_count;
    uint32_t global_import_count;
    struct wasm_tag_decl *tags;
    uint32_t tag_count;
    uint32_t tag_import_count;

    uint32_t start; // function index, or UINT32_MAX
    struct wasm_elem_decl *elems;
    uint32_t elem_count;
    struct wasm_data_decl *datas;
    uint32_t data_count; // from the data count section when there is one
    bool has_data_count;
    struct wasm_range code_section;
    struct wasm_range name_section; // contents of the custom section "name"; empty: none
    struct wasm_range *func_names;  // of all functions, from the name section; NULL: none
    struct wasm_range branch_hints; // custom section "metadata.code.branch_hint"

    struct wasm_layout layout;

    // The compiled code: [code, code + code_len), sealed.
    uint8_t *code;
    size_t code_len;   // page multiple
    size_t code_room;  // reserved
    uint32_t *entries; // code offset of each defined function
    struct wasm_codemap codemap;
};

// The type of function `index` (of the whole index space).
static inline const struct wasm_functype *
wasm_module_functype(const struct wasm_module *module, uint32_t index)
{
    return &module->types[module->funcs[index]].func;
}

// Matching of types of one module. #match
bool wasm_heap_matches(const struct wasm_module *module, uint32_t sub, uint32_t super);
bool wasm_type_matches(const struct wasm_module *module, wasm_type_t sub,
                       wasm_type_t super);
// The abstract heap type directly or indirectly above all of a hierarchy: func, extern,
// any, exn. And the most precise abstract one above `heap`: func, struct, array, ...
uint32_t wasm_heap_top(const struct wasm_module *module, uint32_t heap);
uint32_t wasm_heap_abstract(const struct wasm_module *module, uint32_t heap);

// Whether values of the reference type may be objects of the collected heap.
static inline bool
wasm_type_is_collected(const struct wasm_module *module, wasm_type_t type)
{
    return wasm_type_is_ref(type) &&
           wasm_heap_top(module, wasm_type_heap(type)) != WASM_HEAP_FUNC;
}

// Validates and compiles every body (in compile/baseline.c); fills code .. codemap.
WASM_NODISCARD enum wasm_error_code wasm_module_compile(struct wasm_module *module,
                                                        struct wasm_error *error);
