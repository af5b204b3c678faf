// SPDX-License-Identifier: Apache-2.0
//
// Maps for writing what it was given to read.
#include "test/attack/attack.h"

static void
act(void)
{
    CHECK(sk_map(ATTACK_SPACE, ATTACK_VA, ATTACK_READ_RUN, 0, 1, SK_PROT_WRITE) ==
          SK_E_RIGHTS);
    CHECK(sk_map(ATTACK_SPACE, ATTACK_VA, ATTACK_READ_RUN, 0, 1, SK_PROT_EXECUTE) ==
          SK_E_RIGHTS);
    CHECK(sk_map(ATTACK_SPACE, ATTACK_VA, ATTACK_READ_RUN, 0, 1, SK_PROT_READ) == SK_OK);
    CHECK(sk_protect(ATTACK_SPACE, ATTACK_VA, 1, SK_PROT_WRITE) == SK_E_RIGHTS);
    CHECK(sk_protect(ATTACK_SPACE, ATTACK_VA, 1, SK_PROT_READ | SK_PROT_EXECUTE) ==
          SK_E_RIGHTS);
    *(volatile uint8_t *)ATTACK_VA = 1;
}
ATTACK(map_without_right, ATTACK_FAULTS, REASON(PAGE_FAULT));
