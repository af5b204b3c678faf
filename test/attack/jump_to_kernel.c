// SPDX-License-Identifier: Apache-2.0
//
// Runs kernel code.
#include "test/attack/attack.h"

static void
act(void)
{
    ((void (*)(void))KERNEL_IMAGE)();
}
ATTACK(jump_to_kernel, ATTACK_FAULTS, REASON(PAGE_FAULT));
