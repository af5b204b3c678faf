// SPDX-License-Identifier: Apache-2.0
//
// Function types where they are used. Wasm core 3.0 #text-typeuse: one that is written
// out stands for the first equal type of the module, which is added when there is none.
//
// Representation. A type is compared as it is encoded; equal types have equal bytes,
// since each is written in one way only. Types that inline ones can stand for are in the
// map, by their bytes.
#include "base/string.h"
#include "text/encoder.h"

const struct text_type *
text_type(const struct text_encoder *e, uint32_t index)
{
    const struct text_type *types = (void *)e->types.bytes;
    return index < e->types.len / sizeof(types[0]) ? &types[index] : NULL;
}

// ---- Reading ----

static void
take_params(struct text_encoder *e, enum text_param_names names)
{
    bool is_named = e->token.kind == TEXT_ID || e->token.kind == TEXT_ANNOTATION;
    if (is_named && names == PARAMS_UNNAMED) {
        text_unexpected(e);
    } else if (is_named) {
        if (names == PARAMS_BOUND)
            text_bind_local(e, e->params.count);
        else
            text_skip_binder(e);
        text_valtype(e, &e->params.bytes);
        e->params.count++;
    } else {
        for (; !e->is_failed && e->token.kind != TEXT_RPAR; e->params.count++)
            text_valtype(e, &e->params.bytes);
    }
    text_take_close(e);
}

void
text_signature(struct text_encoder *e, enum text_param_names names)
{
    e->params.count = 0;
    e->params.bytes.len = 0;
    e->results.count = 0;
    e->results.bytes.len = 0;
    while (text_try_form(e, "param"))
        take_params(e, names);
    while (text_try_form(e, "result")) {
        for (; !e->is_failed && e->token.kind != TEXT_RPAR; e->results.count++)
            text_valtype(e, &e->results.bytes);
        text_take_close(e);
    }
    // Out of order: said here, before what was read is compared with anything.
    if (text_try_form(e, "param") || text_try_form(e, "type"))
        text_unexpected(e);
}

struct text_typeuse
text_read_typeuse(struct text_encoder *e, enum text_param_names names)
{
    struct text_typeuse use = {.is_explicit = text_try_form(e, "type")};
    if (use.is_explicit) {
        use.index = text_take_index(e, SPACE_TYPE);
        text_take_close(e);
    }
    text_signature(e, names);
    return use;
}

// ---- The types of the module ----

// The signature that was read, as a type, in encoder->scratch.
static void
encode_signature(struct text_encoder *e)
{
    e->scratch.len = 0;
    text_put_byte(e, &e->scratch, 0x60);
    text_put_items(e, &e->scratch, &e->params);
    text_put_items(e, &e->scratch, &e->results);
}

static void
add_encoded(struct text_encoder *e, uint32_t index, bool is_plain)
{
    size_t len = e->scratch.len;
    uint8_t *bytes = text_arena_alloc(e->port, &e->arena, len);
    if (!bytes) {
        text_fail_memory(e);
        return;
    }
    memcpy(bytes, e->scratch.bytes, len);
    static const struct text_type unknown;
    while (!e->is_failed && !text_type(e, index))
        text_put(e, &e->types, &unknown, sizeof(unknown));
    if (e->is_failed)
        return;
    struct text_type *types = (void *)e->types.bytes;
    types[index] = (struct text_type){bytes, (uint32_t)len, e->params.count};
    if (!is_plain)
        return;
    size_t entry =
        text_map_put(e->port, &e->map, SPACE_FUNCTYPE, 0, (const char *)bytes, len);
    if (entry == SIZE_MAX)
        text_fail_memory(e);
    else if (*text_map_value(&e->map, entry) == 0)
        *text_map_value(&e->map, entry) = (uint64_t)index + 1;
}

void
text_add_functype(struct text_encoder *e, uint32_t index, bool is_plain)
{
    encode_signature(e);
    if (!e->is_failed)
        add_encoded(e, index, is_plain);
}

// The type written out must be the one that is named.
static void
check_inline(struct text_encoder *e, uint32_t index)
{
    const struct text_type *type = text_type(e, index);
    encode_signature(e);
    if (!type && index >= e->counts[SPACE_TYPE])
        text_fail(e, "unknown type");
    else if (!type || !type->functype || type->functype_len != e->scratch.len ||
             memcmp(type->functype, e->scratch.bytes, e->scratch.len) != 0)
        text_fail(e, "inline function type");
}

uint32_t
text_typeuse_index(struct text_encoder *e, const struct text_typeuse *use)
{
    if (use->is_explicit) {
        if (e->params.count || e->results.count)
            check_inline(e, use->index);
        return use->index;
    }
    encode_signature(e);
    uint64_t known = text_map_get(&e->map, SPACE_FUNCTYPE, 0, (char *)e->scratch.bytes,
                                  e->scratch.len);
    if (known || e->is_failed)
        return (uint32_t)known - 1;
    uint32_t index = e->counts[SPACE_TYPE]++;
    struct text_items *section = &e->sections[SECTION_TYPE];
    text_put(e, &section->bytes, e->scratch.bytes, e->scratch.len);
    section->count++;
    add_encoded(e, index, true);
    return index;
}

uint32_t
text_typeuse(struct text_encoder *e, enum text_param_names names)
{
    struct text_typeuse use = text_read_typeuse(e, names);
    return e->is_failed ? 0 : text_typeuse_index(e, &use);
}
