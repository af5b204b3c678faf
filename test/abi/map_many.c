// SPDX-License-Identifier: Apache-2.0
//
// One call maps, protects and unmaps pages by the thousand.
#include "test/abi/harness.h"

PROMISE(map_many)
{
    uint64_t count;
    sk_handle_t run = largest_run(boot, &count);
    uint64_t va = boot->va_lo + (64u << 20);
    EXPECT(run != SK_SLOT_NONE && count >= 64);
    uint64_t many = 4000;
    EXPECT(count >= many + 16);
    EXPECT(sk_space_supply(SK_SLOT_SPACE, run, count - 16, 16) == SK_OK);
    EXPECT(sk_map(SK_SLOT_SPACE, va, run, 0, many, READ_WRITE) == SK_OK);
    for (uint64_t i = 0; i < many; i++)
        *(volatile uint64_t *)(va + i * SK_PAGE_SIZE) = i;
    EXPECT(sk_protect(SK_SLOT_SPACE, va, many, SK_PROT_READ) == SK_OK);
    for (uint64_t i = 0; i < many; i++)
        EXPECT(*(volatile uint64_t *)(va + i * SK_PAGE_SIZE) == i);
    EXPECT(sk_unmap(SK_SLOT_SPACE, va, many) == SK_OK);
}
