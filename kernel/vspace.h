// SPDX-License-Identifier: Apache-2.0
//
// Spaces: address spaces of domains. The object is the root page table itself; what the
// kernel must remember about it lies in root entries that no address selects.
#pragma once

#include "kernel/frame.h"

// A root table. The processor skips entries with bit 0 clear, so the private words keep
// it clear: addresses of frames are even, counts are shifted left by one.
struct space {
    uint64_t user[256];
    uint64_t direct[128]; // the kernel's, the same in all spaces
    uint64_t pool_head;   // first free table frame; each holds the address of the next
    uint64_t pool_count;  // << 1
    uint64_t uses;        // << 1; capabilities naming it, domains running in it
    uint64_t unused[124];
    uint64_t image[1]; // the kernel's
};
_Static_assert(sizeof(struct space) == SK_PAGE_SIZE, "one frame");

// Makes a space of kernel frames: the first is the root.
struct space *space_make(paddr_t first, uint64_t count);
void space_supply(struct space *space, paddr_t first, uint64_t count);
uint64_t space_pool_count(const struct space *space);

// Takes a table frame from the pool, which is not empty, and zeroes it.
paddr_t space_take_table(struct space *space);

void space_acquire(struct space *space);
// The last release takes the space apart.
void space_release(struct space *space);
