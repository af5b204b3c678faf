// SPDX-License-Identifier: Apache-2.0
//
// Puts capabilities where others are.
#include "test/attack/attack.h"

static void
act(void)
{
    CHECK(sk_cap_copy(ATTACK_FRAMES, ATTACK_SELF, 0, 0) == SK_E_BUSY);
    CHECK(sk_cap_copy(ATTACK_FRAMES, 0, 0, 0) == SK_E_HANDLE);
    CHECK(sk_frame_split(ATTACK_FRAMES, 0, 1, ATTACK_SPACE) == SK_E_BUSY);
    CHECK(sk_space_create(ATTACK_FRAMES, 0, 1, ATTACK_SPACE) == SK_E_BUSY);
    CHECK(sk_domain_create(ATTACK_FRAMES, 0, 2, ATTACK_SPACE, ATTACK_SELF) == SK_E_BUSY);
    CHECK(sk_domain_grant(ATTACK_SELF, ATTACK_FRAMES, ATTACK_FRAMES, 0, 0) == SK_E_BUSY);
}
ATTACK(overwrite_slot, ATTACK_SURVIVES, 0);
