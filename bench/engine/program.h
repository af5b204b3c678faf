// SPDX-License-Identifier: Apache-2.0
//
// What every program of the engine's benchmark has: it is freestanding C, compiled to
// WebAssembly and, for reference, to machine code, and checks itself. `run(n)` does the
// same work n times and returns its checksum, `expected()` tells what that must be.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __wasm__
#define EXPORT(name) __attribute__((export_name(name)))
#else
#define EXPORT(name) __attribute__((visibility("default")))
#endif

uint32_t run(uint32_t n);
uint32_t expected(void);

// `work`, a function of the program, does the work once.
#define PROGRAM(checksum)                                                                \
    EXPORT("run") uint32_t run(uint32_t n)                                               \
    {                                                                                    \
        uint32_t sum = 0;                                                                \
        for (uint32_t i = 0; i < n; i++)                                                 \
            sum = work();                                                                \
        return sum;                                                                      \
    }                                                                                    \
    EXPORT("expected") uint32_t expected(void)                                           \
    {                                                                                    \
        return checksum;                                                                 \
    }

// A small generator of numbers; the state must not be 0.
static inline uint32_t
next_random(uint32_t *state)
{
    uint32_t x = *state;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    *state = x;
    return x;
}

// Adds a word to a checksum.
static inline uint32_t
mix(uint32_t sum, uint32_t word)
{
    sum = (sum ^ word) * 0x9e3779b1u;
    return sum ^ sum >> 15;
}

// Adds a float's value to a checksum, to some eight digits.
static inline uint32_t
mix_float(uint32_t sum, double value)
{
    return mix(sum, (uint32_t)(int64_t)(value * 1e6));
}
