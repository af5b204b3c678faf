// SPDX-License-Identifier: Apache-2.0
//
// The smallest program: one line of output.
#include <stdio.h>

int
main(void)
{
    puts("Hello, world!");
    return 0;
}
