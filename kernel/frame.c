// SPDX-License-Identifier: Apache-2.0
//
// Representation: `tables` has one row per range of RAM; rows are sorted, and every frame
// that a capability or a page table names lies in one. A page of a table holds garbage
// until it is first needed: its byte in `ready` is 0, and its frames are RAW. So boot
// takes the same time whatever the size of RAM. The boot allocator cuts frames off the
// low end of the largest free piece below 4 GiB; bundle and image are no free pieces.
#include "kernel/frame.h"

#include "base/string.h"
#include "kernel/panic.h"

struct frame_table {
    struct range ram;
    struct frame *frames;
    uint8_t *ready;
};

#define FRAMES_PER_PAGE (SK_PAGE_SIZE / sizeof(struct frame))

static struct frame_table tables[MACHINE_RAM_MAX];
static uint32_t table_count;

// Free pieces while booting: RAM less image and bundle, which can cut a piece in two.
static struct range pieces[MACHINE_RAM_MAX + 2];
static uint32_t piece_count;
static uint32_t piece_boot;

static void
pieces_remove(struct range taken)
{
    for (uint32_t i = 0; i < piece_count; i++) {
        struct range piece = pieces[i];
        if (taken.hi <= piece.lo || piece.hi <= taken.lo || taken.lo == taken.hi)
            continue;
        pieces[i].hi = taken.lo > piece.lo ? taken.lo : piece.lo;
        if (taken.hi < piece.hi)
            pieces[piece_count++] = (struct range){taken.hi, piece.hi};
    }
}

static uint64_t
piece_boot_len(struct range piece)
{
    uint64_t limit = 1ull << 32; // what the loader's mappings reach
    uint64_t hi = piece.hi < limit ? piece.hi : limit;
    return piece.lo < hi ? hi - piece.lo : 0;
}

static paddr_t
boot_take_run(uint64_t len)
{
    struct range *piece = &pieces[piece_boot];
    len = (len + SK_PAGE_SIZE - 1) & ~(uint64_t)(SK_PAGE_SIZE - 1);
    if (piece_boot_len(*piece) < len)
        panic("out of memory at boot: give the machine more RAM");
    paddr_t at = piece->lo;
    piece->lo += len;
    return at;
}

void
frame_init(const struct machine *machine)
{
    memcpy(pieces, machine->ram, machine->ram_count * sizeof pieces[0]);
    piece_count = machine->ram_count;
    pieces_remove(machine->image);
    pieces_remove(machine->bundle);
    for (uint32_t i = 1; i < piece_count; i++) {
        if (piece_boot_len(pieces[i]) > piece_boot_len(pieces[piece_boot]))
            piece_boot = i;
    }
    if (piece_count == 0)
        panic("the boot loader names no RAM above 1 MiB");

    for (uint32_t i = 0; i < machine->ram_count; i++) {
        struct range ram = machine->ram[i];
        uint64_t count = (ram.hi - ram.lo) >> SK_PAGE_SHIFT;
        uint64_t pages = (count + FRAMES_PER_PAGE - 1) / FRAMES_PER_PAGE;
        struct frame_table *table = &tables[table_count++];
        table->ram = ram;
        table->frames = arch_direct(boot_take_run(pages * SK_PAGE_SIZE));
        table->ready = arch_direct(boot_take_run(pages));
        memset(table->ready, 0, pages);
    }
}

static struct frame_table *
table_of(paddr_t address)
{
    struct frame_table *table = tables;
    while (address >= table->ram.hi)
        table++;
    return table;
}

// The entries of a run of frames that may not have been used before.
static struct frame *
frame_run(paddr_t first, uint64_t count)
{
    const struct frame_table *table = table_of(first);
    uint64_t index = (first - table->ram.lo) >> SK_PAGE_SHIFT;
    for (uint64_t page = index / FRAMES_PER_PAGE; page * FRAMES_PER_PAGE < index + count;
         page++) {
        if (!table->ready[page])
            memset(&table->frames[page * FRAMES_PER_PAGE], 0, SK_PAGE_SIZE);
        table->ready[page] = 1;
    }
    return &table->frames[index];
}

paddr_t
frame_boot_take(uint64_t count)
{
    paddr_t first = boot_take_run(count << SK_PAGE_SHIFT);
    struct frame *frame = frame_run(first, count);
    for (uint64_t i = 0; i < count; i++)
        frame[i].state = FRAME_KERNEL;
    return first;
}

paddr_t
frame_boot_take_zero(uint64_t count)
{
    paddr_t first = frame_boot_take(count);
    memset(arch_direct(first), 0, count << SK_PAGE_SHIFT);
    return first;
}

void
frame_pin(paddr_t first, uint64_t count)
{
    struct frame *frame = frame_run(first, count);
    for (uint64_t i = 0; i < count; i++)
        frame[i] = (struct frame){.state = FRAME_USER, .count = 1};
}

uint32_t
frame_boot_end(struct range *runs, uint32_t room)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < piece_count && count < room; i++) {
        if (pieces[i].lo < pieces[i].hi)
            runs[count++] = pieces[i];
    }
    return count;
}

struct frame *
frame_at(paddr_t address)
{
    const struct frame_table *table = table_of(address);
    return &table->frames[(address - table->ram.lo) >> SK_PAGE_SHIFT];
}

int64_t
frame_retype_check(paddr_t first, uint64_t count)
{
    const struct frame *frame = frame_run(first, count);
    for (uint64_t i = 0; i < count; i++) {
        if (frame[i].state == FRAME_KERNEL || frame[i].count != 0)
            return SK_E_BUSY;
    }
    return SK_OK;
}

void
frame_retype(paddr_t first, uint64_t count)
{
    struct frame *frame = frame_at(first);
    for (uint64_t i = 0; i < count; i++)
        frame[i].state = FRAME_KERNEL;
}

int64_t
frame_map_check(paddr_t first, uint64_t count)
{
    const struct frame *frame = frame_run(first, count);
    for (uint64_t i = 0; i < count; i++) {
        if (frame[i].state == FRAME_KERNEL)
            return SK_E_BUSY;
        if (frame[i].count == FRAME_COUNT_MAX)
            return SK_E_RANGE;
    }
    return SK_OK;
}

void
frame_map(paddr_t first, uint64_t count)
{
    struct frame *frame = frame_at(first);
    for (uint64_t i = 0; i < count; i++) {
        if (frame[i].state == FRAME_RAW)
            frame_zero(first + (i << SK_PAGE_SHIFT));
        frame[i].state = FRAME_USER;
        frame[i].count++;
    }
}

void
frame_abandon(paddr_t address)
{
    struct frame *frame = frame_at(address);
    if (--frame->count == 0)
        frame->state = FRAME_RAW;
}

void
frame_forget(paddr_t first, uint64_t count)
{
    struct frame *frame = frame_run(first, count);
    for (uint64_t i = 0; i < count; i++) {
        if (frame[i].state == FRAME_USER && frame[i].count == 0)
            frame[i].state = FRAME_RAW;
    }
}

void
frame_free(paddr_t address)
{
    *frame_at(address) = (struct frame){.state = FRAME_RAW};
}

void
frame_zero(paddr_t address)
{
    memset(arch_direct(address), 0, SK_PAGE_SIZE);
}
