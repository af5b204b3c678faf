// SPDX-License-Identifier: Apache-2.0
//
// Writes to a page after making it code.
#include "test/attack/attack.h"

static void
act(void)
{
    CHECK(sk_map(ATTACK_SPACE, ATTACK_VA, ATTACK_FRAMES, 0, 1,
                 SK_PROT_READ | SK_PROT_WRITE) == SK_OK);
    *(volatile uint8_t *)ATTACK_VA = 0xc3;
    CHECK(sk_protect(ATTACK_SPACE, ATTACK_VA, 1, SK_PROT_READ | SK_PROT_EXECUTE) ==
          SK_OK);
    ((void (*)(void))ATTACK_VA)();
    *(volatile uint8_t *)ATTACK_VA = 0x90;
}
ATTACK(write_after_protect, ATTACK_FAULTS, REASON(PAGE_FAULT));
