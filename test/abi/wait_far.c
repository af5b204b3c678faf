// SPDX-License-Identifier: Apache-2.0
//
// A deadline in some centuries does not pass early.
#include "test/abi/harness.h"

PROMISE(wait_far)
{
    (void)boot;
    uint8_t byte;
    int64_t got = sk_console_read(SK_SLOT_CONSOLE, &byte, 1); // asks for the event
    EXPECT(got == 1 || got == SK_E_AGAIN);
    EXPECT(sk_wait(SK_NEVER - 1, SK_EVENT_CONSOLE) == SK_EVENT_CONSOLE);
    EXPECT(sk_wait(0, 0) == 0);
}
