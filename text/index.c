// SPDX-License-Identifier: Apache-2.0
//
// The first reading: where fields begin, which index each has, and the names of all.
#include "text/encoder.h"

static const struct {
    const char *word;
    enum text_field_kind kind;
} field_words[] = {
    {"func", FIELD_FUNC},     {"type", FIELD_TYPE},     {"global", FIELD_GLOBAL},
    {"export", FIELD_EXPORT}, {"data", FIELD_DATA},     {"elem", FIELD_ELEM},
    {"import", FIELD_IMPORT}, {"memory", FIELD_MEMORY}, {"table", FIELD_TABLE},
    {"tag", FIELD_TAG},       {"rec", FIELD_REC},       {"start", FIELD_START},
};

static enum text_field_kind
field_kind(const struct text_token *token)
{
    for (size_t i = 0; i < sizeof(field_words) / sizeof(field_words[0]); i++) {
        if (text_token_is(token, field_words[i].word))
            return field_words[i].kind;
    }
    return FIELD_NONE;
}

// Index space of what can be imported; SPACE_COUNT: none.
static enum text_space
field_space(enum text_field_kind kind)
{
    switch (kind) {
    case FIELD_FUNC:
        return SPACE_FUNC;
    case FIELD_TABLE:
        return SPACE_TABLE;
    case FIELD_MEMORY:
        return SPACE_MEMORY;
    case FIELD_GLOBAL:
        return SPACE_GLOBAL;
    case FIELD_TAG:
        return SPACE_TAG;
    default:
        return SPACE_COUNT;
    }
}

static void
check_import_order(struct text_encoder *e)
{
    static const char *const words[] = {"function", "table", "memory", "global", "tag"};
    for (uint32_t space = SPACE_FUNC; space <= SPACE_TAG; space++) {
        if (e->definitions[space])
            text_fail(e, "import after %s", words[space]);
    }
}

// (import "m" "n" (func $f ...)), behind the keyword.
static void
index_import(struct text_encoder *e)
{
    check_import_order(e);
    text_take(e, TEXT_STRING);
    text_take(e, TEXT_STRING);
    text_take(e, TEXT_LPAR);
    enum text_space space = field_space(field_kind(&e->token));
    if (space == SPACE_COUNT) {
        text_unexpected(e);
        return;
    }
    text_advance(e);
    text_bind(e, space);
    text_skip_form(e);
    text_skip_form(e);
}

// A table or memory may bring a segment along.
static void
index_inline_segment(struct text_encoder *e, enum text_field_kind kind)
{
    const char *word = kind == FIELD_TABLE ? "elem" : "data";
    enum text_space space = kind == FIELD_TABLE ? SPACE_ELEM : SPACE_DATA;
    while (e->token.kind == TEXT_KEYWORD || text_is_form(e, "ref") ||
           text_is_form(e, "pagesize")) {
        bool is_form = e->token.kind == TEXT_LPAR;
        text_advance(e);
        if (is_form)
            text_skip_form(e);
    }
    e->counts[space] += text_is_form(e, word);
}

static void
index_definition(struct text_encoder *e, enum text_field_kind kind)
{
    enum text_space space = field_space(kind);
    text_bind(e, space);
    while (text_try_form(e, "export"))
        text_skip_form(e);
    if (text_is_form(e, "import"))
        check_import_order(e);
    else
        e->definitions[space]++;
    if (kind == FIELD_TABLE || kind == FIELD_MEMORY)
        index_inline_segment(e, kind);
    text_skip_form(e);
}

static void
index_rec(struct text_encoder *e)
{
    while (text_try_form(e, "type")) {
        text_bind(e, SPACE_TYPE);
        text_skip_form(e);
    }
    text_take_close(e);
}

// Behind the field's keyword.
static void
index_content(struct text_encoder *e, enum text_field_kind kind)
{
    switch (kind) {
    case FIELD_TYPE:
        text_bind(e, SPACE_TYPE);
        text_skip_form(e);
        break;
    case FIELD_REC:
        index_rec(e);
        break;
    case FIELD_IMPORT:
        index_import(e);
        break;
    case FIELD_ELEM:
        text_bind(e, SPACE_ELEM);
        text_skip_form(e);
        break;
    case FIELD_DATA:
        text_bind(e, SPACE_DATA);
        text_skip_form(e);
        break;
    case FIELD_START:
        if (e->start_count++)
            text_fail(e, "multiple start sections");
        text_skip_form(e);
        break;
    case FIELD_EXPORT:
        text_skip_form(e);
        break;
    default:
        index_definition(e, kind);
    }
}

static uint32_t
next_index(const struct text_encoder *e, enum text_field_kind kind)
{
    enum text_space space = field_space(kind);
    if (kind == FIELD_TYPE || kind == FIELD_REC)
        space = SPACE_TYPE;
    return space == SPACE_COUNT ? 0 : e->counts[space];
}

static void
index_field(struct text_encoder *e)
{
    struct text_field field = {
        .at = e->token.bytes,
        .line = e->token.line,
        .column = e->token.column,
        .kind = field_kind(&e->ahead),
    };
    text_advance(e);
    if (field.kind == FIELD_NONE) {
        text_unexpected(e);
        return;
    }
    text_advance(e);
    field.index = next_index(e, field.kind);
    text_put(e, &e->fields, &field, sizeof(field));
    index_content(e, field.kind);
}

void
text_index_fields(struct text_encoder *e)
{
    while (e->token.kind == TEXT_LPAR || e->token.kind == TEXT_ANNOTATION) {
        if (e->token.kind == TEXT_LPAR)
            index_field(e);
        else
            text_take_annotation(e);
    }
}
