// SPDX-License-Identifier: Apache-2.0
//
// Where things lie in the process; the picture is in host/host.h.
#pragma once

#include "abi/layout.h"

#define WINDOW_LO     0x200000000000ull
#define WINDOW_BOOT   (WINDOW_LO + SK_VA_LINEAR_LEN)
#define WINDOW_STACK  (WINDOW_BOOT + 0x10000ull) // first the page that is never mapped
#define WINDOW_BUNDLE 0x201100000000ull
#define WINDOW_FREE   0x202000000000ull
#define WINDOW_HI     0x240000000000ull

_Static_assert(WINDOW_BUNDLE + SK_BUNDLE_MAX <= WINDOW_FREE, "the bundle fits");
