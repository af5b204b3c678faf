// SPDX-License-Identifier: Apache-2.0
//
// Sets the address of the system call entry.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("wrmsr" ::"c"(0xc0000082u), "a"(0), "d"(0));
}
ATTACK(wrmsr, ATTACK_FAULTS, REASON(PROTECTION));
