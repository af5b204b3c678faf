// SPDX-License-Identifier: Apache-2.0
//
// Resumes with interrupts off and the right to all ports.
#include "test/attack/attack.h"

#define FLAGS_FORBIDDEN                                                                  \
    (3ull << 12 | 1ull << 14 | 1ull << 17 | 3ull << 19) // IOPL NT VM VIF VIP
#define FLAG_INTERRUPTS (1ull << 9)

static void
resumed(void)
{
    uint64_t flags;
    __asm__ volatile("pushfq; popq %0" : "=r"(flags));
    CHECK((flags & FLAGS_FORBIDDEN) == 0);
    CHECK(flags & FLAG_INTERRUPTS);
    __asm__ volatile("inb $0x60, %%al" ::: "rax");
}

static void
act(void)
{
    struct sk_regs regs = {
        .rip = (uint64_t)resumed,
        .rsp = ATTACK_STACK_HI - 8,
        .rflags =
            UINT64_MAX & ~(1ull << 8 | 1ull << 10), // not single step, not backwards
    };
    (void)sk_resume(&regs);
    CHECK(false);
}
ATTACK(resume_with_flags, ATTACK_FAULTS, REASON(PROTECTION));
