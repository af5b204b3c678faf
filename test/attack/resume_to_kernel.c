// SPDX-License-Identifier: Apache-2.0
//
// Resumes at kernel and impossible addresses.
#include "test/attack/attack.h"

static void
act(void)
{
    static const uint64_t bad[] = {KERNEL_IMAGE, NOT_CANONICAL, SK_VA_LIMIT, UINT64_MAX};
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct sk_regs regs = {.rip = bad[i], .rsp = ATTACK_STACK_HI};
        CHECK(sk_resume(&regs) == SK_E_ARG);
        CHECK(sk_domain_start(ATTACK_SELF, &regs) == SK_E_STATE);
        regs = (struct sk_regs){.rip = (uint64_t)act, .rsp = bad[i]};
        CHECK(bad[i] == SK_VA_LIMIT || sk_resume(&regs) == SK_E_ARG);
        regs = (struct sk_regs){.rip = (uint64_t)act, .gs_base = NOT_CANONICAL};
        CHECK(sk_resume(&regs) == SK_E_ARG);
        regs = (struct sk_regs){.rip = (uint64_t)act, .fs_base = NOT_CANONICAL};
        CHECK(sk_resume(&regs) == SK_E_ARG);
    }
}
ATTACK(resume_to_kernel, ATTACK_SURVIVES, 0);
