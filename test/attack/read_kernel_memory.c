// SPDX-License-Identifier: Apache-2.0
//
// Reads the kernel image.
#include "test/attack/attack.h"

static void
act(void)
{
    (void)*(volatile uint64_t *)KERNEL_IMAGE;
}
ATTACK(read_kernel_memory, ATTACK_FAULTS, REASON(PAGE_FAULT));
