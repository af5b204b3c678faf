// SPDX-License-Identifier: Apache-2.0
//
// Maps the frames of a page table and of a domain.
#include "test/attack/attack.h"

static void
act(void)
{
    CHECK(sk_space_create(ATTACK_FRAMES, 0, 2, ATTACK_EMPTY) == SK_OK);
    CHECK(sk_domain_create(ATTACK_FRAMES, 2, 2, ATTACK_EMPTY, ATTACK_EMPTY + 1) == SK_OK);
    CHECK(sk_space_supply(ATTACK_SPACE, ATTACK_FRAMES, 4, 1) == SK_OK);
    for (uint64_t i = 0; i < 5; i++) {
        CHECK(sk_map(ATTACK_SPACE, ATTACK_VA, ATTACK_FRAMES, i, 1, SK_PROT_READ) ==
              SK_E_BUSY);
        CHECK(sk_space_supply(ATTACK_SPACE, ATTACK_FRAMES, i, 1) == SK_E_BUSY);
    }
    CHECK(sk_map(ATTACK_SPACE, ATTACK_VA, ATTACK_FRAMES, 4, 2, SK_PROT_READ) ==
          SK_E_BUSY);
}
ATTACK(map_kernel_object, ATTACK_SURVIVES, 0);
