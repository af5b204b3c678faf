// SPDX-License-Identifier: Apache-2.0
//
// A badge is set once and goes with every copy.
#include "test/abi/harness.h"

PROMISE(cap_badge)
{
    (void)boot;
    struct sk_cap_info info;
    EXPECT(sk_cap_copy(SK_SLOT_CLOCK, SLOT_OWN, SK_RIGHT_READ, 77) == SK_OK);
    EXPECT(sk_cap_read(SLOT_OWN, &info) == SK_OK && info.badge == 77);
    EXPECT(sk_cap_copy(SLOT_OWN, SLOT_OWN + 1, SK_RIGHT_READ, 0) == SK_OK);
    EXPECT(sk_cap_read(SLOT_OWN + 1, &info) == SK_OK && info.badge == 77);
    EXPECT(sk_cap_copy(SLOT_OWN, SLOT_OWN + 2, SK_RIGHT_READ, 78) == SK_E_ARG);
}
