// SPDX-License-Identifier: Apache-2.0
//
// Passes a capability of another type in every call that takes one.
#include "test/attack/attack.h"

static void
act(void)
{
    uint64_t buffer[32] = {0};
    CHECK(sk_frame_split(ATTACK_SPACE, 0, 1, ATTACK_EMPTY) == SK_E_TYPE);
    CHECK(sk_space_create(ATTACK_SELF, 0, 1, ATTACK_EMPTY) == SK_E_TYPE);
    CHECK(sk_space_supply(ATTACK_FRAMES, ATTACK_FRAMES, 0, 1) == SK_E_TYPE);
    CHECK(sk_space_supply(ATTACK_SPACE, ATTACK_SPACE, 0, 1) == SK_E_TYPE);
    CHECK(sk_map(ATTACK_SELF, ATTACK_VA, ATTACK_FRAMES, 0, 1, SK_PROT_READ) == SK_E_TYPE);
    CHECK(sk_map(ATTACK_SPACE, ATTACK_VA, ATTACK_SELF, 0, 1, SK_PROT_READ) == SK_E_TYPE);
    CHECK(sk_map(ATTACK_SPACE, ATTACK_VA, ATTACK_SPACE, 0, 1, SK_PROT_READ) == SK_E_TYPE);
    CHECK(sk_unmap(ATTACK_FRAMES, ATTACK_VA, 1) == SK_E_TYPE);
    CHECK(sk_protect(ATTACK_FRAMES, ATTACK_VA, 1, SK_PROT_READ) == SK_E_TYPE);
    CHECK(sk_domain_create(ATTACK_SPACE, 0, 2, ATTACK_SPACE, ATTACK_EMPTY) == SK_E_TYPE);
    CHECK(sk_domain_create(ATTACK_FRAMES, 0, 2, ATTACK_FRAMES, ATTACK_EMPTY) ==
          SK_E_TYPE);
    CHECK(sk_domain_grant(ATTACK_SPACE, ATTACK_EMPTY, ATTACK_SELF, 0, 0) == SK_E_TYPE);
    CHECK(sk_domain_start(ATTACK_SPACE, (struct sk_regs *)buffer) == SK_E_TYPE);
    CHECK(sk_domain_stop(ATTACK_FRAMES) == SK_E_TYPE);
    CHECK(sk_domain_read(ATTACK_CONSOLE, (struct sk_domain_state *)buffer) == SK_E_TYPE);
    CHECK(sk_domain_destroy(ATTACK_SPACE) == SK_E_TYPE);
    CHECK(sk_console_write(SK_SLOT_CLOCK, buffer, 1) == SK_E_TYPE);
    CHECK(sk_console_read(SK_SLOT_ENTROPY, buffer, 1) == SK_E_TYPE);
    CHECK(sk_clock_read(ATTACK_CONSOLE, SK_CLOCK_MONOTONIC) == SK_E_TYPE);
    CHECK(sk_entropy_read(ATTACK_SELF, buffer, 1) == SK_E_TYPE);
}
ATTACK(forged_handle, ATTACK_SURVIVES, 0);
