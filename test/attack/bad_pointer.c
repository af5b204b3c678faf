// SPDX-License-Identifier: Apache-2.0
//
// Passes pointers to what is not there, is the kernel's, cannot be an address, or runs
// over the end of the address space, in every call that takes one.
#include "test/attack/attack.h"

static void
try(uint64_t bad)
{
    void *pointer = (void *)bad;
    CHECK(sk_resume(pointer) == SK_E_ADDRESS);
    CHECK(sk_activation_bind(0, pointer) == SK_E_ADDRESS);
    CHECK(sk_cap_read(ATTACK_SELF, pointer) == SK_E_ADDRESS);
    CHECK(sk_domain_read(ATTACK_SELF, pointer) == SK_E_ADDRESS);
    CHECK(sk_console_write(ATTACK_CONSOLE, pointer, 64) == SK_E_ADDRESS);
    CHECK(sk_console_read(ATTACK_CONSOLE, pointer, 64) == SK_E_ADDRESS);
    CHECK(sk_entropy_read(SK_SLOT_ENTROPY, pointer, 64) == SK_E_ADDRESS);
}

static void
act(void)
{
    static const uint64_t bad[] = {
        0,
        1,
        ATTACK_VA,
        KERNEL_IMAGE,
        KERNEL_DIRECT,
        NOT_CANONICAL,
        SK_VA_LIMIT - 1,
        SK_VA_LIMIT,
        ATTACK_STACK_HI - 1,
        ATTACK_STACK_LO - 8,
        UINT64_MAX - 7,
        UINT64_MAX,
    };
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
        try(bad[i]);
}
ATTACK(bad_pointer, ATTACK_SURVIVES, 0);
