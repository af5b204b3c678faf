// SPDX-License-Identifier: Apache-2.0
//
// The type section: recursive groups of subtypes. A type may refer to all before it and
// to all of its group, so lists of types and fields are read when the group's length is
// known, and its declared supertypes are compared when the whole group was read.
// Wasm core 3.0 #binary-typesec, #valid-rectype
#include "engine/decode.h"

#include "engine/heap.h"
#include "engine/instance.h"

enum {
    FORM_REC = 0x4e,
    FORM_SUB_FINAL = 0x4f,
    FORM_SUB = 0x50,
};

// ---- Composite types ----

// The lists of a section of n bytes have less than n entries: a type takes a byte, a
// field two.
static void
add_value_type(struct wasm_decoder *d)
{
    wasm_type_t type = wasm_decode_value_type(d);
    if (cursor_offset(&d->c) > d->section_end)
        cursor_fail(&d->c, "section size mismatch");
    if (wasm_decode_ok(d))
        d->module->type_pool[d->pool_types++] = type;
}

static uint32_t
decode_result_type(struct wasm_decoder *d, const char *what, uint32_t limit)
{
    uint32_t count = wasm_decode_count(d, what, limit);
    for (uint32_t i = 0; i < count && wasm_decode_ok(d); i++)
        add_value_type(d);
    return count;
}

static void
decode_functype(struct wasm_decoder *d, struct wasm_deftype *type)
{
    type->func.types = d->module->type_pool + d->pool_types;
    type->func.param_count = decode_result_type(d, "parameters", WASM_LIMIT_PARAMS);
    type->func.result_count = decode_result_type(d, "results", WASM_LIMIT_RESULTS);
}

static void
add_field(struct wasm_decoder *d)
{
    struct wasm_field field = {.type = wasm_decode_storage_type(d)};
    field.is_mutable = wasm_decode_mutability(d);
    if (cursor_offset(&d->c) > d->section_end)
        cursor_fail(&d->c, "section size mismatch");
    if (wasm_decode_ok(d))
        d->module->field_pool[d->pool_fields++] = field;
}

static void
decode_fields(struct wasm_decoder *d, struct wasm_deftype *type)
{
    type->fields = d->module->field_pool + d->pool_fields;
    type->field_count = type->kind == WASM_COMP_ARRAY
                            ? 1
                            : wasm_decode_count(d, "fields", WASM_LIMIT_FIELDS);
    for (uint32_t i = 0; i < type->field_count && wasm_decode_ok(d); i++)
        add_field(d);
}

static void
decode_comptype(struct wasm_decoder *d, struct wasm_deftype *type)
{
    size_t at = cursor_offset(&d->c);
    type->kind = cursor_u8(&d->c);
    switch (type->kind) {
    case WASM_COMP_FUNC:
        decode_functype(d, type);
        break;
    case WASM_COMP_STRUCT:
    case WASM_COMP_ARRAY:
        decode_fields(d, type);
        break;
    default: // the form is a negative number in LEB128, of seven bits
        cursor_fail_at(&d->c, at,
                       type->kind & 0x80 ? "integer representation too long"
                                         : "malformed type form");
    }
}

static void
decode_subtype(struct wasm_decoder *d, struct wasm_deftype *type)
{
    struct wasm_module *module = d->module;
    uint8_t form = cursor_done(&d->c) ? 0 : *d->c.at;
    type->is_final = form != FORM_SUB;
    type->super = WASM_NO_TYPE;
    if (form == FORM_SUB || form == FORM_SUB_FINAL) {
        cursor_u8(&d->c);
        size_t at = cursor_offset(&d->c);
        uint32_t count = cursor_leb_u32(&d->c);
        if (count > 1)
            wasm_decode_fail(d, WASM_INVALID, at,
                             "sub type with more than one super type");
        if (count == 1)
            type->super = wasm_decode_index(d, "type", module->type_count);
    }
    decode_comptype(d, type);
}

// ---- Layout ----

// Fields stand at their natural alignment, in the order of the type, so that those of a
// supertype stand where they stand in the supertype.
static void
lay_out(struct wasm_deftype *type, struct wasm_field *fields)
{
    if (type->kind == WASM_COMP_ARRAY) {
        fields[0].offset = WASM_OBJECT_FIELDS;
        type->size = wasm_storage_size(fields[0].type);
        return;
    }
    uint32_t at = WASM_OBJECT_FIELDS;
    for (uint32_t i = 0; i < type->field_count; i++) {
        uint32_t size = wasm_storage_size(fields[i].type);
        at = (at + size - 1) & ~(size - 1);
        fields[i].offset = at;
        at += size;
    }
    type->size = at;
}

// ---- Subtyping ----

static bool
field_matches(const struct wasm_module *module, const struct wasm_field *sub,
              const struct wasm_field *super)
{
    if (sub->is_mutable != super->is_mutable ||
        !wasm_type_matches(module, sub->type, super->type))
        return false;
    return !sub->is_mutable || wasm_type_matches(module, super->type, sub->type);
}

