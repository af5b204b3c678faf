// SPDX-License-Identifier: Apache-2.0
//
// Looks for what others left in frames and in new kernel objects. (The supervisor checks
// after each attack that what this one leaves is not to be seen either.)
#include "test/attack/attack.h"

static void
act(void)
{
    CHECK(sk_map(ATTACK_SPACE, ATTACK_VA, ATTACK_FRAMES, 0, ATTACK_FRAME_COUNT,
                 SK_PROT_READ | SK_PROT_WRITE) == SK_OK);
    volatile uint64_t *words = (volatile uint64_t *)ATTACK_VA;
    for (uint64_t i = 0; i < ATTACK_FRAME_COUNT * SK_PAGE_SIZE / 8; i++) {
        CHECK(words[i] == 0);
        words[i] = 0x5ec2e75ec2e75ec2;
    }
}
ATTACK(read_dead_memory, ATTACK_SURVIVES, 0);
