// SPDX-License-Identifier: Apache-2.0
//
// Vector registers come through an upcall unchanged.
#include "test/abi/harness.h"

static void
handler(struct sk_upcall *upcall)
{
    upcall->regs.rip += 2;
    (void)sk_resume(&upcall->regs);
}

PROMISE(upcall_vector_state)
{
    (void)boot;
    EXPECT(upcall_bind(handler) == SK_OK);
    uint64_t in[2] = {0x123456789abcdef0, 0x0fedcba987654321}, out[2];
    __asm__ volatile("movups %1, %%xmm5; ud2; movups %%xmm5, %0"
                     : "=m"(out)
                     : "m"(in)
                     : "xmm5");
    EXPECT(out[0] == in[0] && out[1] == in[1]);
}
