// SPDX-License-Identifier: Apache-2.0
//
// Compression: matches are found by a hash of four bytes, literals and matches are
// written as tokens of bytes, and all is unpacked and compared.
#include "bench/engine/program.h"

#define LEN   30000
#define HEADS 4096

static uint8_t plain[LEN], packed[LEN * 2], unpacked[LEN];
static uint32_t heads[HEADS];

static uint32_t
word_at(const uint8_t *bytes)
{
    uint32_t word;
    __builtin_memcpy(&word, bytes, sizeof(word));
    return word;
}

// Token: 0..127 that many + 1 literals; 128..255 a match of that many - 124 bytes, at a
// distance of two bytes.
static uint8_t *
write_literals(uint8_t *out, const uint8_t *from, const uint8_t *to)
{
    while (from < to) {
        uint32_t count = (uint32_t)(to - from) < 128 ? (uint32_t)(to - from) : 128;
        *out++ = (uint8_t)(count - 1);
        for (uint32_t i = 0; i < count; i++)
            *out++ = *from++;
    }
    return out;
}

static uint32_t
pack(void)
{
    uint8_t *out = packed;
    const uint8_t *literals = plain;
    for (uint32_t i = 0; i < HEADS; i++)
        heads[i] = 0;
    for (uint32_t at = 0; at + 4 <= LEN;) {
        uint32_t *head = &heads[(word_at(plain + at) * 2654435761u) >> 20];
        uint32_t candidate = *head, len = 0;
        *head = at;
        if (candidate < at && at - candidate < 65536)
            while (len < 131 && at + len < LEN &&
                   plain[candidate + len] == plain[at + len])
                len++;
        if (len < 4) {
            at++;
            continue;
        }
        out = write_literals(out, literals, plain + at);
        *out++ = (uint8_t)(len + 124);
        *out++ = (uint8_t)(at - candidate);
        *out++ = (uint8_t)((at - candidate) >> 8);
        at += len;
        literals = plain + at;
    }
    return (uint32_t)(write_literals(out, literals, plain + LEN) - packed);
}

static uint32_t
unpack(uint32_t len)
{
    uint8_t *out = unpacked;
    for (const uint8_t *in = packed; in < packed + len;) {
        uint32_t token = *in++;
        if (token < 128) {
            for (uint32_t i = 0; i <= token; i++)
                *out++ = *in++;
        } else {
            const uint8_t *from = out - (in[0] | in[1] << 8);
            in += 2;
            for (uint32_t i = 0; i < token - 124; i++)
                *out++ = *from++;
        }
    }
    return (uint32_t)(out - unpacked);
}

static uint32_t
work(void)
{
    uint32_t seed = 31337;
    for (uint32_t i = 0; i < LEN; i++) {
        bool repeats = i > 300 && next_random(&seed) % 16 != 0;
        plain[i] =
            repeats ? plain[i - 200 - (i >> 9)] : (uint8_t)(next_random(&seed) % 64);
    }
    uint32_t len = pack();
    uint32_t sum = mix(len, unpack(len));
    for (uint32_t i = 0; i < LEN; i++)
        sum += plain[i] != unpacked[i];
    return mix(sum, packed[len / 2]);
}

PROGRAM(0x7419c435)
