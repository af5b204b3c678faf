// SPDX-License-Identifier: Apache-2.0
//
// Module fields but types and segments, in the second reading. #text-modules
#include "base/string.h"
#include "text/encoder.h"

// ---- Imports and exports ----

// The type of something imported, behind its name.
static void
import_type(struct text_encoder *e, enum text_space space, struct text_buffer *out)
{
    text_put_byte(e, out, (uint8_t)space);
    switch (space) {
    case SPACE_FUNC:
        text_put_unsigned(e, out, text_typeuse(e, PARAMS_NAMED));
        break;
    case SPACE_TABLE:
        text_tabletype(e, out);
        break;
    case SPACE_MEMORY:
        text_memorytype(e, out);
        break;
    case SPACE_GLOBAL:
        text_globaltype(e, out);
        break;
    default:
        text_put_byte(e, out, 0);
        text_put_unsigned(e, out, text_typeuse(e, PARAMS_NAMED));
    }
}

// Words of imports and exports, by space.
static const char *const space_words[] = {"func", "table", "memory", "global", "tag"};

// Takes the word; SPACE_COUNT: there is none.
static enum text_space
take_space(struct text_encoder *e)
{
    for (uint32_t space = SPACE_FUNC; space <= SPACE_TAG; space++) {
        if (text_try_word(e, space_words[space]))
            return space;
    }
    text_unexpected(e);
    return SPACE_COUNT;
}

static void
import_field(struct text_encoder *e)
{
    struct text_items *section = &e->sections[SECTION_IMPORT];
    text_take_name(e, &section->bytes);
    text_take_name(e, &section->bytes);
    text_take(e, TEXT_LPAR);
    enum text_space space = take_space(e);
    if (space == SPACE_COUNT)
        return;
    text_skip_binder(e);
    import_type(e, space, &section->bytes);
    text_take_close(e);
    section->count++;
}

static void
export_field(struct text_encoder *e)
{
    struct text_items *section = &e->sections[SECTION_EXPORT];
    text_take_name(e, &section->bytes);
    text_take(e, TEXT_LPAR);
    enum text_space space = take_space(e);
    if (space == SPACE_COUNT)
        return;
    text_put_byte(e, &section->bytes, (uint8_t)space);
    text_put_unsigned(e, &section->bytes, text_take_index(e, space));
    text_take_close(e);
    section->count++;
}

// (export "n")* inside a definition
static void
inline_exports(struct text_encoder *e, enum text_space space, uint32_t index)
{
    struct text_items *section = &e->sections[SECTION_EXPORT];
    while (text_try_form(e, "export")) {
        text_take_name(e, &section->bytes);
        text_put_byte(e, &section->bytes, (uint8_t)space);
        text_put_unsigned(e, &section->bytes, index);
        text_take_close(e);
        section->count++;
    }
}

// (import "m" "n") inside a definition, and the type behind it. False: there is none.
static bool
inline_import(struct text_encoder *e, enum text_space space)
{
    struct text_items *section = &e->sections[SECTION_IMPORT];
    if (!text_try_form(e, "import"))
        return false;
    text_take_name(e, &section->bytes);
    text_take_name(e, &section->bytes);
    text_take_close(e);
    import_type(e, space, &section->bytes);
    section->count++;
    return true;
}

// ---- Functions ----

// A local more: equal types side by side are written once, with their number.
static void
add_local(struct text_encoder *e, struct text_items *runs, uint64_t *repeated)
{
    size_t last = e->scratch.len;
    text_valtype(e, &e->scratch);
    size_t len = e->scratch.len - last;
    if (e->is_failed)
        return;
    e->local_count++;
    if (*repeated && len == last &&
        memcmp(e->scratch.bytes, e->scratch.bytes + last, len) == 0) {
        e->scratch.len = last;
        ++*repeated;
        return;
    }
    if (*repeated) {
        text_put_unsigned(e, &runs->bytes, *repeated);
        text_put(e, &runs->bytes, e->scratch.bytes, last);
        runs->count++;
    }
    *repeated = 1;
    memmove(e->scratch.bytes, e->scratch.bytes + last, len);
    e->scratch.len = len;
}

static void
put_locals(struct text_encoder *e)
{
    struct text_items *runs = &e->results; // which nobody needs any more
    uint64_t repeated = 0;
    runs->count = 0;
    runs->bytes.len = 0;
    e->scratch.len = 0;
    while (text_try_form(e, "local")) {
        if (e->token.kind == TEXT_ID || e->token.kind == TEXT_ANNOTATION) {
            text_bind_local(e, e->local_count);
            add_local(e, runs, &repeated);
        } else {
            while (!e->is_failed && e->token.kind != TEXT_RPAR)
                add_local(e, runs, &repeated);
        }
        text_take_close(e);
    }
    if (repeated) {
        text_put_unsigned(e, &runs->bytes, repeated);
        text_put(e, &runs->bytes, e->scratch.bytes, e->scratch.len);
        runs->count++;
    }
    text_put_items(e, &e->body, runs);
}

static void
function_type(struct text_encoder *e)
{
    struct text_items *section = &e->sections[SECTION_FUNC];
    struct text_typeuse use = text_read_typeuse(e, PARAMS_BOUND);
    if (e->is_failed)
        return;
    uint32_t index = text_typeuse_index(e, &use);
    const struct text_type *type = text_type(e, index);
    e->has_unknown_params = !type;
    e->local_count = type ? type->param_count : 0;
    text_put_unsigned(e, &section->bytes, index);
    section->count++;
}

