// SPDX-License-Identifier: Apache-2.0
//
// Each domain has vector registers of its own.
#include "test/abi/harness.h"

static volatile uint64_t rounds;

static void
code(void)
{
    for (;;) {
        uint64_t value = 0x9999999988888888;
        __asm__ volatile("movq %0, %%xmm3" ::"r"(value) : "xmm3");
        rounds++;
        (void)sk_yield();
    }
}

PROMISE(domain_vector_state)
{
    EXPECT(child_create(boot) == SK_OK);
    EXPECT(child_start(code) == SK_OK);
    uint64_t mine = 0x1111111122222222, seen = 0;
    for (unsigned i = 0; i < 100; i++) {
        __asm__ volatile("movq %1, %%xmm3; movl $2, %%eax; syscall; movq %%xmm3, %0"
                         : "=r"(seen)
                         : "r"(mine)
                         : "rax", "rcx", "r11", "xmm3", "memory");
        EXPECT(seen == mine);
    }
    EXPECT(rounds > 10);
}
