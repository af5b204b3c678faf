// SPDX-License-Identifier: Apache-2.0
//
// Frames are counted before any is mapped, page tables included, so that a request that
// cannot be met takes nothing.
#include "libos/frames.h"

#include "abi/domain.h"

// What the page-table pool is fed at once.
#define TABLE_BATCH_FRAMES 32u

// Tables that a mapping may need: one for each 2 MiB, the levels above, two edges.
static uint64_t
tables_for(uint64_t pages)
{
    return pages / 512 + 6;
}

static uint64_t
run_len(uint32_t slot)
{
    struct sk_cap_info info;
    return sk_cap_read(slot, &info) == SK_OK ? info.count : 0;
}

void
frames_init(struct frames *f, const struct sk_boot_info *boot)
{
    *f = (struct frames){
        .slot = SK_SLOT_FRAMES,
        .slot_end = SK_SLOT_FRAMES + boot->frames_slot_count,
        .va_next = boot->va_lo,
        .va_hi = boot->va_hi,
    };
    if (boot->frames_slot_count > SK_SLOT_COUNT - SK_SLOT_FRAMES)
        f->slot_end = SK_SLOT_COUNT;
    if (f->slot < f->slot_end)
        f->count = run_len(f->slot);
    for (uint32_t slot = f->slot + 1; slot < f->slot_end; slot++)
        f->later += run_len(slot);
}

uint64_t
frames_left(const struct frames *f)
{
    return f->count - f->next + f->later;
}

bool
frames_reserve(struct frames *f, uint64_t pages, uint64_t *va)
{
    uint64_t room_pages = (f->va_hi - f->va_next) >> SK_PAGE_SHIFT;
    if (room_pages < 2 || pages > room_pages - 2)
        return false;
    *va = f->va_next + SK_PAGE_SIZE;
    // The guard behind one reservation is the guard before the next.
    f->va_next = *va + (pages << SK_PAGE_SHIFT);
    return true;
}

// Makes the next non-empty run the current one. False: there is none.
static bool
next_run(struct frames *f)
{
    while (f->next == f->count) {
        if (f->slot + 1 >= f->slot_end)
            return false;
        f->slot++;
        f->next = 0;
        f->count = run_len(f->slot);
        f->later -= f->count;
    }
    return true;
}

static bool
feed_tables(struct frames *f)
{
    if (!next_run(f))
        return false;
    uint64_t count = f->count - f->next;
    if (count > TABLE_BATCH_FRAMES)
        count = TABLE_BATCH_FRAMES;
    if (sk_space_supply(SK_SLOT_SPACE, f->slot, f->next, count) != SK_OK)
        return false;
    f->next += count;
    return true;
}

bool
frames_map(struct frames *f, uint64_t va, uint64_t pages)
{
    uint64_t left = frames_left(f);
    if (pages > left || left - pages < tables_for(pages))
        return false;
    uint64_t done = 0;
    while (done < pages && next_run(f)) {
        uint64_t count = f->count - f->next;
        if (count > pages - done)
            count = pages - done;
        int64_t status = sk_map(SK_SLOT_SPACE, va + (done << SK_PAGE_SHIFT), f->slot,
                                f->next, count, SK_PROT_READ | SK_PROT_WRITE);
        if (status == SK_E_MEMORY && feed_tables(f))
            continue;
        if (status != SK_OK)
            break;
        f->next += count;
        done += count;
    }
    if (done < pages)
        (void)sk_unmap(SK_SLOT_SPACE, va, done);
    return done == pages;
}

bool
frames_set_aside(struct frames *f, uint64_t count, uint32_t *slot, uint64_t *first)
{
    if (!next_run(f) || count > f->count - f->next)
        return false;
    *slot = f->slot;
    *first = f->next;
    f->next += count;
    return true;
}
