// SPDX-License-Identifier: Apache-2.0
//
// Maps a page to be written and run.
#include "test/attack/attack.h"

static void
act(void)
{
    uint64_t prot = SK_PROT_READ | SK_PROT_WRITE | SK_PROT_EXECUTE;
    CHECK(sk_map(ATTACK_SPACE, ATTACK_VA, ATTACK_FRAMES, 0, 1, prot) == SK_E_ARG);
    CHECK(sk_map(ATTACK_SPACE, ATTACK_VA, ATTACK_FRAMES, 0, 1, SK_PROT_READ) == SK_OK);
    CHECK(sk_protect(ATTACK_SPACE, ATTACK_VA, 1, prot) == SK_E_ARG);
    CHECK(sk_protect(ATTACK_SPACE, ATTACK_VA, 1, SK_PROT_WRITE | SK_PROT_EXECUTE) ==
          SK_E_ARG);
}
ATTACK(map_write_execute, ATTACK_SURVIVES, 0);
