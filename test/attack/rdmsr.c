// SPDX-License-Identifier: Apache-2.0
//
// Reads the address of the system call entry.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("rdmsr" ::"c"(0xc0000082u) : "rax", "rdx");
}
ATTACK(rdmsr, ATTACK_FAULTS, REASON(PROTECTION));
