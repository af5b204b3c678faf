// SPDX-License-Identifier: Apache-2.0
//
// Uses a software interrupt that other systems have.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("int $0x80");
}
ATTACK(int_0x80, ATTACK_FAULTS, REASON(PROTECTION));
