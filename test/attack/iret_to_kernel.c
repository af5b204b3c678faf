// SPDX-License-Identifier: Apache-2.0
//
// Returns from an interrupt into the kernel code segment. (QEMU reads the stack as the
// kernel would, which SMAP makes a page fault.)
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("pushq $0x10; pushq %%rsp; pushq $2; pushq $0x08; pushq $0; iretq" ::
                         : "memory");
}
ATTACK(iret_to_kernel, ATTACK_FAULTS, REASON(PROTECTION) | REASON(PAGE_FAULT));
