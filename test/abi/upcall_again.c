// SPDX-License-Identifier: Apache-2.0
//
// After resume the next fault is an upcall again; binding again replaces.
#include "test/abi/harness.h"

static volatile unsigned first_count, second_count;

static void
first(struct sk_upcall *upcall)
{
    first_count++;
    upcall->regs.rip += 2;
    (void)sk_resume(&upcall->regs);
}

static void
second(struct sk_upcall *upcall)
{
    second_count++;
    upcall->regs.rip += 2;
    (void)sk_resume(&upcall->regs);
}

PROMISE(upcall_again)
{
    (void)boot;
    EXPECT(upcall_bind(first) == SK_OK);
    for (unsigned i = 0; i < 1000; i++)
        __asm__ volatile("ud2");
    EXPECT(first_count == 1000);
    EXPECT(upcall_bind(second) == SK_OK);
    __asm__ volatile("ud2");
    EXPECT(first_count == 1000 && second_count == 1);
}
