// SPDX-License-Identifier: Apache-2.0
//
// A stopped domain stands still and goes on where it was.
#include "test/abi/harness.h"

static volatile uint64_t ticks;

static void
code(void)
{
    for (;;)
        ticks++;
}

PROMISE(domain_stop)
{
    struct sk_domain_state state, later;
    EXPECT(child_create(boot) == SK_OK);
    EXPECT(sk_domain_stop(CHILD) == SK_E_STATE);
    EXPECT(child_start(code) == SK_OK);
    while (ticks < 1000)
        (void)sk_yield();
    EXPECT(sk_domain_stop(CHILD) == SK_OK);
    uint64_t seen = ticks;
    EXPECT(sk_domain_read(CHILD, &state) == SK_OK && state.run == SK_DOMAIN_STOPPED);
    for (unsigned i = 0; i < 100; i++)
        (void)sk_yield();
    EXPECT(ticks == seen);
    EXPECT(sk_domain_read(CHILD, &later) == SK_OK);
    EXPECT(later.fault.regs.rip == state.fault.regs.rip);
    EXPECT(sk_domain_start(CHILD, &state.fault.regs) == SK_OK);
    while (ticks < seen + 1000)
        (void)sk_yield();
    EXPECT(sk_domain_destroy(CHILD) == SK_OK);
}
