// SPDX-License-Identifier: Apache-2.0
//
// Writes to its code.
#include "test/attack/attack.h"

static void
act(void)
{
    *(volatile uint8_t *)(uint64_t)act = 0xc3;
}
ATTACK(write_code_page, ATTACK_FAULTS, REASON(PAGE_FAULT));
