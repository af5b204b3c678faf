// SPDX-License-Identifier: Apache-2.0
//
// Vectors: how soon points of the plane escape, four at a time.
#include "bench/engine/program.h"

typedef float f32x4 __attribute__((vector_size(16)));
typedef int32_t i32x4 __attribute__((vector_size(16)));

static i32x4
escape(f32x4 cx, f32x4 cy)
{
    f32x4 x = {0}, y = {0};
    i32x4 counts = {0};
    for (int i = 0; i < 100; i++) {
        f32x4 xx = x * x, yy = y * y;
        i32x4 is_inside = (i32x4)(xx + yy < 4.0f);
        if (!(is_inside[0] | is_inside[1] | is_inside[2] | is_inside[3]))
            break;
        counts -= is_inside;
        y = 2 * x * y + cy;
        x = xx - yy + cx;
    }
    return counts;
}

static uint32_t
work(void)
{
    uint32_t sum = 0;
    for (int i = 0; i < 128; i++)
        for (int j = 0; j < 128; j += 4) {
            f32x4 cx = (f32x4){0, 1, 2, 3} + (float)j;
            f32x4 cy = {(float)i, (float)i, (float)i, (float)i};
            i32x4 counts = escape(cx * 0.0234375f - 2.0f, cy * 0.015625f - 1.0f);
            for (int k = 0; k < 4; k++)
                sum = mix(sum, (uint32_t)counts[k]);
        }
    return sum;
}

PROGRAM(0x7ee89037)
