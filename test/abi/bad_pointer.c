// SPDX-License-Identifier: Apache-2.0
//
// A pointer to what is not mapped is an error, not a fault.
#include "test/abi/harness.h"

PROMISE(bad_pointer)
{
    void *bad = (void *)(boot->va_lo + (32u << 20));
    EXPECT(sk_cap_read(SK_SLOT_CLOCK, bad) == SK_E_ADDRESS);
    EXPECT(sk_activation_bind(0, bad) == SK_E_ADDRESS);
    EXPECT(sk_console_write(SK_SLOT_CONSOLE, bad, 1) == SK_E_ADDRESS);
    EXPECT(sk_entropy_read(SK_SLOT_ENTROPY, bad, 1) == SK_E_ADDRESS);
    EXPECT(sk_domain_read(SK_SLOT_DOMAIN, bad) == SK_E_ADDRESS);
    EXPECT(sk_console_read(SK_SLOT_CONSOLE, bad, 1) == SK_E_ADDRESS);
    EXPECT(sk_console_write(SK_SLOT_CONSOLE, (void *)UINT64_MAX, 2) == SK_E_ADDRESS);
}
