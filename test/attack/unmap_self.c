// SPDX-License-Identifier: Apache-2.0
//
// Unmaps its own code.
#include "test/attack/attack.h"

static void
act(void)
{
    (void)sk_unmap(ATTACK_SPACE, (uint64_t)act & ~(uint64_t)(SK_PAGE_SIZE - 1), 1);
    (void)sk_unmap(ATTACK_SPACE, SK_VA_IMAGE, 1u << 12);
}
ATTACK(unmap_self, ATTACK_FAULTS, REASON(PAGE_FAULT));
