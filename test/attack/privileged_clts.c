// SPDX-License-Identifier: Apache-2.0
//
// Takes the vector registers.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("clts");
}
ATTACK(privileged_clts, ATTACK_FAULTS, REASON(PROTECTION));
