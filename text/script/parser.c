// SPDX-License-Identifier: Apache-2.0
#include "text/script/parser.h"

#include <stdarg.h>

#include "base/fmt.h"
#include "base/string.h"

#define CHUNK_MIN   4096u
#define SHOWN_TOKEN 40

// Storage of one command: blocks, the newest first.
struct parser_chunk {
    struct parser_chunk *next;
    size_t len;  // of the whole block
    size_t used; // of `bytes`
    _Alignas(16) char bytes[];
};

// ---- Errors ----

void
parser_fail(struct parser *p, const char *format, ...)
{
    if (p->is_broken)
        return;
    va_list args;
    va_start(args, format);
    if (p->token.kind == TEXT_ERROR)
        (void)fmt_string(p->error, sizeof(p->error), "%s", p->lexer.error);
    else
        (void)fmt_string_v(p->error, sizeof(p->error), format, args);
    va_end(args);
    p->error_at = parser_at(p);
    p->is_broken = true;
}

static void
fail_memory(struct parser *p)
{
    parser_fail(p, "out of memory");
}

struct wasm_name
parser_error(const struct parser *p)
{
    uint32_t len = 0;
    while (p->error[len])
        len++;
    return (struct wasm_name){p->error, len};
}

static int
shown_len(struct wasm_name text)
{
    return text.len < SHOWN_TOKEN ? (int)text.len : SHOWN_TOKEN;
}

void
parser_fail_command(struct parser *p)
{
    struct wasm_name word = {p->ahead.bytes, (uint32_t)p->ahead.len};
    if (parser_is_open(p) && word.len)
        parser_fail(p, "unknown command %.*s", shown_len(word), word.bytes);
    else
        parser_fail(p, "expected a command");
}

// ---- Tokens ----

static bool
is_kind(const struct text_token *token, enum text_kind kind)
{
    return token->kind == kind;
}

bool
parser_is_open(const struct parser *p)
{
    return is_kind(&p->token, TEXT_LPAR);
}

bool
parser_is_close(const struct parser *p)
{
    return is_kind(&p->token, TEXT_RPAR);
}

bool
parser_is_id(const struct parser *p)
{
    return is_kind(&p->token, TEXT_ID);
}

bool
parser_is_string(const struct parser *p)
{
    return is_kind(&p->token, TEXT_STRING);
}

// What cannot be read is an end, too.
bool
parser_is_end(const struct parser *p)
{
    return is_kind(&p->token, TEXT_END) || is_kind(&p->token, TEXT_ERROR);
}

bool
parser_is_done(const struct parser *p)
{
    return p->token.kind == TEXT_END || p->is_ended;
}

bool
parser_is_keyword(const struct parser *p, const char *word)
{
    return text_token_is(&p->token, word);
}

bool
parser_is_form(const struct parser *p, const char *word)
{
    return parser_is_open(p) && text_token_is(&p->ahead, word);
}

struct script_position
parser_at(const struct parser *p)
{
    return (struct script_position){p->token.line, p->token.column};
}

const char *
parser_start(const struct parser *p)
{
    return p->token.bytes;
}

struct wasm_name
parser_text(const struct parser *p)
{
    return (struct wasm_name){p->token.bytes, (uint32_t)p->token.len};
}

// After an error nothing is taken, so that the error's place stays at hand.
void
parser_advance(struct parser *p)
{
    if (p->is_broken || parser_is_end(p))
        return;
    p->depth += parser_is_open(p);
    p->depth -= parser_is_close(p) && p->depth > 0;
    p->taken_end = p->token.bytes + p->token.len;
    p->taken_at =
        (struct script_position){p->token.line, p->token.column + (uint32_t)p->token.len};
    p->token = p->ahead;
    text_lexer_next(&p->lexer, &p->ahead);
}

size_t
parser_string_room(const struct parser *p)
{
    return p->token.len;
}

size_t
parser_string(const struct parser *p, char *out)
{
    return text_token_name(&p->token, out);
}

void
parser_open(struct parser *p)
{
    if (parser_is_open(p))
        parser_advance(p);
    else
        parser_fail(p, "expected (");
}

