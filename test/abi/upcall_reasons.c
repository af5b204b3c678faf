// SPDX-License-Identifier: Apache-2.0
//
// Each kind of fault has its reason, and the address of the instruction.
#include "test/abi/harness.h"

static volatile uint32_t reason;
static volatile uint64_t skip = 2;

static void
handler(struct sk_upcall *upcall)
{
    reason = upcall->reason;
    upcall->regs.rip += skip;
    (void)sk_resume(&upcall->regs);
}

PROMISE(upcall_reasons)
{
    (void)boot;
    EXPECT(upcall_bind(handler) == SK_OK);
    __asm__ volatile("ud2");
    EXPECT(reason == SK_UPCALL_ILLEGAL);
    skip = 2;
    __asm__ volatile("divl %0" ::"c"(0), "a"(1), "d"(0));
    EXPECT(reason == SK_UPCALL_DIVIDE);
    skip = 0;
    __asm__ volatile("int3");
    EXPECT(reason == SK_UPCALL_BREAKPOINT);
    skip = 1;
    __asm__ volatile("hlt");
    EXPECT(reason == SK_UPCALL_PROTECTION);
}
