// SPDX-License-Identifier: Apache-2.0
//
// Frames supplied for page tables are counted, and are nobody's to map.
#include "test/abi/harness.h"

PROMISE(space_supply)
{
    uint64_t count;
    sk_handle_t run = largest_run(boot, &count);
    uint64_t va = boot->va_lo + (64u << 20);
    EXPECT(run != SK_SLOT_NONE && count >= 64);
    struct sk_cap_info before, after;
    EXPECT(sk_cap_read(SK_SLOT_SPACE, &before) == SK_OK);
    EXPECT(sk_space_supply(SK_SLOT_SPACE, run, 0, 4) == SK_OK);
    EXPECT(sk_cap_read(SK_SLOT_SPACE, &after) == SK_OK &&
           after.count == before.count + 4);
    EXPECT(sk_map(SK_SLOT_SPACE, va, run, 0, 1, SK_PROT_READ) == SK_E_BUSY);
    EXPECT(sk_space_supply(SK_SLOT_SPACE, run, 3, 2) == SK_E_BUSY);
    EXPECT(sk_map(SK_SLOT_SPACE, va, run, 4, 1, SK_PROT_READ) == SK_OK);
    EXPECT(sk_space_supply(SK_SLOT_SPACE, run, 4, 1) == SK_E_BUSY);
    EXPECT(sk_space_supply(SK_SLOT_SPACE, run, 0, 0) == SK_E_RANGE);
}
