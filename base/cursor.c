// SPDX-License-Identifier: Apache-2.0
#include "base/cursor.h"

struct cursor
cursor_make(const uint8_t *bytes, size_t lo, size_t hi)
{
    return (struct cursor){.at = bytes + lo, .end = bytes + hi, .base = bytes};
}

void
cursor_fail_at(struct cursor *c, size_t offset, const char *error)
{
    if (!c->error) {
        c->error = error;
        c->error_offset = offset;
    }
    c->at = c->end;
}

void
cursor_fail(struct cursor *c, const char *error)
{
    cursor_fail_at(c, cursor_offset(c), error);
}

const uint8_t *
cursor_bytes(struct cursor *c, size_t len)
{
    if (len > cursor_left(c)) {
        cursor_fail(c, "unexpected end");
        return NULL;
    }
    const uint8_t *p = c->at;
    c->at += len;
    return p;
}

uint8_t
cursor_u8(struct cursor *c)
{
    if (c->at == c->end) {
        cursor_fail(c, "unexpected end");
        return 0;
    }
    return *c->at++;
}

static uint64_t
read_le(struct cursor *c, size_t len)
{
    const uint8_t *p = cursor_bytes(c, len);
    uint64_t v = 0;
    for (size_t i = 0; p && i < len; i++)
        v |= (uint64_t)p[i] << (8 * i);
    return v;
}

uint32_t
cursor_u32(struct cursor *c)
{
    return (uint32_t)read_le(c, 4);
}

uint64_t
cursor_u64(struct cursor *c)
{
    return read_le(c, 8);
}

// Reads an N-bit LEB128. The last byte that N allows carries N % 7 (or 7) payload bits;
// the rest of it must be zero, or copies of the sign bit.
static uint64_t
read_leb(struct cursor *c, unsigned bits, bool is_signed)
{
    size_t start = cursor_offset(c);
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        if (c->at == c->end) {
            cursor_fail(c, "unexpected end");
            return 0;
        }
        uint8_t byte = *c->at++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        unsigned left = bits - shift;
        if (left <= 7) {
            if (byte & 0x80) {
                cursor_fail_at(c, start, "integer representation too long");
                return 0;
            }
            unsigned sign_bits = is_signed ? left - 1 : left;
            unsigned top = (unsigned)(byte & 0x7f) >> sign_bits;
            unsigned ones = 0x7fu >> sign_bits;
            if (top != 0 && !(is_signed && top == ones)) {
                cursor_fail_at(c, start, "integer too large");
                return 0;
            }
        }
        if (!(byte & 0x80)) {
            if (is_signed && (byte & 0x40) && shift + 7 < 64)
                value |= ~0ull << (shift + 7);
            return value;
        }
    }
}

uint32_t
cursor_leb_u32_slow(struct cursor *c)
{
    return (uint32_t)read_leb(c, 32, false);
}

uint64_t
cursor_leb_u64(struct cursor *c)
{
    return read_leb(c, 64, false);
}

int32_t
cursor_leb_s32(struct cursor *c)
{
    return (int32_t)(uint32_t)read_leb(c, 32, true);
}

int64_t
cursor_leb_s33(struct cursor *c)
{
    return (int64_t)read_leb(c, 33, true);
}

int64_t
cursor_leb_s64(struct cursor *c)
{
    return (int64_t)read_leb(c, 64, true);
}
