// SPDX-License-Identifier: Apache-2.0
//
// Types: of values, of fields and objects, of what modules import. #text-types
#include "base/string.h"
#include "text/encoder.h"

struct word_code {
    const char *word;
    uint8_t code;
};

static const struct word_code number_types[] = {
    {"i32", 0x7f}, {"i64", 0x7e}, {"f32", 0x7d}, {"f64", 0x7c}, {"v128", 0x7b},
};

static const struct word_code heap_types[] = {
    {"func", 0x70}, {"extern", 0x6f}, {"any", 0x6e},      {"eq", 0x6d},
    {"i31", 0x6c},  {"struct", 0x6b}, {"array", 0x6a},    {"exn", 0x69},
    {"none", 0x71}, {"nofunc", 0x73}, {"noextern", 0x72}, {"noexn", 0x74},
};

// Short for (ref null ...).
static const struct word_code null_types[] = {
    {"funcref", 0x70},     {"externref", 0x6f},     {"anyref", 0x6e},
    {"eqref", 0x6d},       {"i31ref", 0x6c},        {"structref", 0x6b},
    {"arrayref", 0x6a},    {"exnref", 0x69},        {"nullref", 0x71},
    {"nullfuncref", 0x73}, {"nullexternref", 0x72}, {"nullexnref", 0x74},
};

static const struct word_code packed_types[] = {{"i8", 0x78}, {"i16", 0x77}};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

// Takes one of the words; 0: the token is none of them.
static uint8_t
try_code(struct text_encoder *e, const struct word_code *words, size_t count)
{
    if (e->token.kind != TEXT_KEYWORD)
        return 0;
    for (size_t i = 0; i < count; i++) {
        if (text_try_word(e, words[i].word))
            return words[i].code;
    }
    return 0;
}

// ---- Values ----

void
text_heaptype(struct text_encoder *e, struct text_buffer *out)
{
    uint8_t code = try_code(e, heap_types, COUNT(heap_types));
    if (code)
        text_put_byte(e, out, code);
    else
        text_put_signed(e, out, text_take_index(e, SPACE_TYPE));
}

void
text_reftype_parts(struct text_encoder *e, struct text_buffer *out, bool *is_null)
{
    uint8_t code = try_code(e, null_types, COUNT(null_types));
    *is_null = true;
    if (code) {
        text_put_byte(e, out, code);
        return;
    }
    if (!text_try_form(e, "ref")) {
        text_unexpected(e);
        return;
    }
    *is_null = text_try_word(e, "null");
    text_heaptype(e, out);
    text_take_close(e);
}

void
text_reftype(struct text_encoder *e, struct text_buffer *out)
{
    bool is_null;
    size_t start = out->len;
    text_put_byte(e, out, 0x63);
    text_reftype_parts(e, out, &is_null);
    if (e->is_failed)
        return;
    bool is_short = is_null && out->len == start + 2 && out->bytes[start + 1] >= 0x69 &&
                    out->bytes[start + 1] <= 0x74;
    if (is_short)
        out->bytes[start] = out->bytes[--out->len];
    else if (!is_null)
        out->bytes[start] = 0x64;
}

void
text_valtype(struct text_encoder *e, struct text_buffer *out)
{
    uint8_t code = try_code(e, number_types, COUNT(number_types));
    if (code)
        text_put_byte(e, out, code);
    else
        text_reftype(e, out);
}

// ---- Type definitions ----

// fieldtype: storage type, perhaps in (mut ...)
static void
field_type(struct text_encoder *e, struct text_buffer *out)
{
    bool is_mutable = text_try_form(e, "mut");
    uint8_t code = try_code(e, packed_types, COUNT(packed_types));
    if (code)
        text_put_byte(e, out, code);
    else
        text_valtype(e, out);
    if (is_mutable)
        text_take_close(e);
    text_put_byte(e, out, is_mutable);
}

static void
struct_type(struct text_encoder *e, struct text_buffer *out, uint32_t type)
{
    struct text_items fields = {0};
    while (text_try_form(e, "field")) {
        if (e->token.kind == TEXT_ID || e->token.kind == TEXT_ANNOTATION) {
            text_bind_field(e, type, fields.count++);
            field_type(e, &fields.bytes);
        } else {
            for (; !e->is_failed && e->token.kind != TEXT_RPAR; fields.count++)
                field_type(e, &fields.bytes);
        }
        text_take_close(e);
    }
    text_put_byte(e, out, 0x5f);
    text_put_items(e, out, &fields);
    text_buffer_fini(e->port, &fields.bytes);
    text_end_fields(e, type);
}

// (func ...), (struct ...) or (array ...)
static void
composite_type(struct text_encoder *e, struct text_buffer *out, uint32_t type,
               bool is_plain)
{
    if (text_try_form(e, "func")) {
        text_signature(e, PARAMS_NAMED);
        text_add_functype(e, type, is_plain);
        const struct text_type *added = text_type(e, type);
        if (!e->is_failed)
            text_put(e, out, added->functype, added->functype_len);
    } else if (text_try_form(e, "struct")) {
        struct_type(e, out, type);
    } else if (text_try_form(e, "array")) {
        text_put_byte(e, out, 0x5e);
        field_type(e, out);
    } else {
        if (e->token.kind == TEXT_LPAR)
            text_advance(e);
        text_unexpected(e);
    }
    text_take_close(e);
}

