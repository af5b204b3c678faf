// SPDX-License-Identifier: Apache-2.0
//
// Asks where the descriptor table is (UMIP).
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("sgdt -16(%%rsp)" ::: "memory");
}
ATTACK(sgdt, ATTACK_FAULTS, REASON(PROTECTION));
