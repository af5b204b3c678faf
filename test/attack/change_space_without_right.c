// SPDX-License-Identifier: Apache-2.0
//
// Changes a space that it was not given the right to change.
#include "test/attack/attack.h"

static void
act(void)
{
    sk_handle_t weak = ATTACK_EMPTY;
    CHECK(sk_cap_copy(ATTACK_SPACE, weak, 0, 0) == SK_OK);
    CHECK(sk_unmap(weak, ATTACK_STACK_LO, 1) == SK_E_RIGHTS);
    CHECK(sk_protect(weak, ATTACK_STACK_LO, 1, SK_PROT_READ) == SK_E_RIGHTS);
    CHECK(sk_map(weak, ATTACK_VA, ATTACK_FRAMES, 0, 1, SK_PROT_READ) == SK_E_RIGHTS);
    CHECK(sk_space_supply(weak, ATTACK_FRAMES, 0, 1) == SK_E_RIGHTS);
    CHECK(sk_domain_create(ATTACK_FRAMES, 0, 2, weak, ATTACK_EMPTY + 1) == SK_E_RIGHTS);
}
ATTACK(change_space_without_right, ATTACK_SURVIVES, 0);
