// SPDX-License-Identifier: Apache-2.0
//
// Loads a kernel code segment by a far return. (QEMU reads the stack as the
// kernel would, which SMAP makes a page fault.)
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("pushq $0x08; pushq $0; lretq" ::: "memory");
}
ATTACK(far_call, ATTACK_FAULTS, REASON(PROTECTION) | REASON(PAGE_FAULT));
