// SPDX-License-Identifier: Apache-2.0
//
// A domain is made, started, exits with a status, is started again and destroyed.
#include "test/abi/harness.h"

static volatile unsigned runs;

static void
code(void)
{
    runs++;
    sk_exit(256 + 7);
}

PROMISE(domain_life)
{
    struct sk_domain_state state;
    EXPECT(child_create(boot) == SK_OK);
    EXPECT(sk_domain_read(CHILD, &state) == SK_OK && state.run == SK_DOMAIN_STOPPED);
    for (unsigned i = 1; i < 4; i++) {
        EXPECT(child_start(code) == SK_OK);
        EXPECT(child_start(code) == SK_E_STATE);
        EXPECT(sk_wait(SK_NEVER, SK_EVENT_DOMAIN) == SK_EVENT_DOMAIN);
        EXPECT(sk_domain_read(CHILD, &state) == SK_OK);
        EXPECT(state.run == SK_DOMAIN_EXITED && state.status == 7 && runs == i);
    }
    EXPECT(sk_cap_copy(CHILD, CHILD + 1, SK_RIGHT_READ, 0) == SK_OK);
    EXPECT(sk_domain_destroy(CHILD + 1) == SK_E_RIGHTS);
    EXPECT(sk_domain_destroy(CHILD) == SK_OK);
    EXPECT(sk_domain_read(CHILD, &state) == SK_E_HANDLE);
    EXPECT(sk_domain_read(CHILD + 1, &state) == SK_E_HANDLE);
    EXPECT(child_create(boot) == SK_OK);
}
