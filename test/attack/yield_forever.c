// SPDX-License-Identifier: Apache-2.0
//
// Does nothing but enter the kernel.
#include "test/attack/attack.h"

static void
act(void)
{
    for (;;)
        (void)sk_yield();
}
ATTACK(yield_forever, ATTACK_RUNS_ON, 0);
