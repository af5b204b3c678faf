// SPDX-License-Identifier: Apache-2.0
//
// The monotonic clock never goes back, and moves.
#include "test/abi/harness.h"

PROMISE(clock_monotonic)
{
    (void)boot;
    int64_t last = sk_clock_read(SK_SLOT_CLOCK, SK_CLOCK_MONOTONIC);
    EXPECT(last >= 0);
    int64_t start = last;
    for (unsigned i = 0; i < 10000; i++) {
        int64_t now = sk_clock_read(SK_SLOT_CLOCK, SK_CLOCK_MONOTONIC);
        EXPECT(now >= last);
        last = now;
    }
    EXPECT(last > start);
}
