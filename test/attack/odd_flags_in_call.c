// SPDX-License-Identifier: Apache-2.0
//
// Enters the kernel with the direction flag and nested-task flag set.
#include "test/attack/attack.h"

static void
act(void)
{
    __asm__ volatile("pushfq; orl $0x4400, (%%rsp); popfq" ::: "memory", "cc");
    struct sk_cap_info info = {0};
    int64_t status = sk_cap_read(ATTACK_SELF, &info);
    __asm__ volatile("pushfq; andl $~0x4400, (%%rsp); popfq" ::: "memory", "cc");
    CHECK(status == SK_OK && info.type == SK_CAP_DOMAIN);
}
ATTACK(odd_flags_in_call, ATTACK_SURVIVES, 0);
