// SPDX-License-Identifier: Apache-2.0
//
// A frame that nobody has used reads as zero.
#include "test/abi/harness.h"

PROMISE(map_is_zeroed)
{
    uint64_t count;
    sk_handle_t run = largest_run(boot, &count);
    uint64_t va = boot->va_lo + (64u << 20);
    EXPECT(run != SK_SLOT_NONE && count >= 64);
    EXPECT(sk_space_supply(SK_SLOT_SPACE, run, count - 16, 16) == SK_OK);
    EXPECT(sk_map(SK_SLOT_SPACE, va, run, 0, 8, SK_PROT_READ) == SK_OK);
    const uint64_t *words = (const uint64_t *)va;
    for (unsigned i = 0; i < 8 * SK_PAGE_SIZE / sizeof *words; i++)
        EXPECT(words[i] == 0);
}
