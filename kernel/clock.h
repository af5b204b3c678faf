// SPDX-License-Identifier: Apache-2.0
//
// Time: the CPU's counter, counted from the kernel's first instruction. Its rate is found
// out when somebody first asks for the time.
#pragma once

#include <stdint.h>

void clock_init(uint64_t counter_entry);

// Finds the counter's rate, unless it is known. Takes 2 ms at most.
void clock_calibrate(void);

uint64_t clock_monotonic_ns(void);
