// SPDX-License-Identifier: Apache-2.0
//
// Lets the kernel write to its read-only memory.
#include "test/attack/attack.h"

static void
act(void)
{
    void *code = (void *)(uint64_t)act;
    CHECK(sk_cap_read(ATTACK_SELF, code) == SK_E_ADDRESS);
    CHECK(sk_domain_read(ATTACK_SELF, code) == SK_E_ADDRESS);
    CHECK(sk_console_read(ATTACK_CONSOLE, code, 1) == SK_E_ADDRESS);
    CHECK(sk_entropy_read(SK_SLOT_ENTROPY, code, 64) == SK_E_ADDRESS);
}
ATTACK(write_through_kernel, ATTACK_SURVIVES, 0);
