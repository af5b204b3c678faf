// SPDX-License-Identifier: Apache-2.0
//
// The space object and the calls on it. Tables that become empty stay until the space
// goes: a pool once supplied serves the same addresses again without counting entries.
#include "kernel/vspace.h"

#include "abi/layout.h"
#include "kernel/call.h"
#include "kernel/cap.h"

// A call moves at most so many pages: interrupts wait meanwhile.
#define PAGES_MAX (1ull << 20)

struct space *
space_make(paddr_t first, uint64_t count)
{
    frame_zero(first);
    mmu_root_init(first);
    struct space *space = arch_direct(first);
    space_supply(space, first + SK_PAGE_SIZE, count - 1);
    return space;
}

void
space_supply(struct space *space, paddr_t first, uint64_t count)
{
    for (uint64_t i = count; i-- > 0;) {
        paddr_t frame = first + (i << SK_PAGE_SHIFT);
        *(uint64_t *)arch_direct(frame) = space->pool_head;
        space->pool_head = frame;
    }
    space->pool_count += count << 1;
}

uint64_t
space_pool_count(const struct space *space)
{
    return space->pool_count >> 1;
}

paddr_t
space_take_table(struct space *space)
{
    paddr_t frame = space->pool_head;
    space->pool_head = *(uint64_t *)arch_direct(frame);
    space->pool_count -= 1 << 1;
    frame_zero(frame);
    return frame;
}

void
space_acquire(struct space *space)
{
    space->uses += 1 << 1;
}

void
space_release(struct space *space)
{
    space->uses -= 1 << 1;
    if (space->uses != 0)
        return;
    paddr_t root = arch_physical(space);
    mmu_destroy(root);
    while (space->pool_head != 0) {
        paddr_t frame = space->pool_head;
        space->pool_head = *(uint64_t *)arch_direct(frame);
        frame_free(frame);
    }
    frame_free(root);
}

static struct space *
cap_space(const struct cap *cap)
{
    return arch_direct(cap->object);
}

static int64_t
range_check(uint64_t va, uint64_t count)
{
    if (va % SK_PAGE_SIZE != 0 || count == 0 || va >= SK_VA_LIMIT ||
        count > (SK_VA_LIMIT - va) >> SK_PAGE_SHIFT)
        return SK_E_RANGE;
    return SK_OK;
}

static int64_t
prot_check(uint64_t prot)
{
    if (prot == 0 || (prot & ~(uint64_t)(SK_PROT_READ | SK_PROT_WRITE | SK_PROT_EXECUTE)))
        return SK_E_ARG;
    if ((prot & SK_PROT_WRITE) && (prot & SK_PROT_EXECUTE))
        return SK_E_ARG;
    return SK_OK;
}

int64_t
call_space_create(sk_handle_t frames, uint64_t first, uint64_t count, sk_handle_t to)
{
    struct domain *self = cpu_current();
    struct cap *slot;
    paddr_t base;
    int64_t s = cap_frames(self, frames, SK_RIGHT_RETYPE, first, count, &base);
    if (s == SK_OK)
        s = cap_empty(self, to, &slot);
    if (s == SK_OK)
        s = frame_retype_check(base, count);
    if (s != SK_OK)
        return s;

    frame_retype(base, count);
    cap_set(slot,
            &(struct cap){.type = SK_CAP_SPACE, .rights = SK_RIGHT_MAP, .object = base});
    space_acquire(space_make(base, count));
    return SK_OK;
}

int64_t
call_space_supply(sk_handle_t space, sk_handle_t frames, uint64_t first, uint64_t count)
{
    struct domain *self = cpu_current();
    struct cap *cap;
    paddr_t base;
    int64_t s = cap_find(self, space, SK_CAP_SPACE, SK_RIGHT_MAP, &cap);
    if (s == SK_OK)
        s = cap_frames(self, frames, SK_RIGHT_RETYPE, first, count, &base);
    if (s == SK_OK)
        s = frame_retype_check(base, count);
    if (s != SK_OK)
        return s;

    frame_retype(base, count);
    space_supply(cap_space(cap), base, count);
    return SK_OK;
}

int64_t
call_map(sk_handle_t space, uint64_t va, sk_handle_t frames, uint64_t first,
         uint64_t count, uint64_t prot)
{
    struct domain *self = cpu_current();
    struct cap *cap, *run;
    paddr_t base;
    int64_t s = cap_find(self, space, SK_CAP_SPACE, SK_RIGHT_MAP, &cap);
    if (s == SK_OK)
        s = cap_find(self, frames, SK_CAP_FRAMES, 0, &run);
    if (s == SK_OK)
        s = prot_check(prot);
    if (s == SK_OK) // every mapping can be read
        s = cap_frames(self, frames, (uint32_t)prot | SK_PROT_READ, first, count, &base);
    if (s == SK_OK)
        s = range_check(va, count);
    if (s == SK_OK && count > PAGES_MAX)
        s = SK_E_RANGE;
    if (s == SK_OK)
        s = frame_map_check(base, count);
    if (s != SK_OK)
        return s;
    int64_t need = mmu_map_need(cap->object, va, count);
    if (need < 0)
        return need;
    if ((uint64_t)need > space_pool_count(cap_space(cap)))
        return SK_E_MEMORY;

    frame_map(base, count);
    mmu_map(cap_space(cap), va, count, base, (uint32_t)prot, run->rights);
    return SK_OK;
}

int64_t
call_unmap(sk_handle_t space, uint64_t va, uint64_t count)
{
    struct cap *cap;
    int64_t s = cap_find(cpu_current(), space, SK_CAP_SPACE, SK_RIGHT_MAP, &cap);
    if (s == SK_OK)
        s = range_check(va, count);
    if (s == SK_OK)
        mmu_unmap(cap->object, va, count);
    return s;
}

int64_t
call_protect(sk_handle_t space, uint64_t va, uint64_t count, uint64_t prot)
{
    struct cap *cap;
    int64_t s = cap_find(cpu_current(), space, SK_CAP_SPACE, SK_RIGHT_MAP, &cap);
    if (s == SK_OK)
        s = prot_check(prot);
    if (s == SK_OK)
        s = range_check(va, count);
    if (s == SK_OK)
        s = mmu_protect_check(cap->object, va, count, (uint32_t)prot);
    if (s == SK_OK)
        mmu_protect(cap->object, va, count, (uint32_t)prot);
    return s;
}
