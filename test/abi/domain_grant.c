// SPDX-License-Identifier: Apache-2.0
//
// A domain can use what it was granted, within the rights, and nothing else.
#include "test/abi/harness.h"

static void
code(void)
{
    struct sk_cap_info info;
    if (sk_cap_read(5, &info) != SK_OK || info.badge != 9 || info.type != SK_CAP_CLOCK)
        sk_exit(1);
    if (sk_clock_read(5, SK_CLOCK_MONOTONIC) < 0)
        sk_exit(2);
    for (sk_handle_t slot = 1; slot < SK_SLOT_COUNT; slot++) {
        if (slot != 5 && sk_cap_read(slot, &info) != SK_E_HANDLE)
            sk_exit(3);
    }
    sk_exit(0);
}

PROMISE(domain_grant)
{
    struct sk_domain_state state;
    EXPECT(child_create(boot) == SK_OK);
    EXPECT(sk_domain_grant(CHILD, 5, SK_SLOT_CLOCK, SK_RIGHT_READ, 9) == SK_OK);
    EXPECT(sk_domain_grant(CHILD, 5, SK_SLOT_CLOCK, SK_RIGHT_READ, 9) == SK_E_BUSY);
    EXPECT(sk_domain_grant(CHILD, 6, SK_SLOT_CLOCK, SK_RIGHT_WRITE, 0) == SK_E_RIGHTS);
    EXPECT(sk_domain_grant(CHILD, SK_SLOT_COUNT, SK_SLOT_CLOCK, 0, 0) == SK_E_HANDLE);
    EXPECT(child_start(code) == SK_OK);
    EXPECT(sk_wait(SK_NEVER, SK_EVENT_DOMAIN) == SK_EVENT_DOMAIN);
    EXPECT(sk_domain_read(CHILD, &state) == SK_OK);
    EXPECT(state.run == SK_DOMAIN_EXITED && state.status == 0);
}
