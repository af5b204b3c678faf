// SPDX-License-Identifier: Apache-2.0
//
// Map refuses what abi/calls.def says, and then has changed nothing.
#include "test/abi/harness.h"

PROMISE(map_refuses)
{
    uint64_t count;
    sk_handle_t run = largest_run(boot, &count);
    uint64_t va = boot->va_lo + (64u << 20);
    EXPECT(run != SK_SLOT_NONE && count >= 64);
    EXPECT(sk_space_supply(SK_SLOT_SPACE, run, count - 16, 16) == SK_OK);
    struct sk_cap_info before, after;
    EXPECT(sk_cap_read(SK_SLOT_SPACE, &before) == SK_OK);
    EXPECT(sk_map(SK_SLOT_SPACE, va + 1, run, 0, 1, SK_PROT_READ) == SK_E_RANGE);
    EXPECT(sk_map(SK_SLOT_SPACE, va, run, 0, 0, SK_PROT_READ) == SK_E_RANGE);
    EXPECT(sk_map(SK_SLOT_SPACE, va, run, 0, count + 1, SK_PROT_READ) == SK_E_RANGE);
    EXPECT(sk_map(SK_SLOT_SPACE, va, run, count, 1, SK_PROT_READ) == SK_E_RANGE);
    EXPECT(sk_map(SK_SLOT_SPACE, boot->va_hi, run, 0, 1, SK_PROT_READ) == SK_E_RANGE);
    EXPECT(sk_map(SK_SLOT_SPACE, va, run, 0, 1, 0) == SK_E_ARG);
    EXPECT(sk_map(SK_SLOT_SPACE, va, run, 0, 1, 1u << 3) == SK_E_ARG);
    EXPECT(sk_map(SK_SLOT_SPACE, va, run, 0, 1, SK_PROT_WRITE | SK_PROT_EXECUTE) ==
           SK_E_ARG);
    EXPECT(sk_map(SK_SLOT_SPACE, va, SK_SLOT_CLOCK, 0, 1, SK_PROT_READ) == SK_E_TYPE);
    EXPECT(sk_map(SK_SLOT_CLOCK, va, run, 0, 1, SK_PROT_READ) == SK_E_TYPE);
    EXPECT(sk_cap_copy(run, SLOT_OWN, SK_RIGHT_READ, 0) == SK_OK);
    EXPECT(sk_map(SK_SLOT_SPACE, va, SLOT_OWN, 0, 1, READ_WRITE) == SK_E_RIGHTS);
    EXPECT(sk_cap_read(SK_SLOT_SPACE, &after) == SK_OK && after.count == before.count);
    EXPECT(sk_protect(SK_SLOT_SPACE, va, 1, SK_PROT_READ) == SK_E_ADDRESS);
}
