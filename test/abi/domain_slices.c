// SPDX-License-Identifier: Apache-2.0
//
// Two domains that never yield both get on, and a third one wakes in between.
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

static volatile uint64_t ticks;

static void
code(void)
{
    for (;;)
        ticks++;
}

PROMISE(domain_slices)
{
    EXPECT(child_create(boot) == SK_OK);
    EXPECT(child_start(code) == SK_OK);
    uint64_t start = (uint64_t)sk_clock_read(SK_SLOT_CLOCK, SK_CLOCK_MONOTONIC);
    uint64_t last = ticks, turns = 0;
    while (turns < 5) {
        turns += ticks != last;
        last = ticks;
        EXPECT((uint64_t)sk_clock_read(SK_SLOT_CLOCK, SK_CLOCK_MONOTONIC) - start <
               5000000000);
    }
    EXPECT(sk_wait(start + 200000000, 0) == 0);
    EXPECT(ticks > last);
}
