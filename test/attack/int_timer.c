// SPDX-License-Identifier: Apache-2.0
//
// Pretends that the timer fired.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("int $46");
}
ATTACK(int_timer, ATTACK_FAULTS, REASON(PROTECTION));
