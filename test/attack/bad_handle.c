// SPDX-License-Identifier: Apache-2.0
//
// Names slots that are out of range or empty, in every call that takes one.
#include "test/attack/attack.h"

static void
try(sk_handle_t bad)
{
    uint64_t buffer[32] = {0};
    CHECK(sk_cap_read(bad, (struct sk_cap_info *)buffer) == SK_E_HANDLE);
    CHECK(sk_cap_copy(bad, ATTACK_EMPTY + 1, 0, 0) == SK_E_HANDLE);
    CHECK(sk_cap_delete(bad) == SK_E_HANDLE);
    CHECK(sk_frame_split(bad, 0, 1, ATTACK_EMPTY + 1) == SK_E_HANDLE);
    CHECK(sk_space_create(bad, 0, 1, ATTACK_EMPTY + 1) == SK_E_HANDLE);
    CHECK(sk_space_supply(bad, ATTACK_FRAMES, 0, 1) == SK_E_HANDLE);
    CHECK(sk_space_supply(ATTACK_SPACE, bad, 0, 1) == SK_E_HANDLE);
    CHECK(sk_map(bad, ATTACK_VA, ATTACK_FRAMES, 0, 1, SK_PROT_READ) == SK_E_HANDLE);
    CHECK(sk_map(ATTACK_SPACE, ATTACK_VA, bad, 0, 1, SK_PROT_READ) == SK_E_HANDLE);
    CHECK(sk_unmap(bad, ATTACK_VA, 1) == SK_E_HANDLE);
    CHECK(sk_protect(bad, ATTACK_VA, 1, SK_PROT_READ) == SK_E_HANDLE);
    CHECK(sk_domain_create(bad, 0, 2, ATTACK_SPACE, ATTACK_EMPTY + 1) == SK_E_HANDLE);
    CHECK(sk_domain_create(ATTACK_FRAMES, 0, 2, bad, ATTACK_EMPTY + 1) == SK_E_HANDLE);
    CHECK(sk_domain_grant(bad, ATTACK_EMPTY, ATTACK_SELF, 0, 0) == SK_E_HANDLE);
    CHECK(sk_domain_grant(ATTACK_SELF, ATTACK_EMPTY, bad, 0, 0) == SK_E_HANDLE);
    CHECK(sk_domain_start(bad, (struct sk_regs *)buffer) == SK_E_HANDLE);
    CHECK(sk_domain_stop(bad) == SK_E_HANDLE);
    CHECK(sk_domain_read(bad, (struct sk_domain_state *)buffer) == SK_E_HANDLE);
    CHECK(sk_domain_destroy(bad) == SK_E_HANDLE);
    CHECK(sk_console_write(bad, buffer, 1) == SK_E_HANDLE);
    CHECK(sk_console_read(bad, buffer, 1) == SK_E_HANDLE);
    CHECK(sk_clock_read(bad, SK_CLOCK_MONOTONIC) == SK_E_HANDLE);
    CHECK(sk_entropy_read(bad, buffer, 1) == SK_E_HANDLE);
}

static void
act(void)
{
    static const sk_handle_t bad[] = {0, ATTACK_EMPTY, SK_SLOT_COUNT, 0x7fffffff,
                                      UINT32_MAX};
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
        try(bad[i]);
}
ATTACK(bad_handle, ATTACK_SURVIVES, 0);
