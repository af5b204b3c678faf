// SPDX-License-Identifier: Apache-2.0
//
// Has upcalls written to its code.
#include "test/attack/attack.h"

static void
handler(void)
{
    sk_exit(1);
}

static void
act(void)
{
    struct sk_activation activation = {(uint64_t)handler, ATTACK_STACK_HI,
                                       ((uint64_t)act + 15) & ~15ull, 0};
    CHECK(sk_activation_bind(0, &activation) == SK_OK);
    __asm__ volatile("ud2");
}
ATTACK(upcall_area_read_only, ATTACK_FAULTS, REASON(ILLEGAL));
