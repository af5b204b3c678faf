// SPDX-License-Identifier: Apache-2.0
//
// The real-time clock knows the century and keeps step with the other.
#include "test/abi/harness.h"

PROMISE(clock_realtime)
{
    (void)boot;
    int64_t real = sk_clock_read(SK_SLOT_CLOCK, SK_CLOCK_REALTIME);
    int64_t monotonic = sk_clock_read(SK_SLOT_CLOCK, SK_CLOCK_MONOTONIC);
    EXPECT(real > 1577836800ll * 1000000000 && real < 4102444800ll * 1000000000);
    EXPECT(sk_wait((uint64_t)monotonic + 30000000, 0) == 0);
    int64_t real_passed = sk_clock_read(SK_SLOT_CLOCK, SK_CLOCK_REALTIME) - real;
    EXPECT(real_passed >= 29000000 && real_passed < 10000000000ll);
    EXPECT(sk_clock_read(SK_SLOT_CLOCK, 2) == SK_E_ARG);
    EXPECT(sk_clock_read(SK_SLOT_CONSOLE, SK_CLOCK_MONOTONIC) == SK_E_TYPE);
}
