// SPDX-License-Identifier: Apache-2.0
//
// Reads a page that it has used and unmapped.
#include "test/attack/attack.h"

static void
act(void)
{
    CHECK(sk_map(ATTACK_SPACE, ATTACK_VA, ATTACK_FRAMES, 0, 1,
                 SK_PROT_READ | SK_PROT_WRITE) == SK_OK);
    *(volatile uint8_t *)ATTACK_VA = 1;
    CHECK(sk_unmap(ATTACK_SPACE, ATTACK_VA, 1) == SK_OK);
    (void)*(volatile uint8_t *)ATTACK_VA;
}
ATTACK(use_after_unmap, ATTACK_FAULTS, REASON(PAGE_FAULT));
