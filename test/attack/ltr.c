// SPDX-License-Identifier: Apache-2.0
//
// Loads a task register.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("ltr %%ax" ::"a"(0x28));
}
ATTACK(ltr, ATTACK_FAULTS, REASON(PROTECTION));
