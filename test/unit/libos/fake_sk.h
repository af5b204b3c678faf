// SPDX-License-Identifier: Apache-2.0
//
// A machine that does what a test tells it: the sk_ calls that the library OS makes, over
// plain memory, with everything they were asked kept for the test to look at.
#pragma once

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/layout.h"
#include "libos/allocator.h"

struct fake_output {
    uint8_t bytes[1 << 20];
    size_t len;
};

struct fake_sk {
    struct fake_output console;
    struct fake_output log;
    struct fake_output control;
    const char *input; // what the console will give, `input_step` bytes at a time
    size_t input_len;
    size_t input_step;
    bool input_waits;     // each step takes one sk_wait
    uint64_t clock_ns;    // both clocks; sk_wait moves it to its deadline
    uint64_t waited;      // calls of sk_wait
    uint64_t runs[4];     // lengths of the runs of frames
    uint64_t tables_left; // mappings until SK_E_MEMORY
    uint64_t supplied;
    jmp_buf exit; // where sk_exit goes
    uint64_t exit_status;
};

extern struct fake_sk fake;

// Everything zero; room for `frames` frames in the first run.
void fake_reset(uint64_t frames);
// Boot information of a machine with that many runs and an address window of its own.
struct sk_boot_info fake_boot(uint32_t runs, uint64_t window_len);

// An allocator that counts, checks lengths, and fails when told to.
struct counting_allocator {
    struct allocator allocator;
    size_t live;      // allocations
    uint64_t calls;   // of alloc
    uint64_t fail_at; // this call fails (0: none), and when `fail_all` all after it
    bool fail_all;
};

void counting_init(struct counting_allocator *c);
