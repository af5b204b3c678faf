// SPDX-License-Identifier: Apache-2.0
//
// Reads where no address can be.
#include "test/attack/attack.h"

static void
act(void)
{
    (void)*(volatile uint64_t *)NOT_CANONICAL;
}
ATTACK(read_not_canonical, ATTACK_FAULTS, REASON(PROTECTION));
