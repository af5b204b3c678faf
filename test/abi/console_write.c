// SPDX-License-Identifier: Apache-2.0
//
// A console takes from nothing to SK_CONSOLE_MAX bytes and says how many.
#include "test/abi/harness.h"

static const char many[SK_CONSOLE_MAX];

PROMISE(console_write)
{
    (void)boot;
    static const char text[] = "some bytes\n";
    EXPECT(sk_console_write(SK_SLOT_CONSOLE, text, 0) == 0);
    EXPECT(sk_console_write(SK_SLOT_CONSOLE, text, sizeof text - 1) == sizeof text - 1);
    EXPECT(sk_console_write(SK_SLOT_CONSOLE, text, SK_CONSOLE_MAX + 1ull) == SK_E_RANGE);
    EXPECT(sk_console_write(SK_SLOT_CLOCK, text, 1) == SK_E_TYPE);
    EXPECT(sk_console_write(SK_SLOT_LOG, text, sizeof text - 1) == sizeof text - 1);
    for (size_t sent = 0; sent < sizeof many;) {
        int64_t done = sk_console_write(SK_SLOT_LOG, many + sent, sizeof many - sent);
        EXPECT(done >= 0 && (size_t)done <= sizeof many - sent);
        sent += (size_t)done;
    }
}
