// SPDX-License-Identifier: Apache-2.0
#pragma once

static inline int
halves(int n)
{
    return n / 2;
}

int divide(int a, int b);
