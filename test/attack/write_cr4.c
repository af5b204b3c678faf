// SPDX-License-Identifier: Apache-2.0
//
// Turns SMEP and SMAP off.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("movq %0, %%cr4" ::"r"(0x620ull));
}
ATTACK(write_cr4, ATTACK_FAULTS, REASON(PROTECTION));
