// SPDX-License-Identifier: Apache-2.0
#include "text/buffer.h"

#include "base/string.h"
#include "text/encoder.h"

#define BUFFER_MIN 64u
#define CHUNK_MIN  4096u

bool
text_buffer_reserve(const struct wasm_port *port, struct text_buffer *buffer, size_t len)
{
    if (len <= buffer->room - buffer->len)
        return true;
    if (len > SIZE_MAX / 4 - buffer->len)
        return false;
    size_t room = buffer->room ? buffer->room * 2 : BUFFER_MIN;
    while (room < buffer->len + len)
        room *= 2;
    uint8_t *bytes = port->heap_alloc(port->context, room);
    if (!bytes)
        return false;
    if (buffer->len)
        memcpy(bytes, buffer->bytes, buffer->len);
    if (buffer->room)
        port->heap_free(port->context, buffer->bytes, buffer->room);
    buffer->bytes = bytes;
    buffer->room = room;
    return true;
}

void
text_buffer_fini(const struct wasm_port *port, struct text_buffer *buffer)
{
    if (buffer->room)
        port->heap_free(port->context, buffer->bytes, buffer->room);
    *buffer = (struct text_buffer){0};
}

// ---- Bytes that stay ----

struct text_chunk {
    struct text_chunk *next;
    size_t room; // of `bytes`
    uint8_t bytes[];
};

void *
text_arena_alloc(const struct wasm_port *port, struct text_arena *arena, size_t len)
{
    if (!arena->chunks || arena->left < len) {
        size_t room = len > CHUNK_MIN ? len : CHUNK_MIN;
        struct text_chunk *chunk = port->heap_alloc(port->context, sizeof(*chunk) + room);
        if (!chunk)
            return NULL;
        chunk->next = arena->chunks;
        chunk->room = room;
        arena->chunks = chunk;
        arena->left = room;
    }
    arena->left -= len;
    return arena->chunks->bytes + arena->left;
}

void
text_arena_fini(const struct wasm_port *port, struct text_arena *arena)
{
    while (arena->chunks) {
        struct text_chunk *chunk = arena->chunks;
        arena->chunks = chunk->next;
        port->heap_free(port->context, chunk, sizeof(*chunk) + chunk->room);
    }
}

// ---- Writing, for an encoder ----

void
text_put(struct text_encoder *e, struct text_buffer *out, const void *bytes, size_t len)
{
    if (!text_buffer_reserve(e->port, out, len)) {
        text_fail_memory(e);
        return;
    }
    if (len)
        memcpy(out->bytes + out->len, bytes, len);
    out->len += len;
}

void
text_put_byte(struct text_encoder *e, struct text_buffer *out, uint8_t byte)
{
    if (out->len < out->room)
        out->bytes[out->len++] = byte;
    else
        text_put(e, out, &byte, 1);
}

void
text_put_unsigned(struct text_encoder *e, struct text_buffer *out, uint64_t value)
{
    while (value >= 0x80) {
        text_put_byte(e, out, (uint8_t)(value | 0x80));
        value >>= 7;
    }
    text_put_byte(e, out, (uint8_t)value);
}

void
text_put_signed(struct text_encoder *e, struct text_buffer *out, int64_t value)
{
    while (value < -0x40 || value >= 0x40) {
        text_put_byte(e, out, (uint8_t)(value | 0x80));
        value >>= 7;
    }
    text_put_byte(e, out, value & 0x7f);
}

void
text_put_block(struct text_encoder *e, struct text_buffer *out, const void *bytes,
               size_t len)
{
    text_put_unsigned(e, out, len);
    text_put(e, out, bytes, len);
}

void
text_put_items(struct text_encoder *e, struct text_buffer *out,
               const struct text_items *items)
{
    text_put_unsigned(e, out, items->count);
    text_put(e, out, items->bytes.bytes, items->bytes.len);
}
