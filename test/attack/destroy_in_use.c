// SPDX-License-Identifier: Apache-2.0
//
// Deletes the capabilities of what it runs on.
#include "test/attack/attack.h"

static void
act(void)
{
    CHECK(sk_cap_delete(ATTACK_SPACE) == SK_OK);
    CHECK(sk_cap_delete(ATTACK_FRAMES) == SK_OK);
    CHECK(sk_cap_delete(ATTACK_SELF) == SK_OK);
    CHECK(sk_unmap(ATTACK_SPACE, ATTACK_STACK_LO, 1) == SK_E_HANDLE);
    CHECK(sk_null() == SK_OK);
}
ATTACK(destroy_in_use, ATTACK_SURVIVES, 0);
