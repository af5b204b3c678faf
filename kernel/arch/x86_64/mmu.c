// SPDX-License-Identifier: Apache-2.0
//
// Page tables: four levels, 512 entries each. Domains get 4 KiB pages; the kernel's own
// mappings never change after boot, so all roots share them.
#include "base/string.h"
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/apic.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/layout.h"
#include "kernel/cap.h"
#include "kernel/vspace.h"

#define PTE_PRESENT     (1ull << 0)
#define PTE_WRITE       (1ull << 1)
#define PTE_USER        (1ull << 2)
#define PTE_UNCACHED    (1ull << 3 | 1ull << 4)
#define PTE_LARGE       (1ull << 7)
#define PTE_GLOBAL      (1ull << 8)
#define PTE_MAY_WRITE   (1ull << 9)  // ignored by the processor: the rights
#define PTE_MAY_EXECUTE (1ull << 10) // of the capability the page came by
#define PTE_NO_EXECUTE  (1ull << 63)
#define PTE_ADDRESS     0x000ffffffffff000ull

#define ENTRIES     512u
#define LARGE_SHIFT 21
#define LARGE_PAGE  (1ull << LARGE_SHIFT)
#define LEAF_SHIFT  12
#define ROOT_SHIFT  39
#define LEVEL_SHIFT 9
#define FLUSH_MAX   32u // more pages than that are flushed by reloading the root

static paddr_t kernel_root;
static paddr_t loaded_root;

extern const char image_start[], text_start[], text_end[], rodata_start[], data_start[],
    image_end[], kernel_stack_guard[];

void *
arch_direct(paddr_t address)
{
    return (void *)(address + DIRECT_BASE);
}

paddr_t
arch_physical(const void *pointer)
{
    return (paddr_t)pointer - DIRECT_BASE;
}

static uint64_t *
table_entry(uint64_t table, uint64_t va, unsigned shift)
{
    uint64_t *entries = arch_direct(table & PTE_ADDRESS);
    return &entries[va >> shift & (ENTRIES - 1)];
}

// Where the piece of [va, end) ends that lies in one aligned block of 1 << shift bytes.
static uint64_t
chunk_end(uint64_t va, uint64_t end, unsigned shift)
{
    uint64_t next = ((va >> shift) + 1) << shift;
    return next < end ? next : end;
}

// ---- The kernel's mappings ----

static uint64_t *
kernel_entry(uint64_t va, unsigned leaf_shift, paddr_t (*take)(uint64_t))
{
    uint64_t table = kernel_root;
    for (unsigned shift = ROOT_SHIFT; shift > leaf_shift; shift -= LEVEL_SHIFT) {
        uint64_t *entry = table_entry(table, va, shift);
        if (!*entry)
            *entry = take(1) | PTE_PRESENT | PTE_WRITE;
        table = *entry;
    }
    return table_entry(table, va, leaf_shift);
}

// `va` and the memory have the same offset within a large page.
static void
kernel_map(uint64_t va, struct range memory, uint64_t flags, paddr_t (*take)(uint64_t))
{
    flags |= PTE_PRESENT | PTE_GLOBAL;
    while (memory.lo < memory.hi) {
        bool large = memory.lo % LARGE_PAGE == 0 && memory.hi - memory.lo >= LARGE_PAGE;
        unsigned shift = large ? LARGE_SHIFT : LEAF_SHIFT;
        uint64_t *entry = kernel_entry(va, shift, take);
        uint64_t end = chunk_end(memory.lo, memory.hi, shift + LEVEL_SHIFT);
        uint64_t count = (end - memory.lo) >> shift;
        for (uint64_t i = 0; i < count; i++)
            entry[i] = (memory.lo + (i << shift)) | flags | (large ? PTE_LARGE : 0);
        memory.lo += count << shift;
        va += count << shift;
    }
}

static void
map_image(const char *from, const char *to, uint64_t flags, paddr_t (*take)(uint64_t))
{
    uint64_t lo = (uint64_t)from & ~(uint64_t)(SK_PAGE_SIZE - 1);
    uint64_t hi = ((uint64_t)to + SK_PAGE_SIZE - 1) & ~(uint64_t)(SK_PAGE_SIZE - 1);
    kernel_map(lo, (struct range){lo - IMAGE_BASE, hi - IMAGE_BASE}, flags, take);
}

// The direct map leaves the image out: no second, writable view of the kernel's code.
static void
map_ram(struct range ram, struct range image, paddr_t (*take)(uint64_t))
{
    uint64_t flags = PTE_WRITE | PTE_NO_EXECUTE;
    struct range below = {ram.lo, ram.hi < image.lo ? ram.hi : image.lo};
    struct range above = {ram.lo > image.hi ? ram.lo : image.hi, ram.hi};
    kernel_map(below.lo + DIRECT_BASE, below, flags, take);
    kernel_map(above.lo + DIRECT_BASE, above, flags, take);
}

