// SPDX-License-Identifier: Apache-2.0
//
// Runs code on its stack.
#include "test/attack/attack.h"

static void
act(void)
{
    volatile uint8_t code[16] = {0xc3};
    ((void (*)(void))(uint64_t)code)();
}
ATTACK(execute_stack, ATTACK_FAULTS, REASON(PAGE_FAULT));
