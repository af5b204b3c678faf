// SPDX-License-Identifier: Apache-2.0
//
// Calls, deep: Ackermann's function, and Takeuchi's with three parameters.
#include "bench/engine/program.h"

static __attribute__((noinline)) uint32_t
ackermann(uint32_t m, uint32_t n)
{
    if (m == 0)
        return n + 1;
    if (n == 0)
        return ackermann(m - 1, 1);
    uint32_t inner = ackermann(m, n - 1);
    return ackermann(m - 1, inner);
}

static __attribute__((noinline)) int32_t
takeuchi(int32_t x, int32_t y, int32_t z)
{
    if (y >= x)
        return z;
    return takeuchi(takeuchi(x - 1, y, z), takeuchi(y - 1, z, x), takeuchi(z - 1, x, y));
}

static uint32_t
work(void)
{
    volatile uint32_t m = 2, n = 60;
    return mix(ackermann(m, n), (uint32_t)takeuchi(14, 9, 3));
}

PROGRAM(0x74b4d9ba)
