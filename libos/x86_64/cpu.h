// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdint.h>

// Counts time, or instructions where the machine counts them as time.
static inline uint64_t
cpu_time_stamp(void)
{
    return __builtin_ia32_rdtsc();
}
