// SPDX-License-Identifier: Apache-2.0
//
// Has upcalls written to the kernel, or run there.
#include "test/attack/attack.h"

static void
act(void)
{
    struct sk_activation activation = {(uint64_t)act, ATTACK_STACK_HI, KERNEL_DIRECT, 0};
    CHECK(sk_activation_bind(0, &activation) == SK_E_RANGE);
    activation =
        (struct sk_activation){KERNEL_IMAGE, ATTACK_STACK_HI, ATTACK_STACK_LO, 0};
    CHECK(sk_activation_bind(0, &activation) == SK_E_RANGE);
    activation = (struct sk_activation){(uint64_t)act, KERNEL_DIRECT, ATTACK_STACK_LO, 0};
    CHECK(sk_activation_bind(0, &activation) == SK_E_RANGE);
    activation = (struct sk_activation){(uint64_t)act, 0, ATTACK_STACK_LO, 0};
    CHECK(sk_activation_bind(0, &activation) == SK_E_RANGE);
    activation =
        (struct sk_activation){(uint64_t)act, ATTACK_STACK_HI, ATTACK_STACK_LO, 1};
    CHECK(sk_activation_bind(0, &activation) == SK_E_ARG);
    activation =
        (struct sk_activation){(uint64_t)act, ATTACK_STACK_HI, ATTACK_STACK_LO, 0};
    CHECK(sk_activation_bind(1, &activation) == SK_E_RANGE);
}
ATTACK(upcall_area_in_kernel, ATTACK_SURVIVES, 0);
