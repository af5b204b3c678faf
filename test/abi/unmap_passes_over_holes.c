// SPDX-License-Identifier: Apache-2.0
//
// Unmap passes over pages that are not mapped, and what was there is gone.
#include "test/abi/harness.h"

PROMISE(unmap_passes_over_holes)
{
    uint64_t count;
    sk_handle_t run = largest_run(boot, &count);
    uint64_t va = boot->va_lo + (64u << 20);
    EXPECT(run != SK_SLOT_NONE && count >= 64);
    EXPECT(sk_space_supply(SK_SLOT_SPACE, run, count - 16, 16) == SK_OK);
    EXPECT(sk_map(SK_SLOT_SPACE, va, run, 0, 1, READ_WRITE) == SK_OK);
    EXPECT(sk_map(SK_SLOT_SPACE, va + 3 * SK_PAGE_SIZE, run, 1, 1, READ_WRITE) == SK_OK);
    EXPECT(sk_unmap(SK_SLOT_SPACE, va - SK_PAGE_SIZE, 8) == SK_OK);
    EXPECT(sk_protect(SK_SLOT_SPACE, va, 1, SK_PROT_READ) == SK_E_ADDRESS);
    EXPECT(sk_map(SK_SLOT_SPACE, va, run, 2, 4, READ_WRITE) == SK_OK);
    EXPECT(sk_unmap(SK_SLOT_SPACE, va + 1, 1) == SK_E_RANGE);
    EXPECT(sk_unmap(SK_SLOT_SPACE, va, 0) == SK_E_RANGE);
}
