// SPDX-License-Identifier: Apache-2.0
//
// Maps at kernel addresses, beyond the run, and so that sums overflow.
#include "test/attack/attack.h"

static int64_t
map(uint64_t va, uint64_t first, uint64_t count)
{
    return sk_map(ATTACK_SPACE, va, ATTACK_FRAMES, first, count, SK_PROT_READ);
}

static void
act(void)
{
    CHECK(map(KERNEL_IMAGE, 0, 1) == SK_E_RANGE);
    CHECK(map(SK_VA_LIMIT, 0, 1) == SK_E_RANGE);
    CHECK(map(SK_VA_LIMIT - SK_PAGE_SIZE, 0, 2) == SK_E_RANGE);
    CHECK(map(NOT_CANONICAL, 0, 1) == SK_E_RANGE);
    CHECK(map(ATTACK_VA + 1, 0, 1) == SK_E_RANGE);
    CHECK(map(ATTACK_VA, 0, 0) == SK_E_RANGE);
    CHECK(map(ATTACK_VA, 0, ATTACK_FRAME_COUNT + 1) == SK_E_RANGE);
    CHECK(map(ATTACK_VA, ATTACK_FRAME_COUNT, 1) == SK_E_RANGE);
    CHECK(map(ATTACK_VA, 1, UINT64_MAX) == SK_E_RANGE);
    CHECK(map(ATTACK_VA, UINT64_MAX, 2) == SK_E_RANGE);
    CHECK(sk_unmap(ATTACK_SPACE, KERNEL_IMAGE, 1) == SK_E_RANGE);
    CHECK(sk_unmap(ATTACK_SPACE, ATTACK_VA, UINT64_MAX / SK_PAGE_SIZE) == SK_E_RANGE);
    CHECK(sk_protect(ATTACK_SPACE, KERNEL_DIRECT, 1, SK_PROT_READ) == SK_E_RANGE);
    CHECK(sk_protect(ATTACK_SPACE, ATTACK_VA, 1ull << 52, SK_PROT_READ) == SK_E_RANGE);
    CHECK(sk_frame_split(ATTACK_FRAMES, 1, ATTACK_FRAME_COUNT, ATTACK_EMPTY) ==
          SK_E_RANGE);
    CHECK(sk_frame_split(ATTACK_FRAMES, UINT64_MAX, 2, ATTACK_EMPTY) == SK_E_RANGE);
}
ATTACK(map_out_of_range, ATTACK_SURVIVES, 0);
