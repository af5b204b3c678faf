// SPDX-License-Identifier: Apache-2.0
//
// Calls: Fibonacci's numbers the slow way.
#include "bench/engine/program.h"

static __attribute__((noinline)) uint32_t
fib(uint32_t n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static uint32_t
work(void)
{
    volatile uint32_t n = 25;
    return fib(n);
}

PROGRAM(0x00012511)
