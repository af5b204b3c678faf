// SPDX-License-Identifier: Apache-2.0
//
// Leaves a chain of domains, each held by the one before only.
#include "test/attack/attack.h"

static void
act(void)
{
    uint64_t at = 0;
    CHECK(sk_space_create(ATTACK_FRAMES, at++, 1, ATTACK_EMPTY) == SK_OK);
    for (sk_handle_t i = 1; i < 7; i++, at += SK_DOMAIN_FRAMES)
        CHECK(sk_domain_create(ATTACK_FRAMES, at, SK_DOMAIN_FRAMES, ATTACK_EMPTY,
                               ATTACK_EMPTY + i) == SK_OK);
    for (sk_handle_t i = 6; i > 1; i--) {
        CHECK(sk_domain_grant(ATTACK_EMPTY + i - 1, 1, ATTACK_EMPTY + i,
                              SK_RIGHT_READ | SK_RIGHT_CONTROL, 0) == SK_OK);
        CHECK(sk_cap_delete(ATTACK_EMPTY + i) == SK_OK);
    }
    CHECK(sk_cap_delete(ATTACK_EMPTY + 1) == SK_OK);
    CHECK(sk_cap_delete(ATTACK_EMPTY) == SK_OK);
    CHECK(sk_map(ATTACK_SPACE, ATTACK_VA, ATTACK_FRAMES, 0, ATTACK_FRAME_COUNT,
                 SK_PROT_READ) == SK_OK);
}
ATTACK(orphan_domains, ATTACK_SURVIVES, 0);
