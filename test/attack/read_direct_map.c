// SPDX-License-Identifier: Apache-2.0
//
// Reads physical memory through the kernel's direct map.
#include "test/attack/attack.h"

static void
act(void)
{
    (void)*(volatile uint64_t *)KERNEL_DIRECT;
}
ATTACK(read_direct_map, ATTACK_FAULTS, REASON(PAGE_FAULT));
