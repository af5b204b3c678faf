// SPDX-License-Identifier: Apache-2.0
//
// Uses registers that a domain switch does not save.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("vpxor %%ymm0, %%ymm0, %%ymm0" ::: "xmm0");
}
ATTACK(use_avx, ATTACK_FAULTS, REASON(ILLEGAL));
