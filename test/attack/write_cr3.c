// SPDX-License-Identifier: Apache-2.0
//
// Loads a page table of its own.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("movq %0, %%cr3" ::"r"(0x400000ull));
}
ATTACK(write_cr3, ATTACK_FAULTS, REASON(PROTECTION));
