// SPDX-License-Identifier: Apache-2.0
//
// A domain without an activation stops at a fault, and its creator reads which.
#include "test/abi/harness.h"

#define CHILD SLOT_OWN

static uint8_t child_stack[4 * SK_PAGE_SIZE] __attribute__((aligned(16)));

// Makes a domain that shares this one's space.
static int64_t
child_create(const struct sk_boot_info *boot)
{
    uint64_t count;
    sk_handle_t run = largest_run(boot, &count);
    return sk_domain_create(run, count - SK_DOMAIN_FRAMES, SK_DOMAIN_FRAMES,
                            SK_SLOT_SPACE, CHILD);
}

static int64_t
child_start(void (*code)(void))
{
    struct sk_regs regs = {
        .rip = (uint64_t)code,
        .rsp = (uint64_t)child_stack + sizeof child_stack - 8,
    };
    return sk_domain_start(CHILD, &regs);
}

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
