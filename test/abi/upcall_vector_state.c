// SPDX-License-Identifier: Apache-2.0
//
// Vector registers come through an upcall unchanged.
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

static void
handler(struct sk_upcall *upcall)
{
    upcall->regs.rip += 2;
    (void)sk_resume(&upcall->regs);
}

PROMISE(upcall_vector_state)
{
    (void)boot;
    EXPECT(bind(handler) == SK_OK);
    uint64_t in[2] = {0x123456789abcdef0, 0x0fedcba987654321}, out[2];
    __asm__ volatile("movups %1, %%xmm5; ud2; movups %%xmm5, %0"
                     : "=m"(out)
                     : "m"(in)
                     : "xmm5");
    EXPECT(out[0] == in[0] && out[1] == in[1]);
}
