// SPDX-License-Identifier: Apache-2.0
//
// Everything can be unmapped in one call, which costs little where nothing was mapped.
#include "test/abi/harness.h"

#define PATIENCE_NS 1000000000

PROMISE(unmap_all)
{
    uint64_t count;
    sk_handle_t run = largest_run(boot, &count);
    uint64_t last = boot->va_hi - SK_PAGE_SIZE;
    EXPECT(sk_map(SK_SLOT_SPACE, boot->va_lo, run, 0, 1, READ_WRITE) == SK_OK);
    EXPECT(sk_map(SK_SLOT_SPACE, last, run, 1, 1, READ_WRITE) == SK_OK);

    int64_t start = sk_clock_read(SK_SLOT_CLOCK, SK_CLOCK_MONOTONIC);
    EXPECT(sk_unmap(SK_SLOT_SPACE, boot->va_lo,
                    (boot->va_hi - boot->va_lo) / SK_PAGE_SIZE) == SK_OK);
    EXPECT(sk_clock_read(SK_SLOT_CLOCK, SK_CLOCK_MONOTONIC) - start < PATIENCE_NS);

    EXPECT(sk_map(SK_SLOT_SPACE, boot->va_lo, run, 1, 1, READ_WRITE) == SK_OK);
    EXPECT(sk_map(SK_SLOT_SPACE, last, run, 0, 1, READ_WRITE) == SK_OK);
}
