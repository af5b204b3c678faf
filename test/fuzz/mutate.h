// SPDX-License-Identifier: Apache-2.0
//
// Makes damaged modules of whole ones.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "test/fuzz/random.h"

struct bytes {
    uint8_t *at;
    size_t len;
};

// Writes a copy of `seed` with some damage to `out`, at most `room` bytes, and returns
// its length. Parts of `donor` may get into it. Bits, bytes, LEB128 numbers, lengths,
// ranges and whole sections are changed, moved, doubled or lost.
size_t mutate(struct random *random, struct bytes seed, struct bytes donor, uint8_t *out,
              size_t room);
