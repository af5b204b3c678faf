// SPDX-License-Identifier: Apache-2.0
//
// 64-bit integers: powers modulo a number of many limbs, as in public key cryptography.
#include "bench/engine/program.h"

#define LIMBS 16

static uint32_t modulus[LIMBS], base[LIMBS], result[LIMBS];

// out = a * b * 2^(-32 LIMBS) mod modulus, by Montgomery's method.
static void
multiply(uint32_t *out, const uint32_t *a, const uint32_t *b, uint32_t inverse)
{
    uint32_t t[LIMBS + 2] = {0};
    for (int i = 0; i < LIMBS; i++) {
        uint64_t carry = 0;
        for (int j = 0; j < LIMBS; j++) {
            carry += (uint64_t)a[j] * b[i] + t[j];
            t[j] = (uint32_t)carry;
            carry >>= 32;
        }
        carry += t[LIMBS];
        t[LIMBS] = (uint32_t)carry;
        t[LIMBS + 1] = (uint32_t)(carry >> 32);
        uint32_t m = t[0] * inverse;
        carry = ((uint64_t)m * modulus[0] + t[0]) >> 32;
        for (int j = 1; j < LIMBS; j++) {
            carry += (uint64_t)m * modulus[j] + t[j];
            t[j - 1] = (uint32_t)carry;
            carry >>= 32;
        }
        carry += t[LIMBS];
        t[LIMBS - 1] = (uint32_t)carry;
        t[LIMBS] = t[LIMBS + 1] + (uint32_t)(carry >> 32);
    }
    uint64_t borrow = 0;
    uint32_t less[LIMBS];
    for (int i = 0; i < LIMBS; i++) {
        borrow = (uint64_t)t[i] - modulus[i] - borrow;
        less[i] = (uint32_t)borrow;
        borrow = borrow >> 63;
    }
    bool is_less = t[LIMBS] < borrow;
    for (int i = 0; i < LIMBS; i++)
        out[i] = is_less ? t[i] : less[i];
}

static uint32_t
work(void)
{
    uint32_t seed = 2024, inverse = 1;
    for (int i = 0; i < LIMBS; i++) {
        modulus[i] = next_random(&seed);
        base[i] = result[i] = next_random(&seed) >> 1;
    }
    modulus[0] |= 1;
    modulus[LIMBS - 1] |= 0x80000000u;
    for (int i = 0; i < 5; i++)
        inverse *= 2 - modulus[0] * inverse;
    inverse = -inverse;
    for (int i = 0; i < 200; i++) {
        multiply(result, result, result, inverse);
        if (i % 3 == 0)
            multiply(result, result, base, inverse);
    }
    uint32_t sum = 0;
    for (int i = 0; i < LIMBS; i++)
        sum = mix(sum, result[i]);
    return sum;
}

PROGRAM(0x1cfecdb2)
