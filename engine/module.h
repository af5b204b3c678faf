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
    uint8_t type; // WASM_TYPE_FUNCREF, WASM_TYPE_EXTERNREF
    struct wasm_limits limits;
    struct wasm_range init; // constant expression for all elements; empty: null
};

struct wasm_memory_decl {
    struct wasm_limits limits; // in wasm pages
};

struct wasm_global_decl {
    uint8_t type;
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
    uint8_t type;
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
    uint32_t len;              // of the whole instance; at most 1 GiB
};

struct wasm_module {
    const struct wasm_port *port;
    const uint8_t *bytes;
    size_t len;

    struct wasm_functype *types;
    uint32_t type_count;
    uint8_t *type_bytes; // what types[].types point into
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

    uint32_t start; // function index, or UINT32_MAX
    struct wasm_elem_decl *elems;
    uint32_t elem_count;
    struct wasm_data_decl *datas;
    uint32_t data_count; // from the data count section when there is one
    bool has_data_count;
    struct wasm_range code_section;
    struct wasm_range name_section; // contents of the custom section "name"; empty: none
    struct wasm_range *func_names;  // of all functions, from the name section; NULL: none

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
    return &module->types[module->funcs[index]];
}

// Validates and compiles every body (in compile/baseline.c); fills code .. codemap.
WASM_NODISCARD enum wasm_error_code wasm_module_compile(struct wasm_module *module,
                                                        struct wasm_error *error);
