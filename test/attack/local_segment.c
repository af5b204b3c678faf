// SPDX-License-Identifier: Apache-2.0
//
// Writes a segment descriptor to page 0, where the table of local segments lies after a
// reset, and loads it: the next one would be a gate into the kernel.
#include "test/attack/attack.h"

#define SELECTOR_LOCAL  0x07 // first of the local table, for a domain
#define DESCRIPTOR_DATA 0x00cff3000000ffffull

static void
act(void)
{
    CHECK(sk_map(ATTACK_SPACE, 0, ATTACK_FRAMES, 0, 1, SK_PROT_READ | SK_PROT_WRITE) ==
          SK_OK);
    volatile uint64_t *table = 0;
    *table = DESCRIPTOR_DATA;
    __asm__ volatile("movl %0, %%ds" ::"r"(SELECTOR_LOCAL) : "memory");
    CHECK(false);
}
ATTACK(local_segment, ATTACK_FAULTS, REASON(PROTECTION));
