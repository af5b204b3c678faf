// SPDX-License-Identifier: Apache-2.0
//
// Input arrives in order and complete, and has an end. (The runner sends "hello", the
// bytes from 0 to 255, and the end.)
#include "test/abi/harness.h"

PROMISE(console_read)
{
    (void)boot;
    char bytes[64];
    size_t len = 0;
    for (;;) {
        int64_t got = sk_console_read(SK_SLOT_CONSOLE, bytes, sizeof bytes);
        if (got == SK_E_AGAIN) {
            EXPECT(sk_wait(SK_NEVER, SK_EVENT_CONSOLE) == SK_EVENT_CONSOLE);
            continue;
        }
        if (got == SK_E_END)
            break;
        EXPECT(got > 0 && got <= (int64_t)sizeof bytes);
        for (int64_t i = 0; i < got; i++, len++)
            EXPECT(len < 261 && bytes[i] == (len < 5 ? "hello"[len] : (char)(len - 5)));
    }
    EXPECT(len == 261);
    EXPECT(sk_console_read(SK_SLOT_CONSOLE, bytes, 1) == SK_E_END);
    EXPECT(sk_console_read(SK_SLOT_CONSOLE, bytes, 0) == SK_E_RANGE);
    EXPECT(sk_console_read(SK_SLOT_CONSOLE, bytes, SK_CONSOLE_MAX + 1ull) == SK_E_RANGE);
    EXPECT(sk_console_read(SK_SLOT_LOG, bytes, 1) == SK_E_RIGHTS);
}