// (sub final? x* composite), behind `sub`
static void
sub_type(struct text_encoder *e, struct text_buffer *out, uint32_t type, bool is_alone)
{
    bool is_final = text_try_word(e, "final");
    struct text_items supers = {0};
    for (; text_is_index(e); supers.count++)
        text_put_unsigned(e, &supers.bytes, text_take_index(e, SPACE_TYPE));
    bool is_plain = is_final && supers.count == 0;
    if (!is_plain) {
        text_put_byte(e, out, is_final ? 0x4f : 0x50);
        text_put_items(e, out, &supers);
    }
    text_buffer_fini(e->port, &supers.bytes);
    composite_type(e, out, type, is_plain && is_alone);
    text_take_close(e);
}

// (type $x ...)
static void
type_definition(struct text_encoder *e, struct text_buffer *out, uint32_t type,
                bool is_alone)
{
    if (!text_try_form(e, "type"))
        text_unexpected(e);
    text_skip_binder(e);
    if (text_try_form(e, "sub"))
        sub_type(e, out, type, is_alone);
    else
        composite_type(e, out, type, is_alone);
    text_take_close(e);
}

static uint32_t
count_types(struct text_encoder *e)
{
    uint32_t count = 0;
    while (text_try_form(e, "type")) {
        text_skip_form(e);
        count++;
    }
    return count;
}

// (rec ...): a group of one is written as a type alone.
static void
rec_group(struct text_encoder *e, const struct text_field *field, struct text_buffer *out)
{
    (void)text_try_form(e, "rec");
    uint32_t count = count_types(e);
    text_read_from(e, field->at, field->line, field->column);
    (void)text_try_form(e, "rec");
    if (count != 1) {
        text_put_byte(e, out, 0x4e);
        text_put_unsigned(e, out, count);
    }
    for (uint32_t i = 0; i < count && !e->is_failed; i++)
        type_definition(e, out, field->index + i, count == 1);
    text_take_close(e);
}

void
text_encode_types(struct text_encoder *e)
{
    struct text_items *section = &e->sections[SECTION_TYPE];
    const struct text_field *fields = (void *)e->fields.bytes;
    size_t count = e->fields.len / sizeof(fields[0]);
    for (size_t i = 0; i < count && !e->is_failed; i++) {
        const struct text_field *field = &fields[i];
        if (field->kind != FIELD_TYPE && field->kind != FIELD_REC)
            continue;
        text_read_from(e, field->at, field->line, field->column);
        if (field->kind == FIELD_TYPE)
            type_definition(e, &section->bytes, field->index, true);
        else
            rec_group(e, field, &section->bytes);
        section->count++;
        text_came_from_field(e, field);
    }
}

// ---- What modules import ----

void
text_globaltype(struct text_encoder *e, struct text_buffer *out)
{
    bool is_mutable = text_try_form(e, "mut");
    text_valtype(e, out);
    if (is_mutable)
        text_take_close(e);
    text_put_byte(e, out, is_mutable);
}

void
text_index_type(struct text_encoder *e, struct text_limits *limits)
{
    limits->is_64 = text_try_word(e, "i64");
    if (!limits->is_64)
        (void)text_try_word(e, "i32");
}

static void
take_limits(struct text_encoder *e, struct text_limits *limits)
{
    limits->min = text_take_u64(e);
    limits->has_max = e->token.kind == TEXT_INTEGER;
    if (limits->has_max)
        limits->max = text_take_u64(e);
}

void
text_put_limits(struct text_encoder *e, struct text_buffer *out,
                const struct text_limits *limits)
{
    uint32_t flags = limits->has_max | (uint32_t)limits->is_shared << 1 |
                     (uint32_t)limits->is_64 << 2 | (uint32_t)limits->has_page_size << 3;
    text_put_byte(e, out, (uint8_t)flags);
    text_put_unsigned(e, out, limits->min);
    if (limits->has_max)
        text_put_unsigned(e, out, limits->max);
    if (limits->has_page_size)
        text_put_byte(e, out, limits->page_log2);
}

void
text_tabletype(struct text_encoder *e, struct text_buffer *out)
{
    struct text_limits limits = {0};
    struct text_buffer type = {0};
    text_index_type(e, &limits);
    take_limits(e, &limits);
    text_reftype(e, &type);
    text_put(e, out, type.bytes, type.len);
    text_put_limits(e, out, &limits);
    text_buffer_fini(e->port, &type);
}

// (pagesize n), if it stands here
void
text_page_size(struct text_encoder *e, struct text_limits *limits)
{
    if (!text_try_form(e, "pagesize"))
        return;
    struct text_token token = e->token;
    uint64_t size = text_take_u64(e);
    if (size == 0 || (size & (size - 1))) {
        e->token = token;
        text_fail(e, "invalid custom page size");
        return;
    }
    limits->has_page_size = true;
    limits->page_log2 = (uint8_t)__builtin_ctzll(size);
    text_take_close(e);
}

void
text_memorytype(struct text_encoder *e, struct text_buffer *out)
{
    struct text_limits limits = {0};
    text_index_type(e, &limits);
    take_limits(e, &limits);
    limits.is_shared = text_try_word(e, "shared");
    text_page_size(e, &limits);
    text_put_limits(e, out, &limits);
}
