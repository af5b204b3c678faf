// SPDX-License-Identifier: Apache-2.0
//
// Two domains that never yield both get on, and a third one wakes in between.
#include "test/abi/harness.h"

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
