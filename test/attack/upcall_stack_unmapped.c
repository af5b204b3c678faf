// SPDX-License-Identifier: Apache-2.0
//
// Takes upcalls on a stack that is not there.
#include "test/attack/attack.h"

static void
handler(struct sk_upcall *upcall)
{
    volatile uint64_t reason = upcall->reason;
    sk_exit(reason);
}

static void
act(void)
{
    struct sk_upcall area __attribute__((aligned(16)));
    struct sk_activation activation = {(uint64_t)handler, ATTACK_VA, (uint64_t)&area, 0};
    CHECK(sk_activation_bind(0, &activation) == SK_OK);
    __asm__ volatile("ud2");
}
ATTACK(upcall_stack_unmapped, ATTACK_FAULTS, REASON(PAGE_FAULT));
