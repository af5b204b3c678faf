// SPDX-License-Identifier: Apache-2.0
//
// Points gs into the kernel, and reads there.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("wrgsbase %0" ::"r"(KERNEL_IMAGE));
    CHECK(sk_null() == SK_OK);
    CHECK(sk_yield() == SK_OK);
    uint64_t base;
    __asm__ volatile("rdgsbase %0" : "=r"(base));
    CHECK(base == KERNEL_IMAGE);
    __asm__ volatile("movq %%gs:0, %%rax" ::: "rax");
}
ATTACK(kernel_gs_base, ATTACK_FAULTS, REASON(PAGE_FAULT));
