// SPDX-License-Identifier: Apache-2.0
//
// Names bound and looked up, and kept for the name section.
//
// Representation. The map gives index + 1 of what a name stands for; of a local with the
// function in the upper half, so that names of other functions do not count; of a label
// the depth, counted from outside, + 1 (body.c).
#include "text/encoder.h"

static const char *const space_names[] = {
    [SPACE_FUNC] = "func",     [SPACE_TABLE] = "table",       [SPACE_MEMORY] = "memory",
    [SPACE_GLOBAL] = "global", [SPACE_TAG] = "tag",           [SPACE_TYPE] = "type",
    [SPACE_ELEM] = "elem",     [SPACE_DATA] = "data segment", [SPACE_LOCAL] = "local",
    [SPACE_LABEL] = "label",   [SPACE_FIELD] = "field",
};

// A name for the name section: of what has that index.
static void
keep_name(struct text_encoder *e, struct text_items *names, uint32_t index,
          struct text_name name)
{
    text_put_unsigned(e, &names->bytes, index);
    text_put_block(e, &names->bytes, name.bytes, name.len);
    names->count++;
}

// The identifier and the @name that may stand here. What stands for another value of the
// same upper half (a function's locals; 0 for all else) is a duplicate.
static void
bind(struct text_encoder *e, enum text_space space, uint32_t scope, uint64_t value,
     struct text_items *names)
{
    struct text_name name = {0};
    struct text_name other;
    if (e->token.kind == TEXT_ID) {
        name = text_decode(e, &e->token);
        size_t entry = text_map_put(e->port, &e->map, space, scope, name.bytes, name.len);
        if (entry == SIZE_MAX) {
            text_fail_memory(e);
            return;
        }
        uint64_t *known = text_map_value(&e->map, entry);
        if (*known && *known >> 32 == value >> 32) {
            text_fail(e, "duplicate %s $%.*s", space_names[space],
                      name.len < 60 ? (int)name.len : 60, name.bytes);
            return;
        }
        *known = value;
        text_advance(e);
    }
    if (text_take_name_annotation(e, &other))
        name = other;
    if (name.bytes)
        keep_name(e, names, (uint32_t)value - 1, name);
}

void
text_bind(struct text_encoder *e, enum text_space space)
{
    bind(e, space, 0, ++e->counts[space], &e->names[space]);
}

void
text_skip_binder(struct text_encoder *e)
{
    struct text_name name;
    if (e->token.kind == TEXT_ID)
        text_advance(e);
    (void)text_take_name_annotation(e, &name);
}

void
text_begin_locals(struct text_encoder *e)
{
    e->locals_named.count = 0;
    e->locals_named.bytes.len = 0;
    e->local_count = 0;
    e->has_unknown_params = false;
}

void
text_bind_local(struct text_encoder *e, uint32_t index)
{
    bind(e, SPACE_LOCAL, 0, (uint64_t)e->function << 32 | (index + 1), &e->locals_named);
}

void
text_bind_field(struct text_encoder *e, uint32_t type, uint32_t index)
{
    bind(e, SPACE_FIELD, type, index + 1, &e->fields_named);
}

// Names of parts, when there are any, go to those of the whole.
static void
end_parts(struct text_encoder *e, struct text_items *parts, struct text_items *all,
          uint32_t index)
{
    if (parts->count == 0)
        return;
    text_put_unsigned(e, &all->bytes, index);
    text_put_items(e, &all->bytes, parts);
    all->count++;
    parts->count = 0;
    parts->bytes.len = 0;
}

void
text_end_locals(struct text_encoder *e, uint32_t function)
{
    end_parts(e, &e->locals_named, &e->local_names, function);
}

void
text_end_fields(struct text_encoder *e, uint32_t type)
{
    end_parts(e, &e->fields_named, &e->field_names, type);
}

// ---- Looking up ----

// What the identifier stands for, + 1; 0: nothing.
static uint64_t
look_up(struct text_encoder *e, enum text_space space, uint32_t scope)
{
    struct text_name name = text_decode(e, &e->token);
    return text_map_get(&e->map, space, scope, name.bytes, name.len);
}

static uint32_t
take_index(struct text_encoder *e, enum text_space space, uint32_t scope,
           uint64_t generation)
{
    if (e->token.kind != TEXT_ID)
        return text_take_u32(e);
    uint64_t value = look_up(e, space, scope);
    if (value == 0 || value >> 32 != generation) {
        text_fail(e, "unknown %s %.*s", space_names[space],
                  e->token.len < 60 ? (int)e->token.len : 60, e->token.bytes);
        return 0;
    }
    text_advance(e);
    return (uint32_t)value - 1;
}

uint32_t
text_take_index(struct text_encoder *e, enum text_space space)
{
    bool is_local = space == SPACE_LOCAL;
    if (is_local && e->has_unknown_params && e->token.kind == TEXT_ID)
        text_fail(e, "unknown type");
    return take_index(e, space, 0, is_local ? e->function : 0);
}

uint32_t
text_take_field_index(struct text_encoder *e, uint32_t type)
{
    return take_index(e, SPACE_FIELD, type, 0);
}

uint32_t
text_take_label(struct text_encoder *e)
{
    bool is_name = e->token.kind == TEXT_ID;
    uint32_t label = take_index(e, SPACE_LABEL, 0, 0);
    return is_name && !e->is_failed ? e->label_count - 1 - label : label;
}
