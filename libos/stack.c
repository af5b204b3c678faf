// SPDX-License-Identifier: Apache-2.0
#include "libos/stack.h"

#include "abi/domain.h"
#include "abi/layout.h"
#include "libos/frames.h"

#define GROW_STEP (64u << 10) // bytes; the stack's ends need not be multiples

void
stack_init(struct stack *stack, const struct sk_boot_info *boot, struct frames *frames)
{
    *stack = (struct stack){.floor = boot->stack_lo, .lo = boot->stack_lo};
    uint64_t floor = boot->stack_hi - SK_INIT_STACK_LEN;
    if (floor < stack->lo &&
        frames_set_aside(frames, (stack->lo - floor) >> SK_PAGE_SHIFT, &stack->slot,
                         &stack->next))
        stack->floor = floor;
}

bool
stack_grow(struct stack *stack, uint64_t address)
{
    if (address < stack->floor || address >= stack->lo)
        return false;
    uint64_t lo = address / GROW_STEP * GROW_STEP;
    if (lo < stack->floor)
        lo = stack->floor;
    uint64_t count = (stack->lo - lo) >> SK_PAGE_SHIFT;
    if (sk_map(SK_SLOT_SPACE, lo, stack->slot, stack->next, count,
               SK_PROT_READ | SK_PROT_WRITE) != SK_OK)
        return false;
    stack->next += count;
    stack->lo = lo;
    return true;
}
