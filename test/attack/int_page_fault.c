// SPDX-License-Identifier: Apache-2.0
//
// Pretends to a page fault without an error code.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("int $14");
}
ATTACK(int_page_fault, ATTACK_FAULTS, REASON(PROTECTION));
