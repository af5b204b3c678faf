// SPDX-License-Identifier: Apache-2.0
//
// Sets a hardware breakpoint.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("movq %0, %%dr7" ::"r"(0x401ull));
}
ATTACK(write_dr7, ATTACK_FAULTS, REASON(PROTECTION));
