// SPDX-License-Identifier: Apache-2.0
//
// Random bytes come in every length, and never the same again.
#include "test/abi/harness.h"

PROMISE(entropy)
{
    (void)boot;
    static uint8_t a[256], b[256];
    EXPECT(sk_entropy_read(SK_SLOT_ENTROPY, a, 0) == SK_OK);
    EXPECT(a[0] == 0);
    EXPECT(sk_entropy_read(SK_SLOT_ENTROPY, a, 65) == SK_OK);
    EXPECT(a[65] == 0);
    EXPECT(sk_entropy_read(SK_SLOT_ENTROPY, a, sizeof a) == SK_OK);
    EXPECT(sk_entropy_read(SK_SLOT_ENTROPY, b, sizeof b) == SK_OK);
    unsigned same = 0, ones = 0;
    for (unsigned i = 0; i < sizeof a; i++) {
        same += a[i] == b[i];
        ones += a[i] & 1;
    }
    EXPECT(same < 16);
    EXPECT(ones > 64 && ones < 192);
    EXPECT(sk_entropy_read(SK_SLOT_ENTROPY, a, SK_ENTROPY_MAX + 1ull) == SK_E_RANGE);
    EXPECT(sk_entropy_read(SK_SLOT_CLOCK, a, 1) == SK_E_TYPE);
}
