// SPDX-License-Identifier: Apache-2.0
//
// The segments that a domain loads are not seen by another.
#include "test/abi/harness.h"

#define CHILD SLOT_OWN

static uint8_t child_stack[2 * SK_PAGE_SIZE] __attribute__((aligned(16)));
static volatile bool loaded;

static uint32_t
segments(void)
{
    uint32_t ds, es, fs, gs;
    __asm__ volatile("movl %%ds, %0; movl %%es, %1; movl %%fs, %2; movl %%gs, %3"
                     : "=r"(ds), "=r"(es), "=r"(fs), "=r"(gs));
    return ds | es << 8 | fs << 16 | gs << 24;
}

static void
load_stack_segment(void)
{
    __asm__ volatile("movl %%ss, %%eax; movl %%eax, %%ds; movl %%eax, %%es;"
                     "movl %%eax, %%fs; movl %%eax, %%gs" ::
                         : "rax");
    loaded = segments() != 0;
    for (;;)
        (void)sk_yield();
}

PROMISE(domain_segments)
{
    uint64_t count;
    sk_handle_t run = largest_run(boot, &count);
    EXPECT(sk_domain_create(run, count - SK_DOMAIN_FRAMES, SK_DOMAIN_FRAMES,
                            SK_SLOT_SPACE, CHILD) == SK_OK);
    const struct sk_regs regs = {
        .rip = (uint64_t)load_stack_segment,
        .rsp = (uint64_t)child_stack + sizeof child_stack - 8,
    };
    EXPECT(sk_domain_start(CHILD, &regs) == SK_OK);
    while (!loaded)
        EXPECT(sk_yield() == SK_OK);
    EXPECT(segments() == 0);
}
