// SPDX-License-Identifier: Apache-2.0
//
// Traps after every instruction, system calls included.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("pushfq; orl $0x100, (%%rsp); popfq; syscall; nop" ::"a"(0)
                     : "rcx", "r11", "memory");
}
ATTACK(single_step, ATTACK_FAULTS, REASON(BREAKPOINT));
