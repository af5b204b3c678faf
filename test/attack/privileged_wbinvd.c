// SPDX-License-Identifier: Apache-2.0
//
// Flushes the caches.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("wbinvd");
}
ATTACK(privileged_wbinvd, ATTACK_FAULTS, REASON(PROTECTION));
