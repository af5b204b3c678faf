// SPDX-License-Identifier: Apache-2.0
//
// Takes the kernel's gs.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("swapgs");
}
ATTACK(privileged_swapgs, ATTACK_FAULTS, REASON(PROTECTION));
