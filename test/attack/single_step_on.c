// SPDX-License-Identifier: Apache-2.0
//
// Traps after every instruction and goes on, through system calls and back.
#include "test/attack/attack.h"

#define FLAG_TRAP  (1ull << 8)
#define STEP_COUNT 1000u
#define STACK_TOP  (ATTACK_STACK_LO + 2 * SK_PAGE_SIZE)

struct steps {
    struct sk_upcall upcall __attribute__((aligned(16)));
    uint64_t count;
};

static void
step(struct steps *steps)
{
    CHECK(steps->upcall.reason == SK_UPCALL_BREAKPOINT);
    if (++steps->count == STEP_COUNT)
        steps->upcall.regs.rflags &= ~FLAG_TRAP;
    (void)sk_resume(&steps->upcall.regs);
}

static void
act(void)
{
    struct steps steps = {.count = 0};
    struct sk_activation activation = {(uint64_t)step, STACK_TOP, (uint64_t)&steps.upcall,
                                       0};
    CHECK(sk_activation_bind(0, &activation) == SK_OK);
    __asm__ volatile("pushfq; orl $0x100, (%%rsp); popfq" ::: "memory", "cc");
    while (*(volatile uint64_t *)&steps.count < STEP_COUNT) {
        CHECK(sk_null() == SK_OK);
        CHECK(sk_yield() == SK_OK);
    }
    CHECK(sk_clock_read(SK_SLOT_CLOCK, SK_CLOCK_MONOTONIC) > 0);
}
ATTACK(single_step_on, ATTACK_SURVIVES, 0);
