// SPDX-License-Identifier: Apache-2.0
//
// Turns interrupts off.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("cli");
}
ATTACK(privileged_cli, ATTACK_FAULTS, REASON(PROTECTION));
