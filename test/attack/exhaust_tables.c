// SPDX-License-Identifier: Apache-2.0
//
// Maps until there is no frame left for page tables.
#include "test/attack/attack.h"

static void
act(void)
{
    uint64_t va = ATTACK_VA;
    int64_t status = SK_OK;
    for (unsigned i = 0; i < 64 && status == SK_OK; i++, va += 1ull << 30)
        status = sk_map(ATTACK_SPACE, va, ATTACK_FRAMES, 0, 1, SK_PROT_READ);
    CHECK(status == SK_E_MEMORY);
    struct sk_cap_info before, after;
    CHECK(sk_cap_read(ATTACK_SPACE, &before) == SK_OK);
    CHECK(sk_map(ATTACK_SPACE, 1ull << 46, ATTACK_FRAMES, 0, 1, SK_PROT_READ) ==
          SK_E_MEMORY);
    CHECK(sk_cap_read(ATTACK_SPACE, &after) == SK_OK && after.count == before.count);
    (void)*(volatile uint8_t *)(1ull << 46);
}
ATTACK(exhaust_tables, ATTACK_FAULTS, REASON(PAGE_FAULT));
