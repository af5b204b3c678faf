// SPDX-License-Identifier: Apache-2.0
//
// The clock and the source of entropy.
#pragma once

#include <stdint.h>
#include <time.h>

#define HOST_NS_PER_S 1000000000ull

// Now is time 0 of the monotonic clock.
void host_clock_init(void);

uint64_t host_clock_monotonic_ns(void);
