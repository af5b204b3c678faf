// SPDX-License-Identifier: Apache-2.0
//
// An activation that cannot work is refused.
#include "test/abi/harness.h"

static struct sk_upcall area __attribute__((aligned(16)));
static uint8_t stack[SK_PAGE_SIZE] __attribute__((aligned(16)));

PROMISE(activation_refuses)
{
    struct sk_activation good = {
        .entry = (uint64_t)sk_main,
        .stack_top = (uint64_t)stack + sizeof stack,
        .upcall = (uint64_t)&area,
    };
    struct sk_activation bad = good;
    EXPECT(sk_activation_bind(0, &good) == SK_OK);
    EXPECT(sk_activation_bind(boot->cpu_count, &good) == SK_E_RANGE);
    bad.reserved = 1;
    EXPECT(sk_activation_bind(0, &bad) == SK_E_ARG);
    bad = good;
    bad.stack_top += 8;
    EXPECT(sk_activation_bind(0, &bad) == SK_E_ARG);
    bad = good;
    bad.upcall += 8;
    EXPECT(sk_activation_bind(0, &bad) == SK_E_ARG);
}
