// SPDX-License-Identifier: Apache-2.0
//
// Representation: page_table has a word per page of the window: 0 for an unmapped page,
// else PAGE_MAPPED with the frame number, and the rights of the capability it was mapped
// by. Linux keeps the protection itself.
//
// Linux builds its own page tables, out of nobody's pool. The pool is counted all the
// same, as the kernel's four levels would take from it: table_there has, per level, a
// byte per table of the window. As in the kernel, a table that becomes empty stays.
#include "host/space.h"

#include <errno.h>
#include <sys/mman.h>

#include "host/cap.h"
#include "host/frame.h"
#include "host/window.h"

// A call moves at most so many pages (kernel/vspace.c).
#define PAGES_MAX (1ull << 20)

#define PAGE_MAPPED       (1u << 31)
#define PAGE_RIGHTS_SHIFT 28
#define PAGE_FRAME        ((1u << PAGE_RIGHTS_SHIFT) - 1)
#define PAGE_RIGHTS       (SK_PROT_READ | SK_PROT_WRITE | SK_PROT_EXECUTE)

#define LEVEL_COUNT 3 // page tables and the two levels above; the root is always there

static uint32_t *page_table;
static uint8_t *table_there[LEVEL_COUNT];
static uint64_t pool;

static unsigned
level_shift(unsigned level)
{
    return 21 + 9 * level;
}

static void *
address(uint64_t va)
{
    return (void *)va;
}

static bool
reserve(uint64_t va, uint64_t len, int fixed)
{
    void *at = mmap(address(va), len, PROT_NONE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | fixed, -1, 0);
    return at == address(va);
}

const char *
host_space_init(uint64_t table_frames)
{
    pool = table_frames;
    if (!reserve(WINDOW_LO, WINDOW_HI - WINDOW_LO, MAP_FIXED_NOREPLACE))
        return "cannot reserve 4 TiB of addresses (is there a limit? try "
               "`ulimit -v unlimited`)";
    page_table = host_sparse((WINDOW_HI - WINDOW_LO) / SK_PAGE_SIZE * sizeof(uint32_t));
    if (page_table == NULL)
        return "cannot make the page table";
    for (unsigned level = 0; level < LEVEL_COUNT; level++) {
        table_there[level] = host_sparse((WINDOW_HI - WINDOW_LO) >> level_shift(level));
        if (table_there[level] == NULL)
            return "cannot make the page table";
    }
    return NULL;
}

uint64_t
host_space_pool(void)
{
    return pool;
}

static uint32_t *
page_at(uint64_t va)
{
    return &page_table[(va - WINDOW_LO) / SK_PAGE_SIZE];
}

static int
linux_prot(uint32_t prot)
{
    return PROT_READ | ((prot & SK_PROT_WRITE) != 0 ? PROT_WRITE : 0) |
           ((prot & SK_PROT_EXECUTE) != 0 ? PROT_EXEC : 0);
}

static int64_t
range_check(uint64_t va, uint64_t count)
{
    if (va % SK_PAGE_SIZE != 0 || count == 0 || va < WINDOW_LO || va >= WINDOW_HI ||
        count > (WINDOW_HI - va) / SK_PAGE_SIZE)
        return SK_E_RANGE;
    return SK_OK;
}

static int64_t
prot_check(uint64_t prot)
{
    if (prot == 0 || (prot & ~(uint64_t)PAGE_RIGHTS) != 0)
        return SK_E_ARG;
    if ((prot & SK_PROT_WRITE) != 0 && (prot & SK_PROT_EXECUTE) != 0)
        return SK_E_ARG;
    return SK_OK;
}

// Counts the tables that are missing to map the pages; `make` makes them.
static uint64_t
tables_missing(uint64_t va, uint64_t count, bool make)
{
    uint64_t missing = 0;
    uint64_t last = va + (count - 1) * SK_PAGE_SIZE - WINDOW_LO;
    for (unsigned level = 0; level < LEVEL_COUNT; level++) {
        unsigned shift = level_shift(level);
        for (uint64_t i = (va - WINDOW_LO) >> shift; i <= last >> shift; i++) {
            missing += table_there[level][i] == 0;
            table_there[level][i] |= make;
        }
    }
    return missing;
}

static bool
install(uint64_t va, uint64_t frame, uint64_t count, uint32_t prot, uint32_t rights)
{
    if (!host_frame_show(frame, count, va, linux_prot(prot)))
        return false;
    host_frame_map(frame, count);
    pool -= tables_missing(va, count, true);
    uint32_t word = PAGE_MAPPED | (rights & PAGE_RIGHTS) << PAGE_RIGHTS_SHIFT;
    uint32_t *page = page_at(va);
    for (uint64_t i = 0; i < count; i++)
        page[i] = word | (uint32_t)(frame + i);
    return true;
}

bool
host_space_map_boot(uint64_t va, uint64_t frame, uint64_t count, uint32_t prot,
                    uint32_t rights)
{
    pool += tables_missing(va, count, false);
    return install(va, frame, count, prot, rights);
}

