// SPDX-License-Identifier: Apache-2.0
//
// Vectors with shuffles and shifts: ChaCha20, a row of the state in a vector. RFC 8439
#include "bench/engine/program.h"

#define BLOCKS 512

typedef uint32_t u32x4 __attribute__((vector_size(16)));

static u32x4 stream[BLOCKS][4];

static u32x4
rotate(u32x4 x, int by)
{
    return x << by | x >> (32 - by);
}

static void
quarter(u32x4 *a, u32x4 *b, u32x4 *c, u32x4 *d)
{
    *a += *b, *d = rotate(*d ^ *a, 16);
    *c += *d, *b = rotate(*b ^ *c, 12);
    *a += *b, *d = rotate(*d ^ *a, 8);
    *c += *d, *b = rotate(*b ^ *c, 7);
}

static uint32_t
work(void)
{
    u32x4 in[4] = {
        {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574}, {1, 2, 3, 4}, {5, 6, 7, 8}};
    for (uint32_t block = 0; block < BLOCKS; block++) {
        in[3] = (u32x4){block, 9, 10, 11};
        u32x4 a = in[0], b = in[1], c = in[2], d = in[3];
        for (int i = 0; i < 10; i++) {
            quarter(&a, &b, &c, &d);
            b = __builtin_shufflevector(b, b, 1, 2, 3, 0);
            c = __builtin_shufflevector(c, c, 2, 3, 0, 1);
            d = __builtin_shufflevector(d, d, 3, 0, 1, 2);
            quarter(&a, &b, &c, &d);
            b = __builtin_shufflevector(b, b, 3, 0, 1, 2);
            c = __builtin_shufflevector(c, c, 2, 3, 0, 1);
            d = __builtin_shufflevector(d, d, 1, 2, 3, 0);
        }
        stream[block][0] = a + in[0];
        stream[block][1] = b + in[1];
        stream[block][2] = c + in[2];
        stream[block][3] = d + in[3];
    }
    u32x4 sum = {0};
    for (uint32_t block = 0; block < BLOCKS; block++)
        for (int i = 0; i < 4; i++)
            sum = rotate(sum, 1) + stream[block][i];
    return mix(mix(mix(sum[0], sum[1]), sum[2]), sum[3]);
}

PROGRAM(0x25bcbb63)
