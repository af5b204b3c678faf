// SPDX-License-Identifier: Apache-2.0
//
// Takes itself apart while it runs.
#include "test/attack/attack.h"

static void
act(void)
{
    (void)sk_domain_destroy(ATTACK_SELF);
}
ATTACK(destroy_self, ATTACK_VANISHES, 0);
