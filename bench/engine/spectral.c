// SPDX-License-Identifier: Apache-2.0
//
// Floating point with conversions and divisions: the norm of an endless matrix, of which
// a corner is used.
#include "bench/engine/program.h"

#define SIDE 150

static double u[SIDE], v[SIDE], scratch[SIDE];

static double
element(uint32_t i, uint32_t j)
{
    return 1.0 / (double)((i + j) * (i + j + 1) / 2 + i + 1);
}

static void
multiply(const double *in, double *out)
{
    for (uint32_t i = 0; i < SIDE; i++) {
        double sum = 0;
        for (uint32_t j = 0; j < SIDE; j++)
            sum += element(i, j) * in[j];
        out[i] = sum;
    }
}

static void
multiply_transposed(const double *in, double *out)
{
    for (uint32_t i = 0; i < SIDE; i++) {
        double sum = 0;
        for (uint32_t j = 0; j < SIDE; j++)
            sum += element(j, i) * in[j];
        out[i] = sum;
    }
}

static uint32_t
work(void)
{
    for (int i = 0; i < SIDE; i++)
        u[i] = 1;
    for (int i = 0; i < 4; i++) {
        multiply(u, scratch);
        multiply_transposed(scratch, v);
        multiply(v, scratch);
        multiply_transposed(scratch, u);
    }
    double uv = 0, vv = 0;
    for (int i = 0; i < SIDE; i++) {
        uv += u[i] * v[i];
        vv += v[i] * v[i];
    }
    return mix_float(0, __builtin_sqrt(uv / vv));
}

PROGRAM(0x80b16a6e)
