// SPDX-License-Identifier: Apache-2.0
//
// Maps over its own stack.
#include "test/attack/attack.h"

static void
act(void)
{
    CHECK(sk_map(ATTACK_SPACE, ATTACK_STACK_LO, ATTACK_FRAMES, 0, 1, SK_PROT_READ) ==
          SK_E_BUSY);
    CHECK(sk_map(ATTACK_SPACE, ATTACK_STACK_LO - SK_PAGE_SIZE, ATTACK_FRAMES, 0, 2,
                 SK_PROT_READ) == SK_E_BUSY);
    (void)*(volatile uint8_t *)(ATTACK_STACK_LO - 1);
}
ATTACK(map_over_mapped, ATTACK_FAULTS, REASON(PAGE_FAULT));
