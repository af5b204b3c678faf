// SPDX-License-Identifier: Apache-2.0
//
// A copy has the rights that were asked for, and never more than its source.
#include "test/abi/harness.h"

PROMISE(cap_copy)
{
    (void)boot;
    struct sk_cap_info info;
    EXPECT(sk_cap_copy(SK_SLOT_CONSOLE, SLOT_OWN, SK_RIGHT_WRITE, 0) == SK_OK);
    EXPECT(sk_cap_read(SLOT_OWN, &info) == SK_OK);
    EXPECT(info.type == SK_CAP_CONSOLE && info.rights == SK_RIGHT_WRITE);
    EXPECT(sk_cap_copy(SLOT_OWN, SLOT_OWN + 1, SK_RIGHT_READ, 0) == SK_E_RIGHTS);
    EXPECT(sk_cap_copy(SLOT_OWN, SLOT_OWN + 1, 1u << 6, 0) == SK_E_ARG);
    EXPECT(sk_cap_copy(SK_SLOT_CLOCK, SLOT_OWN, SK_RIGHT_READ, 0) == SK_E_BUSY);
    EXPECT(sk_cap_copy(SK_SLOT_CLOCK, SK_SLOT_COUNT, SK_RIGHT_READ, 0) == SK_E_HANDLE);
    uint8_t byte;
    EXPECT(sk_console_read(SLOT_OWN, &byte, 1) == SK_E_RIGHTS);
    EXPECT(sk_console_write(SLOT_OWN, &byte, 0) == 0);
}
