// SPDX-License-Identifier: Apache-2.0
//
// The initial stack, which grows by faults:
//
//   floor ...... not yet mapped ...... lo ...... mapped ...... hi
//
// Frames for all of it are set aside at the start, so that growing touches nothing that
// the interrupted code may be busy with.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct frames;
struct sk_boot_info;

struct stack {
    uint64_t floor;
    uint64_t lo;
    uint32_t slot; // the run of the frames set aside
    uint64_t next; // the first that is not mapped yet
};

// When there are no frames to set aside, the stack stays as it is.
void stack_init(struct stack *stack, const struct sk_boot_info *boot,
                struct frames *frames);

// Maps the stack down to `address`, and some more. False: the address is not on the
// stack's unmapped part.
bool stack_grow(struct stack *stack, uint64_t address);
