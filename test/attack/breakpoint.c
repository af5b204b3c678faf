// SPDX-License-Identifier: Apache-2.0
//
// Runs int3 without a debugger.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("int3");
}
ATTACK(breakpoint, ATTACK_FAULTS, REASON(BREAKPOINT));