static void
map_device(uint64_t va, paddr_t registers, paddr_t (*take)(uint64_t))
{
    *kernel_entry(va, LEAF_SHIFT, take) =
        registers | PTE_PRESENT | PTE_WRITE | PTE_GLOBAL | PTE_UNCACHED | PTE_NO_EXECUTE;
}

void
mmu_init(const struct machine *machine, paddr_t (*take)(uint64_t))
{
    kernel_root = take(1);
    for (uint32_t i = 0; i < machine->ram_count; i++)
        map_ram(machine->ram[i], machine->image, take);
    map_image(text_start, text_end, 0, take);
    map_image(rodata_start, data_start, PTE_NO_EXECUTE, take);
    map_image(data_start, image_end, PTE_WRITE | PTE_NO_EXECUTE, take);
    *kernel_entry((uint64_t)kernel_stack_guard, LEAF_SHIFT, take) = 0;
    map_device(MMIO_BASE + APIC_OFFSET, APIC_PADDR, take);
    map_device(MMIO_BASE + IOAPIC_OFFSET, IOAPIC_PADDR, take);
    write_cr3(kernel_root);
    loaded_root = kernel_root;
}

void
mmu_root_init(paddr_t root)
{
    struct space *space = arch_direct(root);
    const struct space *kernel = arch_direct(kernel_root);
    memcpy(space->direct, kernel->direct, sizeof space->direct);
    memcpy(space->image, kernel->image, sizeof space->image);
}

void
mmu_load(paddr_t root)
{
    if (root == 0)
        root = kernel_root;
    if (root == loaded_root)
        return;
    loaded_root = root;
    write_cr3(root);
}

// ---- Domains' mappings: ranges are walked one leaf table at a time ----

// Returns the leaf table for `va`; NULL when one on the way is missing, and then
// `*skip_shift` says how much address space has no leaf table there.
static uint64_t *
leaf_find(paddr_t root, uint64_t va, unsigned *skip_shift)
{
    uint64_t table = root;
    for (unsigned shift = ROOT_SHIFT; shift > LEAF_SHIFT; shift -= LEVEL_SHIFT) {
        table = *table_entry(table, va, shift);
        if (!(table & PTE_PRESENT)) {
            *skip_shift = shift;
            return NULL;
        }
    }
    return arch_direct(table & PTE_ADDRESS);
}

static uint64_t
leaf_index(uint64_t va)
{
    return va >> LEAF_SHIFT & (ENTRIES - 1);
}

// How many tables of the level whose entries span 1 << shift bytes are missing.
static uint64_t
tables_missing(paddr_t root, uint64_t va, uint64_t end, unsigned level_shift)
{
    uint64_t missing = 0;
    while (va < end) {
        uint64_t table = root;
        unsigned shift = ROOT_SHIFT;
        for (; shift >= level_shift; shift -= LEVEL_SHIFT) {
            table = *table_entry(table, va, shift);
            if (!(table & PTE_PRESENT))
                break;
        }
        missing += !(table & PTE_PRESENT);
        va = chunk_end(va, end, level_shift);
    }
    return missing;
}

int64_t
mmu_map_need(paddr_t root, uint64_t va, uint64_t count)
{
    uint64_t end = va + (count << SK_PAGE_SHIFT);
    bool all_there = true;
    for (uint64_t at = va, next; at < end; at = next) {
        unsigned shift = LEAF_SHIFT + LEVEL_SHIFT;
        const uint64_t *leaf = leaf_find(root, at, &shift);
        next = chunk_end(at, end, shift);
        all_there &= leaf != NULL;
        for (uint64_t i = leaf_index(at); leaf && at < next; at += SK_PAGE_SIZE, i++) {
            if (leaf[i] & PTE_PRESENT)
                return SK_E_BUSY;
        }
    }
    uint64_t need = 0;
    for (unsigned shift = ROOT_SHIFT; !all_there && shift > LEAF_SHIFT;
         shift -= LEVEL_SHIFT)
        need += tables_missing(root, va, end, shift);
    return (int64_t)need;
}

static uint64_t *
leaf_make(struct space *space, uint64_t va)
{
    uint64_t table = arch_physical(space);
    for (unsigned shift = ROOT_SHIFT; shift > LEAF_SHIFT; shift -= LEVEL_SHIFT) {
        uint64_t *entry = table_entry(table, va, shift);
        if (!(*entry & PTE_PRESENT))
            *entry = space_take_table(space) | PTE_PRESENT | PTE_WRITE | PTE_USER;
        table = *entry;
    }
    return arch_direct(table & PTE_ADDRESS);
}

static uint64_t
prot_flags(uint32_t prot)
{
    return PTE_PRESENT | PTE_USER | (prot & SK_PROT_WRITE ? PTE_WRITE : 0) |
           (prot & SK_PROT_EXECUTE ? 0 : PTE_NO_EXECUTE);
}

