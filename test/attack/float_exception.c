// SPDX-License-Identifier: Apache-2.0
//
// Lets a floating-point exception through.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile(
        "fninit; fldcw %0; fld1; fldz; fdivrp; fwait" ::"m"((const uint16_t){0x300}));
}
ATTACK(float_exception, ATTACK_FAULTS, REASON(FLOAT));
