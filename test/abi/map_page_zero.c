// SPDX-License-Identifier: Apache-2.0
//
// Linear memory can be mapped from its first page on.
#include "test/abi/harness.h"

PROMISE(map_page_zero)
{
    uint64_t count;
    sk_handle_t run = largest_run(boot, &count);
    uint64_t va = boot->va_lo + (64u << 20);
    EXPECT(run != SK_SLOT_NONE && count >= 64);
    EXPECT(sk_space_supply(SK_SLOT_SPACE, run, count - 16, 16) == SK_OK);
    va = boot->linear_va;
    EXPECT(sk_map(SK_SLOT_SPACE, va, run, 0, 2, READ_WRITE) == SK_OK);
    volatile uint8_t *memory = (volatile uint8_t *)va;
    __asm__("" : "+r"(memory));
    memory[0] = 1;
    memory[2 * SK_PAGE_SIZE - 1] = 2;
    EXPECT(memory[0] == 1 && memory[2 * SK_PAGE_SIZE - 1] == 2);
}
