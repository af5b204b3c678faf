// SPDX-License-Identifier: Apache-2.0
//
// Jumps where no address can be.
#include "test/attack/attack.h"

static void
act(void)
{
    ((void (*)(void))NOT_CANONICAL)();
}
ATTACK(jump_not_canonical, ATTACK_FAULTS, REASON(PROTECTION));
