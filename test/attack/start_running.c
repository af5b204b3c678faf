// SPDX-License-Identifier: Apache-2.0
//
// Starts a domain that runs: itself.
#include "test/attack/attack.h"

static void
act(void)
{
    struct sk_regs regs = {.rip = (uint64_t)act};
    CHECK(sk_domain_start(ATTACK_SELF, &regs) == SK_E_STATE);
}
ATTACK(start_running, ATTACK_SURVIVES, 0);
