// SPDX-License-Identifier: Apache-2.0
//
// Starts domains that run for ever and hold themselves, and ends without stopping them.
#include "test/attack/attack.h"

static void
run_away(void)
{
    for (;;)
        __asm__ volatile("");
}

static void
act(void)
{
    struct sk_regs regs = {.rip = (uint64_t)run_away, .rsp = ATTACK_STACK_HI};
    for (sk_handle_t i = 0; i < ATTACK_FRAME_COUNT / SK_DOMAIN_FRAMES; i++) {
        sk_handle_t child = ATTACK_EMPTY + i;
        CHECK(sk_domain_create(ATTACK_FRAMES, i * SK_DOMAIN_FRAMES, SK_DOMAIN_FRAMES,
                               ATTACK_SPACE, child) == SK_OK);
        CHECK(sk_domain_grant(child, 1, child, SK_RIGHT_READ | SK_RIGHT_CONTROL, 0) ==
              SK_OK);
        CHECK(sk_domain_start(child, &regs) == SK_OK);
        CHECK(sk_cap_delete(child) == SK_OK);
        (void)sk_yield();
    }
}
ATTACK(runaway_domains, ATTACK_SURVIVES, 0);
