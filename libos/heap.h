// SPDX-License-Identifier: Apache-2.0
//
// The heap: one range of addresses that fills from below, mapped step by step.
//
//   lo ........ blocks, used or on a free list ........ top ... mapped ..... hi
//
// Whoever frees says the length, so blocks have no headers. Small blocks come in classes,
// four to a doubling, each with a list of free ones; large blocks are page multiples on
// one list ordered by address, merged with their neighbours when freed. When nothing
// else is left, a free page becomes small blocks.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "libos/allocator.h"

struct frames;
struct heap_block;

#define HEAP_CLASS_COUNT 24u

struct heap {
    struct frames *frames;
    uintptr_t top;
    uintptr_t mapped;
    uintptr_t hi;
    uintptr_t lo;
    struct heap_block *small[HEAP_CLASS_COUNT];
    struct heap_block *large;
};

// Reserves the heap's addresses; maps nothing yet. False: no addresses left.
bool heap_init(struct heap *heap, struct frames *frames);

// Zeroed, 16-byte aligned; NULL when there is no memory. len > 0.
void *heap_alloc(struct heap *heap, size_t len);
void // len: as it was asked for
heap_free(struct heap *heap, void *bytes, size_t len);

struct allocator heap_allocator(struct heap *heap);
