// SPDX-License-Identifier: Apache-2.0
//
// Asks the processor not to tell the kernel from the domain (AC, SMAP).
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("pushfq; orl $0x40000, (%%rsp); popfq" ::: "memory", "cc");
    CHECK(sk_entropy_read(SK_SLOT_ENTROPY, (void *)KERNEL_DIRECT, 8) == SK_E_ADDRESS);
    (void)*(volatile uint64_t *)KERNEL_IMAGE;
}
ATTACK(access_flag, ATTACK_FAULTS, REASON(PAGE_FAULT));
