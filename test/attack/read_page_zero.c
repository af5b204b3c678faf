// SPDX-License-Identifier: Apache-2.0
//
// Reads page 0, which is not mapped unless the domain does so.
#include "test/attack/attack.h"

#include <stddef.h>

static void
act(void)
{
    const volatile uint8_t *zero = NULL;
    __asm__("" : "+r"(zero));
    (void)*zero;
}
ATTACK(read_page_zero, ATTACK_FAULTS, REASON(PAGE_FAULT));