static void
function(struct text_encoder *e, uint32_t index)
{
    struct text_items *section = &e->sections[SECTION_CODE];
    text_begin_locals(e);
    e->function = index + 1;
    e->body.len = 0;
    e->is_body_sought = e->sought && e->sought->section == SECTION_CODE &&
                        e->sought->item == section->count;
    function_type(e);
    put_locals(e);
    e->code = &e->body;
    text_came_from(e, e->token.line, e->token.column);
    text_expression(e, &e->body);
    text_came_from(e, e->token.line, e->token.column);
    e->is_body_sought = false;
    text_put_block(e, &section->bytes, e->body.bytes, e->body.len);
    section->count++;
    text_end_locals(e, index);
    text_end_hints(e, index);
    e->function = 0;
}

// ---- Other definitions ----

static bool
begins_type(const struct text_encoder *e)
{
    return e->token.kind == TEXT_KEYWORD || text_is_form(e, "ref");
}

// (table i64? reftype (elem ...)): as long as the segment.
static void
table_of_elem(struct text_encoder *e, uint32_t index, struct text_limits *limits)
{
    struct text_items *section = &e->sections[SECTION_TABLE];
    struct text_buffer type = {0};
    text_reftype(e, &type);
    limits->min = text_inline_elem(e, index, limits->is_64, type.bytes, type.len);
    limits->max = limits->min;
    limits->has_max = true;
    text_put(e, &section->bytes, type.bytes, type.len);
    text_put_limits(e, &section->bytes, limits);
    text_buffer_fini(e->port, &type);
}

static void
table(struct text_encoder *e, uint32_t index)
{
    struct text_items *section = &e->sections[SECTION_TABLE];
    struct text_limits limits = {0};
    struct text_token token = e->token;
    section->count++;
    text_index_type(e, &limits);
    if (begins_type(e)) {
        table_of_elem(e, index, &limits);
        return;
    }
    struct text_buffer type = {0};
    struct text_buffer value = {0};
    text_read_from(e, token.bytes, token.line, token.column);
    text_tabletype(e, &type);
    if (e->token.kind != TEXT_RPAR) {
        text_expression(e, &value);
        text_put(e, &section->bytes, "\x40\x00", 2);
    }
    text_put(e, &section->bytes, type.bytes, type.len);
    text_put(e, &section->bytes, value.bytes, value.len);
    text_buffer_fini(e->port, &type);
    text_buffer_fini(e->port, &value);
}

static void
memory(struct text_encoder *e, uint32_t index)
{
    struct text_items *section = &e->sections[SECTION_MEMORY];
    struct text_limits limits = {.page_log2 = 16};
    struct text_token token = e->token;
    section->count++;
    text_index_type(e, &limits);
    text_page_size(e, &limits);
    if (!text_try_form(e, "data")) {
        text_read_from(e, token.bytes, token.line, token.column);
        text_memorytype(e, &section->bytes);
        return;
    }
    uint64_t len = text_inline_data(e, index, limits.is_64);
    uint64_t pages = len >> limits.page_log2;
    limits.min = pages + (pages << limits.page_log2 != len);
    limits.max = limits.min;
    limits.has_max = true;
    text_put_limits(e, &section->bytes, &limits);
}

static void
global(struct text_encoder *e)
{
    struct text_items *section = &e->sections[SECTION_GLOBAL];
    text_globaltype(e, &section->bytes);
    text_expression(e, &section->bytes);
    section->count++;
}

static void
tag(struct text_encoder *e)
{
    struct text_items *section = &e->sections[SECTION_TAG];
    text_put_byte(e, &section->bytes, 0);
    text_put_unsigned(e, &section->bytes, text_typeuse(e, PARAMS_NAMED));
    section->count++;
}

static void
definition(struct text_encoder *e, enum text_space space, uint32_t index)
{
    text_skip_binder(e);
    inline_exports(e, space, index);
    if (inline_import(e, space))
        return;
    switch (space) {
    case SPACE_FUNC:
        function(e, index);
        break;
    case SPACE_TABLE:
        table(e, index);
        break;
    case SPACE_MEMORY:
        memory(e, index);
        break;
    case SPACE_GLOBAL:
        global(e);
        break;
    default:
        tag(e);
    }
}

static void
start_field(struct text_encoder *e)
{
    text_put_unsigned(e, &e->sections[SECTION_START].bytes,
                      text_take_index(e, SPACE_FUNC));
}

void
text_encode_field(struct text_encoder *e, const struct text_field *field)
{
    text_read_from(e, field->at, field->line, field->column);
    text_advance(e);
    text_advance(e);
    switch (field->kind) {
    case FIELD_IMPORT:
        import_field(e);
        break;
    case FIELD_FUNC:
        definition(e, SPACE_FUNC, field->index);
        break;
    case FIELD_TABLE:
        definition(e, SPACE_TABLE, field->index);
        break;
    case FIELD_MEMORY:
        definition(e, SPACE_MEMORY, field->index);
        break;
    case FIELD_GLOBAL:
        definition(e, SPACE_GLOBAL, field->index);
        break;
    case FIELD_TAG:
        definition(e, SPACE_TAG, field->index);
        break;
    case FIELD_EXPORT:
        export_field(e);
        break;
    case FIELD_START:
        start_field(e);
        break;
    case FIELD_ELEM:
        text_elem_field(e);
        break;
    case FIELD_DATA:
        text_data_field(e);
        break;
    case FIELD_TYPE:
    case FIELD_REC:
    case FIELD_NONE:
        return;
    }
    text_came_from_field(e, field);
    text_take_close(e);
}
