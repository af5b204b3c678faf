// SPDX-License-Identifier: Apache-2.0
//
// Makes a kernel object of a page that it can write.
#include "test/attack/attack.h"

static void
act(void)
{
    CHECK(sk_map(ATTACK_SPACE, ATTACK_VA, ATTACK_FRAMES, 3, 1,
                 SK_PROT_READ | SK_PROT_WRITE) == SK_OK);
    CHECK(sk_space_create(ATTACK_FRAMES, 3, 1, ATTACK_EMPTY) == SK_E_BUSY);
    CHECK(sk_space_create(ATTACK_FRAMES, 0, 8, ATTACK_EMPTY) == SK_E_BUSY);
    CHECK(sk_space_supply(ATTACK_SPACE, ATTACK_FRAMES, 2, 2) == SK_E_BUSY);
    CHECK(sk_domain_create(ATTACK_FRAMES, 2, 2, ATTACK_SPACE, ATTACK_EMPTY) == SK_E_BUSY);
    *(volatile uint8_t *)ATTACK_VA = 1;
}
ATTACK(retype_mapped, ATTACK_SURVIVES, 0);
