// SPDX-License-Identifier: Apache-2.0
//
// A domain without an activation stops at a fault, and its creator reads which.
#include "test/abi/harness.h"

static void
code(void)
{
    __asm__ volatile("movb $1, (%0)" ::"a"(0xdead000) : "memory");
}

PROMISE(domain_fault)
{
    struct sk_domain_state state;
    EXPECT(child_create(boot) == SK_OK);
    EXPECT(child_start(code) == SK_OK);
    EXPECT(sk_wait(SK_NEVER, SK_EVENT_DOMAIN) == SK_EVENT_DOMAIN);
    EXPECT(sk_domain_read(CHILD, &state) == SK_OK);
    EXPECT(state.run == SK_DOMAIN_FAULTED && state.fault.reason == SK_UPCALL_PAGE_FAULT);
    EXPECT(state.fault.address == 0xdead000 && state.fault.detail == SK_PROT_WRITE);
    EXPECT(state.fault.regs.rax == 0xdead000);
}
