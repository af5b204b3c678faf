// SPDX-License-Identifier: Apache-2.0
//
// Never gives the CPU back.
#include "test/attack/attack.h"

static void
act(void)
{
    for (;;)
        __asm__ volatile("");
}
ATTACK(infinite_loop, ATTACK_RUNS_ON, 0);
