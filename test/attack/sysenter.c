// SPDX-License-Identifier: Apache-2.0
//
// Uses the other way into a kernel, which is closed.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("sysenter");
}
ATTACK(sysenter, ATTACK_FAULTS, REASON(PROTECTION) | REASON(ILLEGAL));
