// SPDX-License-Identifier: Apache-2.0
//
// Frames: 4 KiB pieces of RAM, named by their physical address. A table with one word per
// frame says what each is in use for:
//
//   RAW      nobody has it; holds what somebody left, zeroed before it is seen
//   USER     seen by domains; count = number of mappings (0: content is kept)
//   KERNEL   part of a kernel object, or the kernel's own; cannot be mapped
//
// Nothing of this is allocated after boot.
#pragma once

#include <stdbool.h>

#include "kernel/arch/arch.h"

enum frame_state {
    FRAME_RAW = 0,
    FRAME_USER = 1,
    FRAME_KERNEL = 2,
};

struct frame {
    uint32_t state : 2; // enum frame_state
    uint32_t count : 30;
};
_Static_assert(sizeof(struct frame) == 4, "one word per frame");

#define FRAME_COUNT_MAX ((1u << 30) - 1)

// Boot only: finds room for the table and makes all RAM usable. `frame_boot_take` gives
// kernel frames (they may be mapped all the same) until frame_boot_end, which returns how
// many runs were left.
void frame_init(const struct machine *machine);
paddr_t frame_boot_take(uint64_t count);
paddr_t frame_boot_take_zero(uint64_t count);
uint32_t frame_boot_end(struct range *runs, uint32_t room);

// Boot only: frames whose content stays; they count as mapped for ever.
void frame_pin(paddr_t first, uint64_t count);

// The entry of a frame that is or was in use; entries of one run lie beside each other.
struct frame *frame_at(paddr_t address);

// Can these be made kernel objects? SK_OK or SK_E_BUSY. What they hold stays for now.
int64_t frame_retype_check(paddr_t first, uint64_t count);
void frame_retype(paddr_t first, uint64_t count);

// Can these be mapped once more? SK_OK, SK_E_BUSY or SK_E_RANGE (mapped too often).
int64_t frame_map_check(paddr_t first, uint64_t count);
void frame_map(paddr_t first, uint64_t count);

// Unmaps a frame and keeps its content for the next to map it.
static inline void
frame_unmap(paddr_t address)
{
    frame_at(address)->count--;
}

// Unmaps a frame for one who goes away or cannot name it: the last one leaves it raw.
void frame_abandon(paddr_t address);

// A domain that could write to these is gone: those that nobody has mapped become raw, so
// that what it left is not seen. O(count).
void frame_forget(paddr_t first, uint64_t count);

// A kernel object's frame becomes free.
void frame_free(paddr_t address);

void frame_zero(paddr_t address);
