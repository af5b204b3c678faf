// SPDX-License-Identifier: Apache-2.0
//
// Changes a badge that has been set.
#include "test/attack/attack.h"

static void
act(void)
{
    CHECK(sk_cap_copy(ATTACK_FRAMES, ATTACK_EMPTY, SK_RIGHT_READ, 7) == SK_OK);
    CHECK(sk_cap_copy(ATTACK_EMPTY, ATTACK_EMPTY + 1, SK_RIGHT_READ, 8) == SK_E_ARG);
    CHECK(sk_cap_copy(ATTACK_EMPTY, ATTACK_EMPTY + 1, SK_RIGHT_READ, 0) == SK_OK);
    struct sk_cap_info info;
    CHECK(sk_cap_read(ATTACK_EMPTY + 1, &info) == SK_OK && info.badge == 7);
}
ATTACK(forge_badge, ATTACK_SURVIVES, 0);
