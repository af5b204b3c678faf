// SPDX-License-Identifier: Apache-2.0
//
// Floating point in registers: how soon points of the plane escape.
#include "bench/engine/program.h"

static uint32_t
escape(double cx, double cy)
{
    double x = 0, y = 0;
    uint32_t count = 0;
    while (count < 200 && x * x + y * y < 4) {
        double next = x * x - y * y + cx;
        y = 2 * x * y + cy;
        x = next;
        count++;
    }
    return count;
}

static uint32_t
work(void)
{
    uint32_t sum = 0;
    for (int i = 0; i < 100; i++)
        for (int j = 0; j < 100; j++)
            sum = mix(sum, escape(j * 0.03 - 2.0, i * 0.02 - 1.0));
    return sum;
}

PROGRAM(0xf506f6be)
