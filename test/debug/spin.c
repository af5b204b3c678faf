// SPDX-License-Identifier: Apache-2.0
//
// A second or so of work in one function, for a profiler.
#include <stdio.h>

__attribute__((noinline)) static unsigned
spin(unsigned count)
{
    unsigned x = 1;
    for (unsigned i = 0; i < count; i++)
        x = x * 1664525u + 1013904223u;
    return x;
}

int
main(void)
{
    printf("%u\n", spin(400000000));
}
