// SPDX-License-Identifier: Apache-2.0
//
// A deterministic generator (SplitMix64): the same seed and case number give the same
// case on every machine.
#pragma once

#include <stdint.h>

struct random {
    uint64_t state;
};

static inline struct random
random_make(uint64_t seed, uint64_t case_number)
{
    return (struct random){seed * 0x9e3779b97f4a7c15 ^ case_number << 20};
}

static inline uint64_t
random_next(struct random *random)
{
    uint64_t z = random->state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

// A number below `bound`, which is not 0.
static inline uint64_t
random_below(struct random *random, uint64_t bound)
{
    return random_next(random) % bound;
}
