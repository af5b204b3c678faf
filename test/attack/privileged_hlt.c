// SPDX-License-Identifier: Apache-2.0
//
// Halts the CPU.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("hlt");
}
ATTACK(privileged_hlt, ATTACK_FAULTS, REASON(PROTECTION));
