// SPDX-License-Identifier: Apache-2.0
//
// Running a page that is not code is a fault that says so.
#include "test/abi/harness.h"

static uint64_t handled_va;
static volatile unsigned faults;

static void
handler(struct sk_upcall *upcall)
{
    EXPECT(upcall->reason == SK_UPCALL_PAGE_FAULT && upcall->address == handled_va);
    EXPECT(upcall->detail == SK_PROT_EXECUTE && upcall->regs.rip == handled_va);
    EXPECT(sk_protect(SK_SLOT_SPACE, handled_va, 1, SK_PROT_READ | SK_PROT_EXECUTE) ==
           SK_OK);
    faults++;
    (void)sk_resume(&upcall->regs);
}

PROMISE(upcall_execute)
{
    uint64_t count;
    sk_handle_t run = largest_run(boot, &count);
    uint64_t va = boot->va_lo + (64u << 20);
    EXPECT(run != SK_SLOT_NONE && count >= 64);
    EXPECT(sk_space_supply(SK_SLOT_SPACE, run, count - 16, 16) == SK_OK);
    handled_va = va;
    EXPECT(upcall_bind(handler) == SK_OK);
    EXPECT(sk_map(SK_SLOT_SPACE, va, run, 0, 1, READ_WRITE) == SK_OK);
    *(volatile uint8_t *)va = 0xc3;
    ((void (*)(void))va)();
    EXPECT(faults == 1);
}
