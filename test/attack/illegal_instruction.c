// SPDX-License-Identifier: Apache-2.0
//
// Runs ud2.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("ud2");
}
ATTACK(illegal_instruction, ATTACK_FAULTS, REASON(ILLEGAL));
