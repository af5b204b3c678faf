// SPDX-License-Identifier: Apache-2.0
//
// The encoder's tokens: one at hand, one ahead. Annotations that mean nothing here never
// show; the others are tokens, which stand in the way where they have no place.
#include "base/fmt.h"
#include "base/string.h"
#include "base/utf8.h"
#include "text/encoder.h"

#define SHOWN_TOKEN 40u

// ---- Errors ----

static void
record(struct text_encoder *e, const char *format, va_list args)
{
    if (e->is_failed)
        return;
    e->is_failed = true;
    e->error->line = e->token.line;
    e->error->column = e->token.column;
    (void)fmt_string_v(e->error->message, sizeof(e->error->message), format, args);
    e->lexer.at = e->lexer.end;
    e->token.kind = TEXT_END;
    e->ahead.kind = TEXT_END;
}

void
text_fail(struct text_encoder *e, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    record(e, format, args);
    va_end(args);
}

void
text_fail_memory(struct text_encoder *e)
{
    if (!e->is_failed)
        e->error->is_no_memory = true;
    text_fail(e, "out of memory");
}

// How much of the token an error shows: whole characters.
static int
shown_len(const struct text_token *token)
{
    size_t len = token->len;
    if (len > SHOWN_TOKEN) {
        len = SHOWN_TOKEN;
        while (((uint8_t)token->bytes[len] & 0xc0) == 0x80)
            len--;
    }
    return (int)len;
}

void
text_unexpected(struct text_encoder *e)
{
    const struct text_token *token = &e->token;
    int len = shown_len(token);
    switch (token->kind) {
    case TEXT_ERROR:
        text_fail(e, "%s", e->lexer.error);
        break;
    case TEXT_END:
        text_fail(e, "unexpected token: the text ends here");
        break;
    case TEXT_ANNOTATION:
        text_fail(e, "misplaced %.*s annotation", len - 1, token->bytes + 1);
        break;
    case TEXT_KEYWORD:
        if (text_is_known_word(e, token)) {
            text_fail(e, "unexpected token %.*s", len, token->bytes);
            break;
        }
        __attribute__((fallthrough));
    case TEXT_RESERVED:
        text_fail(e, "unknown operator %.*s", len, token->bytes);
        break;
    default:
        text_fail(e, "unexpected token %.*s", len, token->bytes);
    }
}

// ---- Tokens ----

static bool
is_known_annotation(const struct text_token *token)
{
    static const char *const known[] = {"(@custom", "(@name",
                                        "(@metadata.code.branch_hint"};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        size_t len = 0;
        while (known[i][len])
            len++;
        if (token->len == len && memcmp(token->bytes, known[i], len) == 0)
            return true;
    }
    return false;
}

static void
read_ahead(struct text_encoder *e)
{
    do
        text_lexer_next(&e->lexer, &e->ahead);
    while (e->ahead.kind == TEXT_ANNOTATION && !is_known_annotation(&e->ahead) &&
           text_lexer_skip_annotation(&e->lexer));
    if (e->lexer.error)
        e->ahead.kind = TEXT_ERROR;
}

void
text_advance(struct text_encoder *e)
{
    if (e->token.kind == TEXT_END || e->token.kind == TEXT_ERROR)
        return;
    e->token = e->ahead;
    if (e->token.kind != TEXT_ERROR)
        read_ahead(e);
}

void
text_read_from(struct text_encoder *e, const char *at, uint32_t line, uint32_t column)
{
    text_lexer_init(&e->lexer, at, (size_t)(e->lexer.end - at), line, column);
    e->lexer.with_annotations = true;
    read_ahead(e);
    e->token = e->ahead;
    if (e->token.kind != TEXT_ERROR)
        read_ahead(e);
}

bool
text_is_index(const struct text_encoder *e)
{
    return e->token.kind == TEXT_INTEGER || e->token.kind == TEXT_ID;
}

void
text_take(struct text_encoder *e, enum text_kind kind)
{
    if (e->token.kind == kind)
        text_advance(e);
    else
        text_unexpected(e);
}

void
text_take_close(struct text_encoder *e)
{
    text_take(e, TEXT_RPAR);
}

bool
text_try_word(struct text_encoder *e, const char *word)
{
    bool is_there = text_is_word(e, word);
    if (is_there)
        text_advance(e);
    return is_there;
}

void
text_take_word(struct text_encoder *e, const char *word)
{
    if (!text_try_word(e, word))
        text_unexpected(e);
}

bool
text_try_form(struct text_encoder *e, const char *word)
{
    bool is_there = text_is_form(e, word);
    if (is_there) {
        text_advance(e);
        text_advance(e);
    }
    return is_there;
}

void
text_skip_form(struct text_encoder *e)
{
    size_t depth = 1;
    while (depth > 0) {
        if (e->token.kind == TEXT_END || e->token.kind == TEXT_ERROR) {
            text_unexpected(e);
            return;
        }
        if (e->token.kind == TEXT_LPAR || e->token.kind == TEXT_ANNOTATION)
            depth++;
        else if (e->token.kind == TEXT_RPAR)
            depth--;
        text_advance(e);
    }
}

// ---- Numbers and strings ----

static uint64_t
take_unsigned(struct text_encoder *e, uint32_t bits)
{
    uint64_t value = 0;
    enum text_number result =
        e->token.kind == TEXT_INTEGER
            ? text_unsigned(e->token.bytes, e->token.len, bits, &value)
            : TEXT_NUMBER_SYNTAX;
    if (result == TEXT_NUMBER_OK)
        text_advance(e);
    else if (result == TEXT_NUMBER_RANGE)
        text_fail(e, "i%u constant out of range", bits);
    else
        text_unexpected(e);
    return value;
}

uint32_t
text_take_u32(struct text_encoder *e)
{
    return (uint32_t)take_unsigned(e, 32);
}

uint64_t
text_take_u64(struct text_encoder *e)
{
    return take_unsigned(e, 64);
}

struct text_name
text_decode(struct text_encoder *e, const struct text_token *token)
{
    bool is_id = token->kind == TEXT_ID;
    if (is_id && token->bytes[1] != '"')
        return (struct text_name){token->bytes + 1, token->len - 1};
    char *bytes = text_arena_alloc(e->port, &e->arena, token->len);
    if (!bytes) {
        text_fail_memory(e);
        return (struct text_name){"", 0};
    }
    return (struct text_name){bytes, text_token_name(token, bytes)};
}

void
text_take_string(struct text_encoder *e, struct text_buffer *out)
{
    if (e->token.kind != TEXT_STRING) {
        text_unexpected(e);
        return;
    }
    if (!text_buffer_reserve(e->port, out, e->token.len)) {
        text_fail_memory(e);
        return;
    }
    out->len += text_token_name(&e->token, (char *)out->bytes + out->len);
    text_advance(e);
}

void
text_take_name(struct text_encoder *e, struct text_buffer *out)
{
    struct text_token token = e->token;
    e->scratch.len = 0;
    text_take_string(e, &e->scratch);
    if (!utf8_is_valid(e->scratch.bytes, e->scratch.len)) {
        e->token.line = token.line;
        e->token.column = token.column;
        text_fail(e, "malformed UTF-8 encoding");
    }
    text_put_block(e, out, e->scratch.bytes, e->scratch.len);
}
