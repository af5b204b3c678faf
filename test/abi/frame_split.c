// SPDX-License-Identifier: Apache-2.0
//
// A part of a run names the frames it was cut from.
#include "test/abi/harness.h"

PROMISE(frame_split)
{
    uint64_t count;
    sk_handle_t run = largest_run(boot, &count);
    EXPECT(run != SK_SLOT_NONE && count >= 64);
    struct sk_cap_info whole, part;
    EXPECT(sk_frame_split(run, 3, 4, SLOT_OWN) == SK_OK);
    EXPECT(sk_cap_read(run, &whole) == SK_OK);
    EXPECT(sk_cap_read(SLOT_OWN, &part) == SK_OK);
    EXPECT(part.first == whole.first + 3 * SK_PAGE_SIZE && part.count == 4);
    EXPECT(part.rights == whole.rights && part.type == SK_CAP_FRAMES);
    EXPECT(sk_frame_split(run, 0, count, SLOT_OWN + 1) == SK_OK);
    EXPECT(sk_frame_split(run, 0, count + 1, SLOT_OWN + 2) == SK_E_RANGE);
    EXPECT(sk_frame_split(run, count, 1, SLOT_OWN + 2) == SK_E_RANGE);
    EXPECT(sk_frame_split(run, 0, 0, SLOT_OWN + 2) == SK_E_RANGE);
    EXPECT(sk_frame_split(run, 1, UINT64_MAX, SLOT_OWN + 2) == SK_E_RANGE);
    EXPECT(sk_frame_split(SK_SLOT_CLOCK, 0, 1, SLOT_OWN + 2) == SK_E_TYPE);
}
