// SPDX-License-Identifier: Apache-2.0
//
// A handler starts on its own stack, aligned as after a call, its argument in place.
#include "test/abi/harness.h"

static struct sk_upcall area __attribute__((aligned(16)));
static uint8_t stack[4 * SK_PAGE_SIZE] __attribute__((aligned(16)));

static int64_t
bind(void (*handler)(struct sk_upcall *))
{
    struct sk_activation activation = {
        .entry = (uint64_t)handler,
        .stack_top = (uint64_t)stack + sizeof stack,
        .upcall = (uint64_t)&area,
    };
    return sk_activation_bind(0, &activation);
}

__attribute__((used)) static uint64_t seen_rsp, seen_rdi, seen_flags;

__attribute__((used)) static void
handler(void)
{
    area.regs.rip += 2; // past ud2
    (void)sk_resume(&area.regs);
}

__attribute__((naked)) static void
entry(struct sk_upcall *upcall)
{
    (void)upcall;
    __asm__ volatile("movq %rsp, seen_rsp(%rip)\n"
                     "movq %rdi, seen_rdi(%rip)\n"
                     "pushfq\n"
                     "popq seen_flags(%rip)\n"
                     "jmp handler");
}

PROMISE(upcall_stack)
{
    (void)boot;
    EXPECT(bind(entry) == SK_OK);
    __asm__ volatile("ud2");
    EXPECT(seen_rsp == (uint64_t)stack + sizeof stack - 8);
    EXPECT(seen_rdi == (uint64_t)&area);
    EXPECT((seen_flags & (1u << 10)) == 0);
}
