// SPDX-License-Identifier: Apache-2.0
//
// A module in one of its forms: fields, `binary` or `quote`.
#include "base/string.h"
#include "text/encoder.h"

// Quotes in quotes.
#define LIMIT_QUOTES 8u

// Limits of indices and positions.
#define LIMIT_TEXT (1u << 30)

static void
fini(struct text_encoder *e)
{
    struct text_buffer *const buffers[] = {
        &e->fields,
        &e->types,
        &e->params.bytes,
        &e->results.bytes,
        &e->scratch,
        &e->body,
        &e->frames,
        &e->pending,
        &e->local_names.bytes,
        &e->locals_named.bytes,
        &e->field_names.bytes,
        &e->fields_named.bytes,
        &e->hints.bytes,
        &e->hinted.bytes,
        &e->customs,
        &e->custom_list,
    };
    for (size_t i = 0; i < sizeof(buffers) / sizeof(buffers[0]); i++)
        text_buffer_fini(e->port, buffers[i]);
    for (size_t i = 0; i < SECTION_ID_COUNT; i++)
        text_buffer_fini(e->port, &e->sections[i].bytes);
    for (size_t i = 0; i < SPACE_COUNT; i++)
        text_buffer_fini(e->port, &e->names[i].bytes);
    text_map_fini(e->port, &e->map);
    text_arena_fini(e->port, &e->arena);
}

static void
encode_fields(struct text_encoder *e, struct text_buffer *out)
{
    const struct text_field *fields = (void *)e->fields.bytes;
    size_t count = e->fields.len / sizeof(fields[0]);
    text_encode_types(e);
    for (size_t i = 0; i < count && !e->is_failed; i++)
        text_encode_field(e, &fields[i]);
    if (!e->is_failed)
        text_assemble(e, out);
}

static void
take_strings(struct text_encoder *e, struct text_buffer *out)
{
    while (e->token.kind == TEXT_STRING)
        text_take_string(e, out);
}

// Behind the fields.
static void
take_end(struct text_encoder *e, bool is_form)
{
    if (is_form)
        text_take_close(e);
    while (e->token.kind == TEXT_ANNOTATION)
        text_take_annotation(e);
    if (e->token.kind != TEXT_END)
        text_unexpected(e);
}

// Writes the binary module, or, with *is_quote, the text that is quoted.
static void
encode(struct text_encoder *e, struct text_buffer *out, bool *is_quote)
{
    bool is_form = text_try_form(e, "module");
    if (is_form) {
        (void)text_try_word(e, "definition");
        if (e->token.kind == TEXT_ID) {
            e->module_name = text_decode(e, &e->token);
            e->has_module_name = true;
            text_advance(e);
        }
        text_take_module_name(e);
    }
    *is_quote = is_form && text_try_word(e, "quote");
    bool is_binary = is_form && !*is_quote && text_try_word(e, "binary");
    if (*is_quote || is_binary)
        take_strings(e, out);
    else
        text_index_fields(e);
    take_end(e, is_form);
    if (!*is_quote && !is_binary && !e->is_failed)
        encode_fields(e, out);
}

// One layer of quoting.
static bool
encode_text(struct text_encoder *e, const struct wasm_port *port, const char *text,
            size_t len, struct text_sought *sought, struct text_buffer *out,
            struct text_error *error, bool *is_quote)
{
    memset(e, 0, sizeof(*e));
    e->sought = sought;
    e->port = port;
    e->error = error;
    e->token = (struct text_token){.line = 1, .column = 1};
    text_opcodes_init(e);
    e->lexer.end = text + len;
    if (len > LIMIT_TEXT) {
        text_fail(e, "text too long");
    } else {
        text_read_from(e, text, 1, 1);
        encode(e, out, is_quote);
    }
    bool done = !e->is_failed;
    fini(e);
    return done;
}

static bool
fail_memory(struct text_error *error)
{
    static const char message[] = "out of memory";
    *error = (struct text_error){.line = 1, .column = 1, .is_no_memory = true};
    memcpy(error->message, message, sizeof(message));
    return false;
}

// The result, in a block of its size.
static bool
give(const struct wasm_port *port, const struct text_buffer *from, struct text_bytes *out,
     struct text_error *error)
{
    out->bytes = port->heap_alloc(port->context, from->len + 1);
    if (!out->bytes)
        return fail_memory(error);
    if (from->len)
        memcpy(out->bytes, from->bytes, from->len);
    out->len = from->len;
    return true;
}

static bool
encode_layers(struct text_encoder *e, const struct wasm_port *port, const char *text,
              size_t len, struct text_bytes *out, struct text_error *error)
{
    struct text_buffer quoted = {0};
    bool is_quote = true;
    bool done = true;
    for (uint32_t i = 0; done && is_quote && i < LIMIT_QUOTES; i++) {
        struct text_buffer result = {0};
        done = encode_text(e, port, i ? (const char *)quoted.bytes : text,
                           i ? quoted.len : len, NULL, &result, error, &is_quote);
        text_buffer_fini(port, &quoted);
        quoted = result;
    }
    if (done && is_quote) {
        static const char message[] = "nesting too deep";
        error->line = 1;
        error->column = 1;
        memcpy(error->message, message, sizeof(message));
        done = false;
    }
    done = done && give(port, &quoted, out, error);
    text_buffer_fini(port, &quoted);
    return done;
}

bool
text_module_encode(const struct wasm_port *port, const char *text, size_t len,
                   struct text_bytes *out, struct text_error *error)
{
    *out = (struct text_bytes){0};
    *error = (struct text_error){0};
    struct text_encoder *e = port->heap_alloc(port->context, sizeof(*e));
    if (!e)
        return fail_memory(error);
    bool done = encode_layers(e, port, text, len, out, error);
    port->heap_free(port->context, e, sizeof(*e));
    return done;
}

bool
text_module_locate(const struct wasm_port *port, const char *text, size_t len,
                   const struct text_bytes *binary, size_t offset, uint32_t *line,
                   uint32_t *column)
{
    struct text_sought sought;
    struct text_error error = {0};
    struct text_buffer out = {0};
    bool is_quote = false;
    struct text_encoder *e = NULL;
    if (text_seek(binary, offset, &sought))
        e = port->heap_alloc(port->context, sizeof(*e));
    if (!e)
        return false;
    bool done = encode_text(e, port, text, len, &sought, &out, &error, &is_quote);
    text_buffer_fini(port, &out);
    port->heap_free(port->context, e, sizeof(*e));
    *line = sought.line;
    *column = sought.column;
    return done && !is_quote && sought.line != 0;
}

void
text_bytes_free(const struct wasm_port *port, struct text_bytes *bytes)
{
    if (bytes->bytes)
        port->heap_free(port->context, bytes->bytes, bytes->len + 1);
    *bytes = (struct text_bytes){0};
}

bool
text_is_text(const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = bytes[i];
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
            return c == '(' || c == ';';
    }
    return false;
}
