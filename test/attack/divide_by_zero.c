// SPDX-License-Identifier: Apache-2.0
//
// Divides by zero.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("divl %0" ::"r"(0), "a"(1), "d"(0));
}
ATTACK(divide_by_zero, ATTACK_FAULTS, REASON(DIVIDE));
