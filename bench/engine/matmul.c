// SPDX-License-Identifier: Apache-2.0
//
// Floating point: product of two matrices of doubles.
#include "bench/engine/program.h"

#define SIDE 96

static double a[SIDE][SIDE], b[SIDE][SIDE], c[SIDE][SIDE];

static uint32_t
work(void)
{
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            a[i][j] = (double)(i * j % 7) + 0.25;
            b[i][j] = (double)((i + 2 * j) % 5) - 1.5;
        }
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            double sum = 0;
            for (int k = 0; k < SIDE; k++)
                sum += a[i][k] * b[k][j];
            c[i][j] = sum;
        }
    uint32_t sum = 0;
    for (int i = 0; i < SIDE; i++)
        sum = mix_float(sum, c[i][(i * 31) % SIDE]);
    return sum;
}

PROGRAM(0x66419a15)
