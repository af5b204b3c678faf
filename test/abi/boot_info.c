// SPDX-License-Identifier: Apache-2.0
//
// What init is told about its machine is true.
#include "test/abi/harness.h"

PROMISE(boot_info)
{
    EXPECT(boot->version == SK_ABI_VERSION);
    EXPECT(boot->platform == SK_PLATFORM_KERNEL || boot->platform == SK_PLATFORM_HOST);
    EXPECT(boot->linear_len >= 1ull << 32 && boot->linear_va % SK_PAGE_SIZE == 0);
    EXPECT(boot->va_lo < boot->va_hi && boot->va_lo % SK_PAGE_SIZE == 0);
    EXPECT(boot->cpu_count >= 1);
    EXPECT(boot->frames_slot_count >= 1);
    EXPECT(boot->tsc_entry <= boot->tsc_init);
    uint8_t here;
    EXPECT((uint64_t)&here >= boot->stack_lo && (uint64_t)&here < boot->stack_hi);
    *(volatile uint8_t *)boot->stack_lo = 1;
    for (uint32_t i = 0; i < 3; i++)
        EXPECT(boot->reserved[i] == 0);
    struct sk_cap_info info;
    EXPECT(sk_cap_read(SK_SLOT_SPACE, &info) == SK_OK);
    EXPECT(info.type == SK_CAP_SPACE && info.count == boot->table_frames);
}
