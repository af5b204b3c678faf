// SPDX-License-Identifier: Apache-2.0
#include "divide.h"

int
divide(int a, int b)
{
    int twice = halves(a) * 4;
    return twice / b; // line 8: the trap
}
