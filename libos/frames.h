// SPDX-License-Identifier: Apache-2.0
//
// The domain's physical memory: the runs of free frames that it was born with, taken from
// front to back, and the window of addresses where they may be mapped.
//
// A frame that was taken is never handed out again: the heap reuses its own memory, and
// the rest of what is mapped lives as long as the domain.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "abi/layout.h"

struct frames {
    uint32_t slot;     // the run that is being taken from
    uint32_t slot_end; // first slot that is none of ours
    uint64_t next;     // its first free frame
    uint64_t count;    // its length
    uint64_t later;    // free frames in the runs behind it
    uint64_t va_next;  // [va_next, va_hi): addresses not yet reserved
    uint64_t va_hi;
};

void frames_init(struct frames *f, const struct sk_boot_info *boot);

// Free frames in all runs.
uint64_t frames_left(const struct frames *f);

// Reserves `pages` of addresses and an unmapped page on either side of them.
// False: the window is used up.
bool frames_reserve(struct frames *f, uint64_t pages, uint64_t *va);

// Maps `pages` fresh zeroed frames at `va`, feeding the page-table pool when it runs dry.
// All or nothing. False: too few frames.
bool frames_map(struct frames *f, uint64_t va, uint64_t pages);

// Takes `count` frames of one run without mapping them. False: the run that is being
// taken from has not as many.
bool frames_set_aside(struct frames *f, uint64_t count, uint32_t *slot, uint64_t *first);
