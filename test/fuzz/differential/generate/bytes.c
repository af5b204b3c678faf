// SPDX-License-Identifier: Apache-2.0
#include "test/fuzz/differential/generate/generate.h"

#include <stdlib.h>
#include <string.h>

uint64_t
random_bits(struct random *random)
{
    uint64_t x = random->state += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

uint32_t
random_below(struct random *random, uint32_t limit)
{
    return (uint32_t)((random_bits(random) >> 32) * limit >> 32);
}

bool
random_chance(struct random *random, uint32_t percent)
{
    return random_below(random, 100) < percent;
}

void
put_bytes(struct bytes *out, const void *bytes, size_t len)
{
    if (out->len + len > out->room) {
        out->room = (out->len + len) * 2 + 256;
        out->at = realloc(out->at, out->room);
        if (!out->at)
            abort();
    }
    if (len > 0)
        memcpy(out->at + out->len, bytes, len);
    out->len += len;
}

void
put(struct bytes *out, uint8_t byte)
{
    put_bytes(out, &byte, 1);
}

void
put_uleb(struct bytes *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        put(out, (uint8_t)(value | 0x80));
    put(out, (uint8_t)value);
}

void
put_sleb(struct bytes *out, int64_t value)
{
    for (; value < -64 || value > 63; value >>= 7)
        put(out, (uint8_t)((value & 0x7f) | 0x80));
    put(out, (uint8_t)(value & 0x7f));
}

void
put_heap(struct bytes *out, uint32_t heap)
{
    if (heap >= WASM_HEAP(0))
        put(out, (uint8_t)heap);
    else
        put_sleb(out, heap);
}

void
put_type(struct bytes *out, wasm_type_t type)
{
    if (!wasm_type_is_ref(type)) {
        put(out, (uint8_t)type);
        return;
    }
    uint32_t heap = wasm_type_heap(type);
    if (!wasm_type_is_nullable(type) || heap < WASM_HEAP(0))
        put(out, (uint8_t)type);
    put_heap(out, heap);
}

void
put_code(struct bytes *out, uint32_t opcode)
{
    if (opcode < 0x100) {
        put(out, (uint8_t)opcode);
        return;
    }
    static const struct {
        uint32_t base;
        uint8_t prefix;
    } prefixes[] = {{0x500, 0xfe}, {0x300, 0xfd}, {0x200, 0xfb}, {0x100, 0xfc}};
    uint32_t i = 0;
    while (opcode < prefixes[i].base)
        i++;
    put(out, prefixes[i].prefix);
    put_uleb(out, opcode - prefixes[i].base);
}