static bool
func_matches(const struct wasm_module *module, const struct wasm_functype *sub,
             const struct wasm_functype *super)
{
    if (sub->param_count != super->param_count ||
        sub->result_count != super->result_count)
        return false;
    uint32_t params = sub->param_count;
    for (uint32_t i = 0; i < params; i++)
        if (!wasm_type_matches(module, super->types[i], sub->types[i]))
            return false;
    for (uint32_t i = params; i < params + sub->result_count; i++)
        if (!wasm_type_matches(module, sub->types[i], super->types[i]))
            return false;
    return true;
}

static bool
comp_matches(const struct wasm_module *module, const struct wasm_deftype *sub,
             const struct wasm_deftype *super)
{
    if (sub->kind != super->kind || sub->field_count < super->field_count)
        return false;
    if (sub->kind == WASM_COMP_FUNC)
        return func_matches(module, &sub->func, &super->func);
    for (uint32_t i = 0; i < super->field_count; i++)
        if (!field_matches(module, &sub->fields[i], &super->fields[i]))
            return false;
    return true;
}

static void
check_super(struct wasm_decoder *d, uint32_t index, size_t at)
{
    const struct wasm_module *module = d->module;
    const struct wasm_deftype *type = &module->types[index];
    if (type->super == WASM_NO_TYPE)
        return;
    const struct wasm_deftype *super = &module->types[type->super];
    if (super->is_final || !comp_matches(module, type, super))
        wasm_decode_fail(d, WASM_INVALID, at, "sub type %u does not match super type %u",
                         (unsigned)index, (unsigned)type->super);
}

// A supertype is declared before its subtypes, so its depth is known.
static void
set_depth(struct wasm_decoder *d, uint32_t index, size_t at)
{
    struct wasm_module *module = d->module;
    struct wasm_deftype *type = &module->types[index];
    if (type->super == WASM_NO_TYPE)
        return;
    type->depth = module->types[type->super].depth + 1;
    if (type->depth > WASM_LIMIT_SUBTYPING)
        wasm_decode_fail(d, WASM_UNSUPPORTED, at,
                         "unsupported: subtyping deeper than the limit of %u",
                         WASM_LIMIT_SUBTYPING);
}

// ---- Groups ----

static uint32_t
canon_of(const void *module, uint32_t index)
{
    return ((const struct wasm_module *)module)->types[index].canon;
}

// Groups that were written before get the numbers of the first.
static void
set_canon(struct wasm_decoder *d, uint32_t first, uint32_t len)
{
    struct wasm_module *module = d->module;
    uint32_t canon = first;
    if (!wasm_keys_intern(&d->keys, module->types, first, len, canon_of, module,
                          &canon)) {
        wasm_decode_no_memory(d);
        return;
    }
    for (uint32_t i = 0; i < len; i++)
        module->types[first + i].canon = canon + i;
}

static void
close_group(struct wasm_decoder *d, uint32_t first, size_t at)
{
    struct wasm_module *module = d->module;
    uint32_t len = module->type_count - first;
    for (uint32_t i = first; i < first + len && wasm_decode_ok(d); i++) {
        module->types[i].group = first;
        module->types[i].group_len = len;
        set_depth(d, i, at);
    }
    if (wasm_decode_ok(d))
        set_canon(d, first, len);
    for (uint32_t i = first; i < first + len && wasm_decode_ok(d); i++)
        check_super(d, i, at);
}

static void
decode_type(struct wasm_decoder *d)
{
    struct wasm_module *module = d->module;
    struct wasm_deftype type = {0};
    uint32_t fields = d->pool_fields;
    decode_subtype(d, &type);
    if (!wasm_decode_ok(d) ||
        !wasm_decode_append(d, &module->types, module->type_count, sizeof(type)))
        return;
    if (type.kind != WASM_COMP_FUNC)
        lay_out(&type, module->field_pool + fields);
    module->types[module->type_count++] = type;
}

static void
decode_group(struct wasm_decoder *d)
{
    struct wasm_module *module = d->module;
    size_t at = cursor_offset(&d->c);
    uint32_t first = module->type_count;
    uint32_t len = 1;
    if (!cursor_done(&d->c) && *d->c.at == FORM_REC) {
        cursor_u8(&d->c);
        len = wasm_decode_count(d, "types", WASM_LIMIT_TYPES);
    }
    if (wasm_decode_ok(d) && len > WASM_LIMIT_TYPES - first)
        wasm_decode_fail(d, WASM_UNSUPPORTED, at,
                         "unsupported: more types than the limit of %u",
                         WASM_LIMIT_TYPES);
    d->known_types = first + len;
    for (uint32_t i = 0; i < len && wasm_decode_ok(d); i++)
        decode_type(d);
    if (wasm_decode_ok(d) && len > 0)
        close_group(d, first, at);
}

void
wasm_decode_types(struct wasm_decoder *d, struct wasm_range section)
{
    struct wasm_module *module = d->module;
    uint32_t len = section.hi - section.lo;
    module->type_pool = wasm_heap_alloc(module->port, len, sizeof(*module->type_pool));
    module->field_pool =
        wasm_heap_alloc(module->port, len / 2, sizeof(*module->field_pool));
    if (!module->type_pool || !module->field_pool)
        wasm_decode_no_memory(d);
    uint32_t count = wasm_decode_count(d, "types", WASM_LIMIT_TYPES);
    for (uint32_t i = 0; i < count && wasm_decode_ok(d); i++)
        decode_group(d);
    wasm_keys_fini(&d->keys);
}
