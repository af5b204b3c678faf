// SPDX-License-Identifier: Apache-2.0
//
// What a dead domain left in its frames is not to be seen.
#include "test/abi/harness.h"

#define CHILD SLOT_OWN

PROMISE(domain_memory_is_zeroed)
{
    uint64_t count;
    sk_handle_t run = largest_run(boot, &count);
    uint64_t va = boot->va_lo + (64u << 20);
    EXPECT(run != SK_SLOT_NONE && count >= 64);
    EXPECT(sk_space_supply(SK_SLOT_SPACE, run, count - 16, 16) == SK_OK);
    struct sk_domain_state state;
    EXPECT(sk_space_create(run, 8, 8, CHILD + 1) == SK_OK);
    EXPECT(sk_domain_create(run, 16, SK_DOMAIN_FRAMES, CHILD + 1, CHILD) == SK_OK);
    EXPECT(sk_map(SK_SLOT_SPACE, va, run, 20, 1, READ_WRITE) == SK_OK);
    *(volatile uint64_t *)va = 42;
    EXPECT(sk_map(CHILD + 1, va, run, 20, 1, READ_WRITE) == SK_OK);
    EXPECT(sk_unmap(SK_SLOT_SPACE, va, 1) == SK_OK);
    EXPECT(sk_domain_read(CHILD, &state) == SK_OK);
    EXPECT(sk_domain_destroy(CHILD) == SK_OK);
    EXPECT(sk_cap_delete(CHILD + 1) == SK_OK);
    EXPECT(sk_map(SK_SLOT_SPACE, va, run, 8, 13, SK_PROT_READ) == SK_OK);
    const uint64_t *words = (const uint64_t *)va;
    for (unsigned i = 0; i < 13 * SK_PAGE_SIZE / sizeof *words; i++)
        EXPECT(words[i] == 0);
}