void
parser_close(struct parser *p)
{
    struct wasm_name text = parser_text(p);
    if (parser_is_close(p))
        parser_advance(p);
    else if (parser_is_end(p))
        parser_fail(p, "unexpected end: a parenthesis is not closed");
    else
        parser_fail(p, "unexpected token %.*s", shown_len(text), text.bytes);
}

// ---- Storage ----

void *
parser_alloc(struct parser *p, size_t len)
{
    len = (len + 15) & ~(size_t)15;
    struct parser_chunk *chunk = p->chunks;
    if (!chunk || chunk->len - sizeof(*chunk) - chunk->used < len) {
        size_t room = len > CHUNK_MIN ? len : CHUNK_MIN;
        chunk = p->port->heap_alloc(p->port->context, sizeof(*chunk) + room);
        if (!chunk) {
            fail_memory(p);
            return NULL;
        }
        chunk->len = sizeof(*chunk) + room;
        chunk->next = p->chunks;
        p->chunks = chunk;
    }
    void *bytes = chunk->bytes + chunk->used;
    chunk->used += len;
    return bytes;
}

// Doubles the array until `wanted` bytes fit. Returns it, or NULL with an error.
static void *
grow(struct parser *p, void *old, size_t used, size_t *room, size_t wanted)
{
    if (wanted <= *room)
        return old;
    size_t len = *room ? *room : CHUNK_MIN;
    while (len < wanted)
        len *= 2;
    void *bytes = p->port->heap_alloc(p->port->context, len);
    if (!bytes) {
        fail_memory(p);
        return NULL;
    }
    if (used)
        memcpy(bytes, old, used);
    if (*room)
        p->port->heap_free(p->port->context, old, *room);
    *room = len;
    return bytes;
}

bool
parser_reserve(struct parser *p, size_t len)
{
    char *bytes = grow(p, p->bytes, p->bytes_len, &p->bytes_room, p->bytes_len + len);
    if (!bytes)
        return false;
    p->bytes = bytes;
    return true;
}

struct script_value *
parser_add_value(struct parser *p)
{
    size_t used = p->value_count * sizeof(*p->values);
    struct script_value *values =
        grow(p, p->values, used, &p->values_room, used + sizeof(*p->values));
    if (!values)
        return NULL;
    p->values = values;
    return &values[p->value_count++];
}

static void
free_chunks(struct parser *p, struct parser_chunk *kept)
{
    while (p->chunks != kept) {
        struct parser_chunk *next = p->chunks->next;
        p->port->heap_free(p->port->context, p->chunks, p->chunks->len);
        p->chunks = next;
    }
}

// ---- Commands ----

// The last chunk of the list stays for the next command.
void
parser_forget(struct parser *p)
{
    struct parser_chunk *kept = p->chunks;
    while (kept && kept->next)
        kept = kept->next;
    free_chunks(p, kept);
    if (kept)
        kept->used = 0;
    p->value_count = 0;
    p->bytes_len = 0;
    p->is_broken = false;
}

// At depth 0 a "(" begins a command; whatever else stands there is skipped, so that it
// is one failure however long it is.
void
parser_skip_command(struct parser *p)
{
    p->is_broken = false;
    p->is_ended = p->token.kind == TEXT_ERROR;
    if (p->depth == 0)
        parser_advance(p);
    while (!parser_is_end(p) && (p->depth > 0 || !parser_is_open(p)))
        parser_advance(p);
}

void *
parser_create(const struct wasm_port *port, struct script_body body)
{
    struct parser *p = port->heap_alloc(port->context, sizeof(*p));
    if (!p)
        return NULL;
    p->port = port;
    const char *start = body.start;
    text_lexer_init(&p->lexer, start, (size_t)((const char *)body.end - start),
                    body.at.line, body.at.column);
    text_lexer_next(&p->lexer, &p->token);
    text_lexer_next(&p->lexer, &p->ahead);
    p->taken_end = start;
    p->taken_at = body.at;
    return p;
}

void
parser_destroy(void *reader)
{
    struct parser *p = reader;
    free_chunks(p, NULL);
    if (p->values_room)
        p->port->heap_free(p->port->context, p->values, p->values_room);
    if (p->bytes_room)
        p->port->heap_free(p->port->context, p->bytes, p->bytes_room);
    p->port->heap_free(p->port->context, p, sizeof(*p));
}
