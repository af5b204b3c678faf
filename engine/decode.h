// SPDX-License-Identifier: Apache-2.0
//
// Bytes to struct wasm_module: everything but the function bodies, decoded and validated
// in one pass over the sections.
//
//   decode.c          header, order of sections, what must agree at the end
//   decode_deftype.c  the type section
//   decode_type.c     value types, limits, types of externals
//   decode_section.c  imports, functions, tables, memories, globals, exports, start, code
//   decode_segment.c  element and data segments
//   const_expr.c      constant expressions          names.c  the name section
//
// One cursor runs over the whole module, as in the specification's grammar: a section
// that reads past its end is found by the position after it. The first failure sticks,
// and empties the cursor; so loops end, and only indices need a look before they are
// used. Arrays grow as entries are decoded, never by a count that the module merely
// claims. Internal to the engine.
#pragma once

#include "base/cursor.h"
#include "engine/module.h"
#include "engine/type_key.h"
#include "engine/type_read.h"
#include "engine/validate.h"

struct wasm_decoder {
    struct wasm_module *module;
    struct wasm_error *error;
    enum wasm_error_code code; // of the first failure that is not the cursor's own
    struct cursor c;
    size_t section_end;              // offset
    uint32_t known_types;            // indices below it may be referred to
    uint32_t pool_types;             // used of module->type_pool
    uint32_t pool_fields;            // used of module->field_pool
    struct wasm_keys keys;           // of the groups of types so far
    struct wasm_validator constants; // of constant expressions
    uint32_t body_count;             // decoded so far
    uint32_t data_count;             // decoded so far
};

// Decodes the sections into *module, whose port, bytes and len are set. After a failure
// the module can only be destroyed.
WASM_NODISCARD enum wasm_error_code wasm_decode(struct wasm_module *module,
                                                struct wasm_error *error);

// ---- For the files of the decoder ----

// Records a failure at `offset` of the module unless there is one.
void wasm_decode_fail(struct wasm_decoder *d, enum wasm_error_code code, size_t offset,
                      const char *message, ...) __attribute__((format(printf, 4, 5)));
void wasm_decode_no_memory(struct wasm_decoder *d);

static inline bool
wasm_decode_ok(const struct wasm_decoder *d)
{
    return !d->c.error;
}

// Room for element `count` of *array; false: failed.
bool wasm_decode_append(struct wasm_decoder *d, void *array, uint32_t count, size_t size);

// A length or count, at most the bytes left: "length out of bounds".
uint32_t wasm_decode_len(struct wasm_decoder *d);
// The count of a vector of `what`, at most `limit` of them; or more than the bytes left
// can hold, so that decoding the entries fails.
uint32_t wasm_decode_count(struct wasm_decoder *d, const char *what, uint32_t limit);
struct wasm_name wasm_decode_name(struct wasm_decoder *d);
wasm_type_t wasm_decode_value_type(struct wasm_decoder *d);
wasm_type_t wasm_decode_ref_type(struct wasm_decoder *d);
wasm_type_t wasm_decode_storage_type(struct wasm_decoder *d);
bool wasm_decode_mutability(struct wasm_decoder *d);
struct wasm_table_decl wasm_decode_table_type(struct wasm_decoder *d);
struct wasm_memory_decl wasm_decode_memory_type(struct wasm_decoder *d);
struct wasm_global_decl wasm_decode_global_type(struct wasm_decoder *d);
struct wasm_tag_decl wasm_decode_tag_type(struct wasm_decoder *d);
uint32_t // the index of a function type
wasm_decode_func_type_index(struct wasm_decoder *d);
// Indices, checked: "unknown type" ...; `space` is the count of that index space.
uint32_t wasm_decode_index(struct wasm_decoder *d, const char *what, uint32_t space);
// Notes that function `index` may stand in ref.func.
void wasm_decode_declare(struct wasm_decoder *d, uint32_t index);

// Sections; the cursor stands behind the length.
void wasm_decode_types(struct wasm_decoder *d, struct wasm_range section);
void wasm_decode_imports(struct wasm_decoder *d, struct wasm_range section);
void wasm_decode_functions(struct wasm_decoder *d, struct wasm_range section);
void wasm_decode_tables(struct wasm_decoder *d, struct wasm_range section);
void wasm_decode_memories(struct wasm_decoder *d, struct wasm_range section);
void wasm_decode_tags(struct wasm_decoder *d, struct wasm_range section);
void wasm_decode_globals(struct wasm_decoder *d, struct wasm_range section);
void wasm_decode_exports(struct wasm_decoder *d, struct wasm_range section);
void wasm_decode_start(struct wasm_decoder *d, struct wasm_range section);
void wasm_decode_elems(struct wasm_decoder *d, struct wasm_range section);
void wasm_decode_data_count(struct wasm_decoder *d, struct wasm_range section);
void wasm_decode_code(struct wasm_decoder *d, struct wasm_range section);
void wasm_decode_datas(struct wasm_decoder *d, struct wasm_range section);
