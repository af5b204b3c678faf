// SPDX-License-Identifier: Apache-2.0
//
// Powers the machine off.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("outb %%al, $0xf4" ::"a"(0));
}
ATTACK(port_out, ATTACK_FAULTS, REASON(PROTECTION));