void
mmu_map(struct space *space, uint64_t va, uint64_t count, paddr_t first, uint32_t prot,
        uint32_t rights)
{
    uint64_t flags = prot_flags(prot) | (rights & SK_RIGHT_WRITE ? PTE_MAY_WRITE : 0) |
                     (rights & SK_RIGHT_EXECUTE ? PTE_MAY_EXECUTE : 0);
    uint64_t end = va + (count << SK_PAGE_SHIFT);
    while (va < end) {
        uint64_t *leaf = leaf_make(space, va);
        uint64_t next = chunk_end(va, end, LEAF_SHIFT + LEVEL_SHIFT);
        for (uint64_t i = leaf_index(va); va < next; va += SK_PAGE_SIZE, i++) {
            leaf[i] = first | flags;
            first += SK_PAGE_SIZE;
        }
    }
}

// A changed entry of the current space must not live on in the TLB.
static void
flush(paddr_t root, uint64_t va, uint64_t count)
{
    if (root != loaded_root)
        return;
    if (count > FLUSH_MAX) {
        write_cr3(root);
        return;
    }
    for (uint64_t i = 0; i < count; i++)
        invlpg(va + (i << SK_PAGE_SHIFT));
}

// A frame that the caller cannot map again is left as if its space had gone.
static void
unmap_frame(paddr_t frame, struct range *named)
{
    if (frame < named->lo || frame >= named->hi)
        *named = cap_run(cpu_current(), frame);
    if (frame >= named->lo && frame < named->hi)
        frame_unmap(frame);
    else
        frame_abandon(frame);
}

void
mmu_unmap(paddr_t root, uint64_t va, uint64_t count)
{
    struct range named = {0, 0};
    uint64_t end = va + (count << SK_PAGE_SHIFT);
    for (uint64_t at = va, next; at < end; at = next) {
        unsigned shift = LEAF_SHIFT + LEVEL_SHIFT;
        uint64_t *leaf = leaf_find(root, at, &shift);
        next = chunk_end(at, end, shift);
        for (uint64_t i = leaf_index(at); leaf && at < next; at += SK_PAGE_SIZE, i++) {
            if (leaf[i] & PTE_PRESENT)
                unmap_frame(leaf[i] & PTE_ADDRESS, &named);
            leaf[i] = 0;
        }
    }
    flush(root, va, count);
}

int64_t
mmu_protect_check(paddr_t root, uint64_t va, uint64_t count, uint32_t prot)
{
    uint64_t may = (prot & SK_PROT_WRITE ? PTE_MAY_WRITE : 0) |
                   (prot & SK_PROT_EXECUTE ? PTE_MAY_EXECUTE : 0);
    uint64_t end = va + (count << SK_PAGE_SHIFT);
    while (va < end) {
        unsigned shift;
        const uint64_t *leaf = leaf_find(root, va, &shift);
        uint64_t next = chunk_end(va, end, LEAF_SHIFT + LEVEL_SHIFT);
        if (!leaf)
            return SK_E_ADDRESS;
        for (uint64_t i = leaf_index(va); va < next; va += SK_PAGE_SIZE, i++) {
            if (!(leaf[i] & PTE_PRESENT))
                return SK_E_ADDRESS;
            if ((leaf[i] & may) != may)
                return SK_E_RIGHTS;
        }
    }
    return SK_OK;
}

void
mmu_protect(paddr_t root, uint64_t va, uint64_t count, uint32_t prot)
{
    uint64_t kept = PTE_ADDRESS | PTE_MAY_WRITE | PTE_MAY_EXECUTE;
    uint64_t flags = prot_flags(prot);
    uint64_t end = va + (count << SK_PAGE_SHIFT);
    for (uint64_t at = va; at < end;) {
        unsigned shift;
        uint64_t *leaf = leaf_find(root, at, &shift);
        uint64_t next = chunk_end(at, end, LEAF_SHIFT + LEVEL_SHIFT);
        for (uint64_t i = leaf_index(at); at < next; at += SK_PAGE_SIZE, i++)
            leaf[i] = (leaf[i] & kept) | flags;
    }
    flush(root, va, count);
}

// Tables below `table`, whose entries span 1 << shift bytes each; at most three deep.
static void
destroy_below(uint64_t table, uint64_t entries, unsigned shift)
{
    const uint64_t *entry = arch_direct(table & PTE_ADDRESS);
    for (uint64_t i = 0; i < entries; i++) {
        if (!(entry[i] & PTE_PRESENT))
            continue;
        paddr_t frame = entry[i] & PTE_ADDRESS;
        if (shift == LEAF_SHIFT) {
            frame_abandon(frame);
        } else {
            destroy_below(frame, ENTRIES, shift - LEVEL_SHIFT);
            frame_free(frame);
        }
    }
}

void
mmu_destroy(paddr_t root)
{
    if (root == loaded_root)
        mmu_load(0);
    destroy_below(root, ENTRIES / 2, ROOT_SHIFT);
}
