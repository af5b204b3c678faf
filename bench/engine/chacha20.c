// SPDX-License-Identifier: Apache-2.0
//
// Integers in many variables: the ChaCha20 stream. RFC 8439
#include "bench/engine/program.h"

#define LEN 32768

static uint32_t stream[LEN / 4];

#define QUARTER(a, b, c, d)                                                              \
    a += b, d ^= a, d = d << 16 | d >> 16, c += d, b ^= c, b = b << 12 | b >> 20,        \
                    a += b, d ^= a, d = d << 8 | d >> 24, c += d, b ^= c,                \
                    b = b << 7 | b >> 25

static void
chacha(uint32_t *out, const uint32_t *in)
{
    uint32_t x[16];
    for (int i = 0; i < 16; i++)
        x[i] = in[i];
    for (int i = 0; i < 10; i++) {
        QUARTER(x[0], x[4], x[8], x[12]);
        QUARTER(x[1], x[5], x[9], x[13]);
        QUARTER(x[2], x[6], x[10], x[14]);
        QUARTER(x[3], x[7], x[11], x[15]);
        QUARTER(x[0], x[5], x[10], x[15]);
        QUARTER(x[1], x[6], x[11], x[12]);
        QUARTER(x[2], x[7], x[8], x[13]);
        QUARTER(x[3], x[4], x[9], x[14]);
    }
    for (int i = 0; i < 16; i++)
        out[i] ^= x[i] + in[i];
}

static uint32_t
work(void)
{
    uint32_t in[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    for (uint32_t i = 4; i < 16; i++)
        in[i] = i * 0x01234567;
    for (uint32_t i = 0; i < LEN / 4; i++)
        stream[i] = i;
    for (uint32_t at = 0; at < LEN / 4; at += 16) {
        in[12] = at;
        chacha(stream + at, in);
    }
    uint32_t sum = 0;
    for (uint32_t i = 0; i < LEN / 4; i += 17)
        sum = mix(sum, stream[i]);
    return sum;
}

PROGRAM(0xbbc9c196)
