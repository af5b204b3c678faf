// SPDX-License-Identifier: Apache-2.0
//
// Wait returns 0 not before its deadline, at once when that has passed.
#include "test/abi/harness.h"

PROMISE(wait_deadline)
{
    (void)boot;
    uint64_t now = (uint64_t)sk_clock_read(SK_SLOT_CLOCK, SK_CLOCK_MONOTONIC);
    EXPECT(sk_wait(0, 0) == 0);
    EXPECT(sk_wait(now, SK_EVENT_DOMAIN) == 0);
    for (unsigned i = 1; i <= 5; i++) {
        uint64_t deadline = now + i * 7000000;
        EXPECT(sk_wait(deadline, SK_EVENT_DOMAIN) == 0);
        EXPECT(sk_clock_read(SK_SLOT_CLOCK, SK_CLOCK_MONOTONIC) >= (int64_t)deadline);
    }
    EXPECT(sk_wait(0, 1u << 2) == SK_E_ARG);
}
