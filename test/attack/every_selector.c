// SPDX-License-Identifier: Apache-2.0
//
// Loads every selector into every segment register, with a table of its own at address 0.
// Accepted are the null selectors and the two segments of domains.
#include "test/attack/attack.h"

#define SELECTOR_COUNT 0x10000u
#define PRIVILEGE      3u // bits of a selector
#define DATA           0x18u
#define CODE           0x20u
#define MOV_LEN        2u // of mov %ax, %ds and its like
#define STACK_TOP      (ATTACK_STACK_LO + 2 * SK_PAGE_SIZE)

static void
skip(struct sk_upcall *upcall)
{
    CHECK(upcall->reason == SK_UPCALL_PROTECTION);
    upcall->regs.rip += MOV_LEN;
    upcall->regs.rbx = 1;
    (void)sk_resume(&upcall->regs);
}

static bool
allowed(uint32_t selector)
{
    uint32_t segment = selector & ~PRIVILEGE;
    return segment == 0 || segment == DATA || segment == CODE;
}

#define REFUSED(segment, selector)                                                       \
    ({                                                                                   \
        uint64_t refused_ = 0;                                                           \
        __asm__ volatile("movw %%ax, %%" segment                                         \
                         : "+b"(refused_)                                                \
                         : "a"(selector)                                                 \
                         : "memory");                                                    \
        refused_ != 0;                                                                   \
    })

static void
act(void)
{
    struct sk_upcall area __attribute__((aligned(16)));
    struct sk_activation activation = {(uint64_t)skip, STACK_TOP, (uint64_t)&area, 0};
    CHECK(sk_activation_bind(0, &activation) == SK_OK);
    CHECK(sk_map(ATTACK_SPACE, 0, ATTACK_FRAMES, 0, 1, SK_PROT_READ | SK_PROT_WRITE) ==
          SK_OK);
    volatile uint64_t *table = 0;
    for (unsigned i = 0; i < SK_PAGE_SIZE / sizeof *table; i++)
        table[i] = 0x00cff3000000ffff; // data of a domain
    for (uint32_t selector = 0; selector < SELECTOR_COUNT; selector++) {
        bool refused = !allowed(selector);
        CHECK(REFUSED("ds", selector) == refused);
        CHECK(REFUSED("es", selector) == refused);
        CHECK(REFUSED("fs", selector) == refused);
        CHECK(REFUSED("gs", selector) == refused);
    }
    CHECK(sk_null() == SK_OK);
}
ATTACK(every_selector, ATTACK_SURVIVES, 0);
