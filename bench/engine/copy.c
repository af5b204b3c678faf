// SPDX-License-Identifier: Apache-2.0
//
// Memory: copies by bytes and words in loops that are not to become memory.copy, and
// copies and fills of blocks that are.
#include "bench/engine/program.h"

#define LEN 65536

static uint8_t from[LEN], to[LEN];

static void
copy_bytes(volatile uint8_t *out, const uint8_t *in, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++)
        out[i] = in[i];
}

static void
copy_words(volatile uint64_t *out, const uint64_t *in, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        out[i] = in[i];
}

static uint32_t
work(void)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < LEN; i++)
        from[i] = (uint8_t)(i * 7 + (i >> 8));
    for (uint32_t round = 0; round < 8; round++) {
        copy_bytes(to, from, LEN - round);
        copy_words((volatile uint64_t *)(void *)to, (const uint64_t *)(const void *)from,
                   LEN / 8 - round);
        for (uint32_t at = 0; at + 200 < LEN; at += 100 + round)
            __builtin_memmove(to + at, to + at + 50, 100);
        __builtin_memset(to + round * 1000, (int)round, 3000);
        sum = mix(sum, to[round * 1000 + 5] + (uint32_t)to[LEN / 2 + round] * 256);
    }
    return sum;
}

PROGRAM(0xf9797a9e)
