// SPDX-License-Identifier: Apache-2.0
//
// A page fault arrives as an upcall that tells address and access; after the handler has
// mapped the page, the access happens as if nothing had been.
#include "test/abi/harness.h"

static sk_handle_t handled_run;
static uint64_t handled_va;
static volatile uint32_t wanted_detail = SK_PROT_WRITE;
static volatile unsigned faults;

static void
handler(struct sk_upcall *upcall)
{
    EXPECT(upcall->reason == SK_UPCALL_PAGE_FAULT);
    EXPECT(upcall->address == handled_va + 8 && upcall->detail == wanted_detail);
    EXPECT(sk_map(SK_SLOT_SPACE, handled_va, handled_run, 0, 1, READ_WRITE) == SK_OK);
    faults++;
    (void)sk_resume(&upcall->regs);
    EXPECT(false);
}

PROMISE(upcall_page_fault)
{
    uint64_t count;
    sk_handle_t run = largest_run(boot, &count);
    uint64_t va = boot->va_lo + (64u << 20);
    EXPECT(run != SK_SLOT_NONE && count >= 64);
    EXPECT(sk_space_supply(SK_SLOT_SPACE, run, count - 16, 16) == SK_OK);
    handled_run = run;
    handled_va = va;
    EXPECT(upcall_bind(handler) == SK_OK);
    *(volatile uint32_t *)(va + 8) = 99;
    EXPECT(faults == 1 && *(volatile uint32_t *)(va + 8) == 99);
    EXPECT(sk_unmap(SK_SLOT_SPACE, va, 1) == SK_OK);
    wanted_detail = 0;
    EXPECT(*(volatile uint32_t *)(va + 8) == 99);
    EXPECT(faults == 2);
}
