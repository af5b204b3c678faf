// SPDX-License-Identifier: Apache-2.0
//
// Turns interrupts on.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("sti");
}
ATTACK(privileged_sti, ATTACK_FAULTS, REASON(PROTECTION));
