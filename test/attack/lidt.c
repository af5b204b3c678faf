// SPDX-License-Identifier: Apache-2.0
//
// Loads an interrupt table.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("lidt (%%rsp)" ::: "memory");
}
ATTACK(lidt, ATTACK_FAULTS, REASON(PROTECTION));
