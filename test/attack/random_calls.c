// SPDX-License-Identifier: Apache-2.0
//
// Makes thousands of calls with arguments that are mostly plausible, in a fixed random
// order for each seed. How the domain ends is its own affair.
#include "test/attack/attack.h"

#define CALLS 20000u

static uint64_t
next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

// Addresses, slots, counts, rights, and any number.
static uint64_t
argument(uint64_t *state)
{
    static const uint64_t edges[] = {
        0,
        1,
        ATTACK_VA,
        ATTACK_STACK_LO - SK_PAGE_SIZE,
        SK_VA_LIMIT - SK_PAGE_SIZE,
        SK_VA_LIMIT,
        KERNEL_IMAGE,
        KERNEL_DIRECT,
        NOT_CANONICAL,
        UINT64_MAX,
        1ull << 32,
        ATTACK_STACK_LO,
    };
    uint64_t kind = next(state) % 8;
    uint64_t value = next(state);
    switch (kind) {
    case 0:
        return edges[value % (sizeof edges / sizeof edges[0])];
    case 1:
        return value;
    case 2:
        return ATTACK_VA + value % 64 * SK_PAGE_SIZE;
    case 3:
        return value % 4;
    case 4:
        return ATTACK_EMPTY + value % 32;
    default:
        return value % 24;
    }
}

// Calls that would end the attack early, take from it what it was given, or spoil the
// supervisor's verdicts.
static bool
unwanted(uint64_t number, uint64_t a)
{
    switch (number) {
    case 1:  // exit
    case 4:  // resume
    case 21: // console_write
        return true;
    case 8:  // cap_delete
    case 18: // domain_stop
    case 20: // domain_destroy
        return (uint32_t)a < ATTACK_EMPTY;
    default:
        return false;
    }
}

static void
act_from(uint64_t state)
{
    enum { WAIT = 3, CALL_COUNT = 26 };
    for (unsigned i = 0; i < CALLS; i++) {
        uint64_t number = next(&state) % CALL_COUNT;
        uint64_t a = argument(&state), b = argument(&state), c = argument(&state);
        uint64_t d = argument(&state), e = argument(&state), f = argument(&state);
        if (number == WAIT)
            a = 0;
        if (!unwanted(number, a))
            (void)call_number(number, a, b, c, d, e, f);
    }
}

#define SEED(number)                                                                     \
    static void act_##number(void)                                                       \
    {                                                                                    \
        act_from(0x9e3779b97f4a7c15ull * (number + 1));                                  \
    }                                                                                    \
    ATTACK_AS(random_calls_##number, act_##number, ATTACK_ENDS_ANYHOW, 0)

SEED(0);
SEED(1);
SEED(2);
SEED(3);
SEED(4);
SEED(5);
SEED(6);
SEED(7);
SEED(8);
SEED(9);
