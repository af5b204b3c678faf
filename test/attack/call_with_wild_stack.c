// SPDX-License-Identifier: Apache-2.0
//
// Enters the kernel with a stack pointer into the kernel.
#include "test/attack/attack.h"

static void
act(void)
{
    int64_t status = -1;
    __asm__ volatile("movq %%rsp, %%rbx; movq %1, %%rsp; syscall; movq %%rbx, %%rsp"
                     : "=a"(status)
                     : "r"(KERNEL_DIRECT), "a"(0)
                     : "rbx", "rcx", "r11", "memory");
    CHECK(status == SK_OK);
    __asm__ volatile("movq %0, %%rsp; pushq %%rax" ::"r"(KERNEL_DIRECT) : "memory");
}
ATTACK(call_with_wild_stack, ATTACK_FAULTS, REASON(PAGE_FAULT));
