// SPDX-License-Identifier: Apache-2.0
//
// A map that runs into a mapped page maps none.
#include "test/abi/harness.h"

PROMISE(map_all_or_nothing)
{
    uint64_t count;
    sk_handle_t run = largest_run(boot, &count);
    uint64_t va = boot->va_lo + (64u << 20);
    EXPECT(run != SK_SLOT_NONE && count >= 64);
    EXPECT(sk_space_supply(SK_SLOT_SPACE, run, count - 16, 16) == SK_OK);
    EXPECT(sk_map(SK_SLOT_SPACE, va + 2 * SK_PAGE_SIZE, run, 0, 1, READ_WRITE) == SK_OK);
    EXPECT(sk_map(SK_SLOT_SPACE, va, run, 1, 3, READ_WRITE) == SK_E_BUSY);
    EXPECT(sk_protect(SK_SLOT_SPACE, va, 1, SK_PROT_READ) == SK_E_ADDRESS);
    EXPECT(sk_map(SK_SLOT_SPACE, va, run, 1, 2, READ_WRITE) == SK_OK);
}
