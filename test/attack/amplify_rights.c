// SPDX-License-Identifier: Apache-2.0
//
// Copies capabilities with more rights than they have.
#include "test/attack/attack.h"

static void
act(void)
{
    CHECK(sk_cap_copy(ATTACK_READ_RUN, ATTACK_EMPTY, SK_RIGHT_READ | SK_RIGHT_WRITE, 0) ==
          SK_E_RIGHTS);
    CHECK(sk_cap_copy(ATTACK_READ_RUN, ATTACK_EMPTY, SK_RIGHT_RETYPE, 0) == SK_E_RIGHTS);
    CHECK(sk_cap_copy(ATTACK_READ_RUN, ATTACK_EMPTY, 1u << 6, 0) == SK_E_ARG);
    CHECK(sk_cap_copy(ATTACK_READ_RUN, ATTACK_EMPTY, UINT64_MAX, 0) == SK_E_ARG);
    CHECK(sk_domain_grant(ATTACK_SELF, ATTACK_EMPTY, ATTACK_READ_RUN,
                          SK_RIGHT_READ | SK_RIGHT_EXECUTE, 0) == SK_E_RIGHTS);
    CHECK(sk_space_create(ATTACK_READ_RUN, 0, 1, ATTACK_EMPTY) == SK_E_RIGHTS);
    struct sk_cap_info info;
    CHECK(sk_cap_read(ATTACK_EMPTY, &info) == SK_E_HANDLE);
}
ATTACK(amplify_rights, ATTACK_SURVIVES, 0);
