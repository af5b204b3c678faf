// SPDX-License-Identifier: Apache-2.0
//
// Recurses without end.
#include "test/attack/attack.h"

static uint64_t
recurse(uint64_t depth)
{
    volatile uint64_t page[64];
    page[0] = depth;
    __asm__ volatile("" ::: "memory");
    return depth == UINT64_MAX ? 0 : recurse(depth + 1) + page[0];
}

static void
act(void)
{
    recurse(0);
}
ATTACK(stack_overflow, ATTACK_FAULTS, REASON(PAGE_FAULT));
