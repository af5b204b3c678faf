// SPDX-License-Identifier: Apache-2.0
//
// Faults while it handles a fault.
#include "test/attack/attack.h"

static void
handler(void)
{
    __asm__ volatile("divl %0" ::"r"(0), "a"(1), "d"(0));
}

static void
act(void)
{
    struct sk_upcall area __attribute__((aligned(16)));
    struct sk_activation activation = {
        (uint64_t)handler, ATTACK_STACK_LO + 2 * SK_PAGE_SIZE, (uint64_t)&area, 0};
    CHECK(sk_activation_bind(0, &activation) == SK_OK);
    __asm__ volatile("ud2");
}
ATTACK(fault_in_handler, ATTACK_FAULTS, REASON(DIVIDE));
