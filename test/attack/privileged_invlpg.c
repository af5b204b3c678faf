// SPDX-License-Identifier: Apache-2.0
//
// Flushes a page.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("invlpg (%%rsp)" ::: "memory");
}
ATTACK(privileged_invlpg, ATTACK_FAULTS, REASON(PROTECTION));
