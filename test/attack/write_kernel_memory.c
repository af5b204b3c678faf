// SPDX-License-Identifier: Apache-2.0
//
// Writes to the kernel image.
#include "test/attack/attack.h"

static void
act(void)
{
    *(volatile uint64_t *)KERNEL_IMAGE = 0;
}
ATTACK(write_kernel_memory, ATTACK_FAULTS, REASON(PAGE_FAULT));
