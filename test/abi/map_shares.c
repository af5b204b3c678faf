// SPDX-License-Identifier: Apache-2.0
//
// Two mappings of one frame show the same bytes.
#include "test/abi/harness.h"

PROMISE(map_shares)
{
    uint64_t count;
    sk_handle_t run = largest_run(boot, &count);
    uint64_t va = boot->va_lo + (64u << 20);
    EXPECT(run != SK_SLOT_NONE && count >= 64);
    EXPECT(sk_space_supply(SK_SLOT_SPACE, run, count - 16, 16) == SK_OK);
    EXPECT(sk_map(SK_SLOT_SPACE, va, run, 0, 1, READ_WRITE) == SK_OK);
    EXPECT(sk_map(SK_SLOT_SPACE, va + SK_PAGE_SIZE, run, 0, 1, SK_PROT_READ) == SK_OK);
    *(volatile uint32_t *)(va + 100) = 4711;
    EXPECT(*(volatile uint32_t *)(va + SK_PAGE_SIZE + 100) == 4711);
}