int64_t
sk_space_create(sk_handle_t frames, uint64_t first, uint64_t count, sk_handle_t to)
{
    uint64_t frame;
    int64_t status = host_cap_find_frames(frames, SK_RIGHT_RETYPE, first, count, &frame);
    if (status == SK_OK)
        status = host_cap_room(to);
    if (status == SK_OK)
        status = host_frame_retype_check(frame, count);
    return status == SK_OK ? SK_E_UNSUPPORTED : status;
}

int64_t
sk_space_supply(sk_handle_t space, sk_handle_t frames, uint64_t first, uint64_t count)
{
    const struct host_cap *cap;
    uint64_t frame;
    int64_t status = host_cap_find(space, SK_CAP_SPACE, SK_RIGHT_MAP, &cap);
    if (status == SK_OK)
        status = host_cap_find_frames(frames, SK_RIGHT_RETYPE, first, count, &frame);
    if (status == SK_OK)
        status = host_frame_retype_check(frame, count);
    if (status != SK_OK)
        return status;
    host_frame_retype(frame, count);
    pool += count;
    return SK_OK;
}

static int64_t
unmapped_check(uint64_t va, uint64_t count)
{
    const uint32_t *page = page_at(va);
    for (uint64_t i = 0; i < count; i++) {
        if (page[i] != 0)
            return SK_E_BUSY;
    }
    return SK_OK;
}

int64_t
sk_map(sk_handle_t space, uint64_t va, sk_handle_t frames, uint64_t first, uint64_t count,
       uint64_t prot)
{
    const struct host_cap *cap, *run;
    uint64_t frame;
    int64_t status = host_cap_find(space, SK_CAP_SPACE, SK_RIGHT_MAP, &cap);
    if (status == SK_OK)
        status = host_cap_find(frames, SK_CAP_FRAMES, 0, &run);
    if (status == SK_OK)
        status = prot_check(prot);
    if (status == SK_OK) // every mapping can be read
        status = host_cap_find_frames(frames, prot | SK_PROT_READ, first, count, &frame);
    if (status == SK_OK)
        status = range_check(va, count);
    if (status == SK_OK && count > PAGES_MAX)
        status = SK_E_RANGE;
    if (status == SK_OK)
        status = host_frame_map_check(frame, count);
    if (status == SK_OK)
        status = unmapped_check(va, count);
    if (status != SK_OK)
        return status;
    if (tables_missing(va, count, false) > pool ||
        !install(va, frame, count, (uint32_t)prot, run->rights))
        return SK_E_MEMORY;
    return SK_OK;
}

// Where the part of [va, end) ends that one page table covers.
static uint64_t
table_end(uint64_t va, uint64_t end)
{
    uint64_t next = ((va >> level_shift(0)) + 1) << level_shift(0);
    return next < end ? next : end;
}

static void
forget_pages(uint64_t va, uint64_t end)
{
    for (uint32_t *page = page_at(va); va < end; va += SK_PAGE_SIZE, page++) {
        if (*page != 0)
            host_frame_unmap(*page & PAGE_FRAME);
        *page = 0;
    }
}

// Linux makes a mapping inaccessible whole or not at all (its own limit on mappings).
int64_t
sk_unmap(sk_handle_t space, uint64_t va, uint64_t count)
{
    const struct host_cap *cap;
    int64_t status = host_cap_find(space, SK_CAP_SPACE, SK_RIGHT_MAP, &cap);
    if (status == SK_OK)
        status = range_check(va, count);
    if (status != SK_OK)
        return status;
    if (!reserve(va, count * SK_PAGE_SIZE, MAP_FIXED))
        return SK_E_MEMORY;
    uint64_t end = va + count * SK_PAGE_SIZE;
    for (uint64_t next; va < end; va = next) {
        next = table_end(va, end);
        if (table_there[0][(va - WINDOW_LO) >> level_shift(0)])
            forget_pages(va, next);
    }
    return SK_OK;
}

static int64_t
protect_check(uint64_t va, uint64_t count, uint64_t prot)
{
    const uint32_t *page = page_at(va);
    for (uint64_t i = 0; i < count; i++) {
        if (page[i] == 0)
            return SK_E_ADDRESS;
        if ((prot & ~(uint64_t)(page[i] >> PAGE_RIGHTS_SHIFT)) != 0)
            return SK_E_RIGHTS;
    }
    return SK_OK;
}

int64_t
sk_protect(sk_handle_t space, uint64_t va, uint64_t count, uint64_t prot)
{
    const struct host_cap *cap;
    int64_t status = host_cap_find(space, SK_CAP_SPACE, SK_RIGHT_MAP, &cap);
    if (status == SK_OK)
        status = prot_check(prot);
    if (status == SK_OK)
        status = range_check(va, count);
    if (status == SK_OK)
        status = protect_check(va, count, prot);
    if (status != SK_OK)
        return status;
    bool done =
        mprotect(address(va), count * SK_PAGE_SIZE, linux_prot((uint32_t)prot)) == 0;
    return done ? SK_OK : SK_E_MEMORY;
}
