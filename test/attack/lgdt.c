// SPDX-License-Identifier: Apache-2.0
//
// Loads a descriptor table.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("lgdt (%%rsp)" ::: "memory");
}
ATTACK(lgdt, ATTACK_FAULTS, REASON(PROTECTION));
