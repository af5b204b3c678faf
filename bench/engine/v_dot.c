// SPDX-License-Identifier: Apache-2.0
//
// Vectors: dot products of floats and of 16-bit integers.
#include "bench/engine/program.h"

#define LEN 8192

typedef float f32x4 __attribute__((vector_size(16)));
typedef int32_t i32x4 __attribute__((vector_size(16)));

static f32x4 a[LEN / 4], b[LEN / 4];
static i32x4 c[LEN / 4], d[LEN / 4];

static uint32_t
work(void)
{
    for (int i = 0; i < LEN / 4; i++) {
        float x = (float)(i % 16);
        a[i] = (f32x4){x, 1, x + 0.5f, 2};
        b[i] = (f32x4){0.5f, x, 0.25f, -x};
        c[i] = (i32x4){i, i + 1, 2 * i, -i};
        d[i] = (i32x4){3, -i, i, 7};
    }
    f32x4 floats = {0};
    i32x4 integers = {0};
    for (int round = 0; round < 8; round++)
        for (int i = 0; i < LEN / 4; i++) {
            floats += a[i] * b[i];
            integers += c[i] * d[i] + round;
        }
    uint32_t sum = 0;
    for (int i = 0; i < 4; i++)
        sum = mix(mix_float(sum, (double)floats[i]), (uint32_t)integers[i]);
    return sum;
}

PROGRAM(0x2ab2ec52)
