// SPDX-License-Identifier: Apache-2.0
//
// Waits for events that do not exist.
#include "test/attack/attack.h"

static void
act(void)
{
    CHECK(sk_wait(0, 1ull << 2) == SK_E_ARG);
    CHECK(sk_wait(0, 1ull << 32) == SK_E_ARG);
    CHECK(sk_wait(0, UINT64_MAX) == SK_E_ARG);
}
ATTACK(wait_for_unknown_events, ATTACK_SURVIVES, 0);
