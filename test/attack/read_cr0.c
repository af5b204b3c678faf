// SPDX-License-Identifier: Apache-2.0
//
// Reads a control register.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("movq %%cr0, %%rax" ::: "rax");
}
ATTACK(read_cr0, ATTACK_FAULTS, REASON(PROTECTION));
