// SPDX-License-Identifier: Apache-2.0
//
// Uses the instruction that leaves the kernel.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("sysretq" ::: "rcx", "r11");
}
ATTACK(sysret, ATTACK_FAULTS, REASON(PROTECTION));
