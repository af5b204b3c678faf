// SPDX-License-Identifier: Apache-2.0
#include "engine/type_read.h"

// The codes of abstract heap types, which stand for a nullable reference when they stand
// where a value type is due.
#define HEAP_FIRST 0x69
#define HEAP_LAST  0x74

static bool
is_abstract(uint8_t code)
{
    return code >= HEAP_FIRST && code <= HEAP_LAST;
}

uint32_t
wasm_read_heap_type(struct wasm_type_reader *r)
{
    struct cursor *c = r->c;
    size_t at = cursor_offset(c);
    if (!cursor_done(c) && is_abstract(*c->at))
        return WASM_HEAP(cursor_u8(c));
    int64_t index = cursor_leb_s33(c);
    if (index < 0)
        cursor_fail_at(c, at, "malformed heap type");
    else if (!c->error && index >= r->type_count && r->unknown == UINT32_MAX)
        r->unknown = (uint32_t)index;
    return c->error || index >= r->type_count ? WASM_HEAP_NONE : (uint32_t)index;
}

// `malformed` is what to say when no reference type begins at the cursor.
static wasm_type_t
read_ref(struct wasm_type_reader *r, const char *malformed)
{
    size_t at = cursor_offset(r->c);
    uint8_t code = cursor_u8(r->c);
    if (is_abstract(code))
        return wasm_type_ref(WASM_HEAP(code), true);
    if (code == WASM_REF || code == WASM_REF_NULL)
        return wasm_type_ref(wasm_read_heap_type(r), code == WASM_REF_NULL);
    cursor_fail_at(r->c, at, malformed);
    return WASM_TYPE_ANYREF;
}

wasm_type_t
wasm_read_ref_type(struct wasm_type_reader *r)
{
    return read_ref(r, "malformed reference type");
}

wasm_type_t
wasm_read_val_type(struct wasm_type_reader *r)
{
    if (!cursor_done(r->c) && *r->c->at >= WASM_TYPE_V128 && *r->c->at <= WASM_TYPE_I32)
        return cursor_u8(r->c);
    return read_ref(r, "malformed value type");
}

wasm_type_t
wasm_read_storage_type(struct wasm_type_reader *r)
{
    if (!cursor_done(r->c) && (*r->c->at == WASM_TYPE_I8 || *r->c->at == WASM_TYPE_I16))
        return cursor_u8(r->c);
    return wasm_read_val_type(r);
}
