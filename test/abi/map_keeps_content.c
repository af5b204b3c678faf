// SPDX-License-Identifier: Apache-2.0
//
// What was written to a frame is there when it is mapped again elsewhere.
#include "test/abi/harness.h"

PROMISE(map_keeps_content)
{
    uint64_t count;
    sk_handle_t run = largest_run(boot, &count);
    uint64_t va = boot->va_lo + (64u << 20);
    EXPECT(run != SK_SLOT_NONE && count >= 64);
    EXPECT(sk_space_supply(SK_SLOT_SPACE, run, count - 16, 16) == SK_OK);
    EXPECT(sk_map(SK_SLOT_SPACE, va, run, 5, 1, READ_WRITE) == SK_OK);
    *(volatile uint64_t *)va = 0x1122334455667788;
    EXPECT(sk_unmap(SK_SLOT_SPACE, va, 1) == SK_OK);
    EXPECT(sk_map(SK_SLOT_SPACE, va + SK_PAGE_SIZE, run, 5, 1, SK_PROT_READ) == SK_OK);
    EXPECT(*(volatile uint64_t *)(va + SK_PAGE_SIZE) == 0x1122334455667788);
}
