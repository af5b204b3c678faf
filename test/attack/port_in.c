// SPDX-License-Identifier: Apache-2.0
//
// Reads the keyboard controller.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("inb $0x64, %%al" ::: "rax");
}
ATTACK(port_in, ATTACK_FAULTS, REASON(PROTECTION));
