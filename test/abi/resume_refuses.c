// SPDX-License-Identifier: Apache-2.0
//
// Resume refuses addresses that are not the domain's.
#include "test/abi/harness.h"

PROMISE(resume_refuses)
{
    struct sk_regs regs = {.rip = UINT64_MAX, .rsp = boot->stack_hi};
    EXPECT(sk_resume(&regs) == SK_E_ARG);
    regs = (struct sk_regs){.rip = (uint64_t)sk_main, .rsp = 1ull << 63};
    EXPECT(sk_resume(&regs) == SK_E_ARG);
    regs = (struct sk_regs){.rip = (uint64_t)sk_main, .fs_base = 1ull << 47};
    EXPECT(sk_resume(&regs) == SK_E_ARG);
    regs = (struct sk_regs){.rip = (uint64_t)sk_main, .gs_base = 1ull << 63};
    EXPECT(sk_resume(&regs) == SK_E_ARG);
    EXPECT(sk_resume((const struct sk_regs *)(boot->va_hi - 8)) == SK_E_ADDRESS);
}
