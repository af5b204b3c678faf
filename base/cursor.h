// SPDX-License-Identifier: Apache-2.0
//
// A reader over bytes that nobody vouches for. The first failure sticks, with its offset;
// later reads return 0, so a decoder tests once, at a point where it matters.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cursor {
    const uint8_t *at;
    const uint8_t *end;
    const uint8_t *base; // offsets in errors count from here
    const char *error;   // static text in the specification's words, or NULL
    size_t error_offset;
};

// Reads [bytes + lo, bytes + hi); offsets count from `bytes`. lo <= hi.
struct cursor cursor_make(const uint8_t *bytes, size_t lo, size_t hi);

// Records `error` at the current offset unless one is recorded; empties the cursor.
void cursor_fail(struct cursor *c, const char *error);
void cursor_fail_at(struct cursor *c, size_t offset, const char *error);

static inline size_t
cursor_offset(const struct cursor *c)
{
    return (size_t)(c->at - c->base);
}

static inline size_t
cursor_left(const struct cursor *c)
{
    return (size_t)(c->end - c->at);
}

static inline bool
cursor_done(const struct cursor *c)
{
    return c->at == c->end;
}

// Fixed-width little-endian reads. Error "unexpected end".
uint8_t cursor_u8(struct cursor *c);
uint32_t cursor_u32(struct cursor *c);
uint64_t cursor_u64(struct cursor *c);

// `len` bytes in place, or NULL. Error "unexpected end".
const uint8_t *cursor_bytes(struct cursor *c, size_t len);

// LEB128, wasm core #binary-int: at most ceil(N/7) bytes, unused bits of the last one
// zero (or sign). Errors "unexpected end", "integer representation too long", "integer
// too large". s33 is for block types.
uint32_t cursor_leb_u32_slow(struct cursor *c);
uint64_t cursor_leb_u64(struct cursor *c);
int32_t cursor_leb_s32(struct cursor *c);
int64_t cursor_leb_s33(struct cursor *c);
int64_t cursor_leb_s64(struct cursor *c);

// Most are one byte long.
static inline uint32_t
cursor_leb_u32(struct cursor *c)
{
    if (c->at != c->end && *c->at < 0x80)
        return *c->at++;
    return cursor_leb_u32_slow(c);
}
