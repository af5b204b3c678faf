// SPDX-License-Identifier: Apache-2.0
//
// Memory: the sieve of Eratosthenes, on bytes and on bits.
#include "bench/engine/program.h"

#define LIMIT 100000

static uint8_t bytes[LIMIT];
static uint32_t bits[LIMIT / 32 + 1];

static uint32_t
sieve_bytes(void)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < LIMIT; i++)
        bytes[i] = 1;
    for (uint32_t i = 2; i < LIMIT; i++) {
        if (!bytes[i])
            continue;
        count++;
        for (uint32_t j = i + i; j < LIMIT; j += i)
            bytes[j] = 0;
    }
    return count;
}

static uint32_t
sieve_bits(void)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
        bits[i] = ~0u;
    for (uint32_t i = 2; i < LIMIT; i++) {
        if (!(bits[i / 32] >> i % 32 & 1))
            continue;
        sum += i;
        for (uint32_t j = i + i; j < LIMIT; j += i)
            bits[j / 32] &= ~(1u << j % 32);
    }
    return sum;
}

static uint32_t
work(void)
{
    return mix(sieve_bytes(), sieve_bits());
}

PROGRAM(0x30ec1969)
