// SPDX-License-Identifier: Apache-2.0
//
// Element and data segments, whose flags choose between short and long forms.
#include "engine/decode.h"

#include "engine/const_expr.h"

enum {
    ELEM_NOT_ACTIVE = 1,
    ELEM_EXPLICIT = 2, // active: a table index follows; else: declarative
    ELEM_EXPRESSIONS = 4,
    ELEM_FLAGS = 7,
};

enum {
    DATA_ACTIVE = 0,
    DATA_PASSIVE = 1,
    DATA_EXPLICIT = 2, // active, a memory index follows
};

static wasm_type_t
index_type(struct wasm_limits limits)
{
    return limits.is_64 ? WASM_TYPE_I64 : WASM_TYPE_I32;
}

static void
decode_elem_place(struct wasm_decoder *d, uint32_t flags, struct wasm_elem_decl *elem)
{
    struct wasm_module *module = d->module;
    if (flags & ELEM_NOT_ACTIVE) {
        elem->mode =
            flags & ELEM_EXPLICIT ? WASM_SEGMENT_DECLARATIVE : WASM_SEGMENT_PASSIVE;
        return;
    }
    size_t at = cursor_offset(&d->c);
    elem->mode = WASM_SEGMENT_ACTIVE;
    if (flags & ELEM_EXPLICIT)
        elem->table = cursor_leb_u32(&d->c);
    if (elem->table >= module->table_count)
        wasm_decode_fail(d, WASM_INVALID, at, "unknown table %u", elem->table);
    if (wasm_decode_ok(d))
        elem->offset =
            wasm_const_expr_validate(d, index_type(module->tables[elem->table].limits));
}

// Only the long forms say what the elements are; short ones of function indices are of
// functions, so never null.
static wasm_type_t
decode_elem_type(struct wasm_decoder *d, uint32_t flags)
{
    wasm_type_t funcs = wasm_type_ref(WASM_HEAP_FUNC, false);
    if (!(flags & (ELEM_NOT_ACTIVE | ELEM_EXPLICIT)))
        return flags & ELEM_EXPRESSIONS ? WASM_TYPE_FUNCREF : funcs;
    if (flags & ELEM_EXPRESSIONS)
        return wasm_decode_ref_type(d);
    size_t at = cursor_offset(&d->c);
    if (cursor_u8(&d->c) != 0)
        cursor_fail_at(&d->c, at, "malformed element kind");
    return funcs;
}

static void
decode_elem_items(struct wasm_decoder *d, struct wasm_elem_decl *elem)
{
    elem->count = wasm_decode_count(d, "elements", WASM_LIMIT_TABLE_ENTRIES);
    elem->items.lo = (uint32_t)cursor_offset(&d->c);
    for (uint32_t i = 0; i < elem->count && wasm_decode_ok(d); i++) {
        if (elem->is_expressions)
            wasm_const_expr_validate(d, elem->type);
        else
            wasm_decode_declare(d,
                                wasm_decode_index(d, "function", d->module->func_count));
    }
    elem->items.hi = (uint32_t)cursor_offset(&d->c);
}

static void
decode_elem(struct wasm_decoder *d)
{
    struct wasm_module *module = d->module;
    size_t at = cursor_offset(&d->c);
    uint32_t flags = cursor_leb_u32(&d->c);
    if (flags > ELEM_FLAGS)
        cursor_fail_at(&d->c, at, "malformed elements segment kind");
    struct wasm_elem_decl elem = {.is_expressions = flags & ELEM_EXPRESSIONS};
    decode_elem_place(d, flags, &elem);
    elem.type = decode_elem_type(d, flags);
    decode_elem_items(d, &elem);
    if (!wasm_decode_ok(d))
        return;
    if (elem.mode == WASM_SEGMENT_ACTIVE &&
        !wasm_type_matches(module, elem.type, module->tables[elem.table].type))
        wasm_decode_fail(d, WASM_INVALID, at,
                         "type mismatch: element segment and table %u differ",
                         elem.table);
    else if (wasm_decode_append(d, &module->elems, module->elem_count, sizeof(elem)))
        module->elems[module->elem_count++] = elem;
}

void
wasm_decode_elems(struct wasm_decoder *d, struct wasm_range section)
{
    (void)section;
    uint32_t count = wasm_decode_count(d, "element segments", WASM_LIMIT_SEGMENTS);
    for (uint32_t i = 0; i < count && wasm_decode_ok(d); i++)
        decode_elem(d);
}

void
wasm_decode_data_count(struct wasm_decoder *d, struct wasm_range section)
{
    (void)section;
    d->module->data_count = cursor_leb_u32(&d->c);
    d->module->has_data_count = true;
}

static void
decode_data(struct wasm_decoder *d)
{
    struct wasm_module *module = d->module;
    size_t at = cursor_offset(&d->c);
    uint32_t flags = cursor_leb_u32(&d->c);
    struct wasm_data_decl data = {.mode = WASM_SEGMENT_PASSIVE};
    if (flags > DATA_EXPLICIT)
        cursor_fail_at(&d->c, at, "malformed data segment kind");
    if (flags != DATA_PASSIVE) {
        data.mode = WASM_SEGMENT_ACTIVE;
        if (flags == DATA_EXPLICIT)
            data.memory = cursor_leb_u32(&d->c);
        if (data.memory >= module->memory_count)
            wasm_decode_fail(d, WASM_INVALID, at, "unknown memory %u", data.memory);
        if (wasm_decode_ok(d))
            data.offset = wasm_const_expr_validate(
                d, index_type(module->memories[data.memory].limits));
    }
    uint32_t len = cursor_leb_u32(&d->c);
    data.bytes.lo = (uint32_t)cursor_offset(&d->c);
    data.bytes.hi = data.bytes.lo + len;
    cursor_bytes(&d->c, len);
    if (wasm_decode_ok(d) &&
        wasm_decode_append(d, &module->datas, d->data_count, sizeof(data)))
        module->datas[d->data_count++] = data;
}

void
wasm_decode_datas(struct wasm_decoder *d, struct wasm_range section)
{
    (void)section;
    uint32_t count = wasm_decode_count(d, "data segments", WASM_LIMIT_SEGMENTS);
    for (uint32_t i = 0; i < count && wasm_decode_ok(d); i++)
        decode_data(d);
}
