// SPDX-License-Identifier: Apache-2.0
//
// A deleted slot is empty; the object lives on in its other slots.
#include "test/abi/harness.h"

PROMISE(cap_delete)
{
    (void)boot;
    EXPECT(sk_cap_copy(SK_SLOT_CLOCK, SLOT_OWN, SK_RIGHT_READ, 0) == SK_OK);
    EXPECT(sk_cap_delete(SLOT_OWN) == SK_OK);
    EXPECT(sk_clock_read(SLOT_OWN, SK_CLOCK_MONOTONIC) == SK_E_HANDLE);
    EXPECT(sk_cap_delete(SLOT_OWN) == SK_E_HANDLE);
    EXPECT(sk_clock_read(SK_SLOT_CLOCK, SK_CLOCK_MONOTONIC) >= 0);
    EXPECT(sk_cap_copy(SK_SLOT_CLOCK, SLOT_OWN, SK_RIGHT_READ, 0) == SK_OK);
}
