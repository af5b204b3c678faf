// SPDX-License-Identifier: Apache-2.0
//
// Bytes that grow, and bytes that stay where they are. Internal to text/.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/port.h"

struct text_buffer {
    uint8_t *bytes;
    size_t len;
    size_t room;
};

// Makes room for `len` more bytes. False: there is none.
bool text_buffer_reserve(const struct wasm_port *port, struct text_buffer *buffer,
                         size_t len);
void text_buffer_fini(const struct wasm_port *port, struct text_buffer *buffer);

struct text_chunk;
struct text_arena {
    struct text_chunk *chunks;
    size_t left;
};

// NULL: there is no memory. No alignment.
void *text_arena_alloc(const struct wasm_port *port, struct text_arena *arena,
                       size_t len);
void text_arena_fini(const struct wasm_port *port, struct text_arena *arena);
