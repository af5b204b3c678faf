// SPDX-License-Identifier: Apache-2.0
//
// Traps in the second file, three calls deep.
#include "sub/divide.h"

__attribute__((noinline)) static int
chain(int n)
{
    if (n == 0)
        return divide(84, n); // line 10
    return chain(n - 1) + 1;  // line 11
}

int
main(int argc, char **argv)
{
    (void)argv;
    return chain(argc) * 2; // line 18
}
