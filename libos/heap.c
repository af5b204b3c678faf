// SPDX-License-Identifier: Apache-2.0
//
// Representation: memory in [top, mapped) has never been used and is zero. Free blocks
// hold a struct heap_block and otherwise what their last owner left; they are zeroed when
// they leave.
#include "libos/heap.h"

#include "abi/domain.h"
#include "base/string.h"
#include "libos/frames.h"

#define HEAP_MAX       (64ull << 30) // bytes of addresses
#define HEAP_SMALL_MAX 2048u         // larger blocks are page multiples
#define STEP_MIN       (64u << 10)   // bytes mapped at once: a quarter of the heap,
#define STEP_MAX       (4u << 20)    // within these bounds

struct heap_block {
    struct heap_block *next;
    size_t len; // large blocks
};

static uint64_t
round_up(uint64_t n, uint64_t unit)
{
    return (n + unit - 1) / unit * unit;
}

bool
heap_init(struct heap *heap, struct frames *frames)
{
    *heap = (struct heap){.frames = frames};
    uint64_t pages = HEAP_MAX >> SK_PAGE_SHIFT;
    uint64_t quarter = ((frames->va_hi - frames->va_next) >> SK_PAGE_SHIFT) / 4;
    if (pages > quarter)
        pages = quarter;
    uint64_t va;
    if (!frames_reserve(frames, pages, &va))
        return false;
    heap->lo = heap->top = heap->mapped = va;
    heap->hi = va + (pages << SK_PAGE_SHIFT);
    return true;
}

// The class of a small length: 16, 32, 48, 64, 80, 96, 112, 128, 160, 192, ...
// Replaces *len by the length of the class's blocks.
static unsigned
class_of(size_t *len)
{
    if (*len <= 64) {
        *len = round_up(*len, 16);
        return (unsigned)(*len / 16 - 1);
    }
    unsigned shift = 63u - (unsigned)__builtin_clzll(*len - 1);
    size_t step = (size_t)1 << (shift - 2);
    *len = round_up(*len, step);
    return 4 * (shift - 5) + (unsigned)((*len - ((size_t)1 << shift)) / step) - 1;
}

static bool
map_more(struct heap *heap, size_t need)
{
    uint64_t step = (heap->mapped - heap->lo) / 4;
    step = step < STEP_MIN ? STEP_MIN : step > STEP_MAX ? STEP_MAX : step;
    if (step < need)
        step = need;
    if (step > heap->hi - heap->mapped)
        step = heap->hi - heap->mapped;
    step = round_up(step, SK_PAGE_SIZE);
    need = round_up(need, SK_PAGE_SIZE);
    if (step < need)
        return false;
    // When memory is short, a smaller step may still do.
    if (!frames_map(heap->frames, heap->mapped, step >> SK_PAGE_SHIFT)) {
        step = need;
        if (!frames_map(heap->frames, heap->mapped, step >> SK_PAGE_SHIFT))
            return false;
    }
    heap->mapped += step;
    return true;
}

static void *
take_fresh(struct heap *heap, size_t len)
{
    if (len > heap->hi - heap->top)
        return NULL;
    if (len > heap->mapped - heap->top &&
        !map_more(heap, len - (heap->mapped - heap->top)))
        return NULL;
    uintptr_t at = heap->top;
    heap->top += len;
    return (void *)at;
}

// From the list of large blocks, or NULL.
static void *
take_listed(struct heap *heap, size_t len)
{
    for (struct heap_block **link = &heap->large; *link; link = &(*link)->next) {
        struct heap_block *block = *link;
        if (block->len < len)
            continue;
        if (block->len == len) {
            *link = block->next;
        } else {
            struct heap_block *rest = (struct heap_block *)((uintptr_t)block + len);
            *rest = (struct heap_block){.next = block->next, .len = block->len - len};
            *link = rest;
        }
        return memset(block, 0, len);
    }
    return NULL;
}

// Puts the pieces of a free page on the list of a class.
static void
refill(struct heap *heap, unsigned class, size_t len)
{
    uint8_t *page = take_listed(heap, SK_PAGE_SIZE);
    for (size_t at = 0; page && at + len <= SK_PAGE_SIZE; at += len) {
        struct heap_block *block = (struct heap_block *)(void *)(page + at);
        block->next = heap->small[class];
        heap->small[class] = block;
    }
}

static void *
take_small(struct heap *heap, size_t len)
{
    unsigned class = class_of(&len);
    if (!heap->small[class]) {
        void *fresh = take_fresh(heap, len);
        if (fresh)
            return fresh;
        refill(heap, class, len);
    }
    struct heap_block *block = heap->small[class];
    if (!block)
        return NULL;
    heap->small[class] = block->next;
    return memset(block, 0, len);
}

void *
heap_alloc(struct heap *heap, size_t len)
{
    if (len > heap->hi - heap->lo)
        return NULL;
    if (len <= HEAP_SMALL_MAX)
        return take_small(heap, len);
    len = round_up(len, SK_PAGE_SIZE);
    void *listed = take_listed(heap, len);
    return listed ? listed : take_fresh(heap, len);
}

static bool
touch(const struct heap_block *block, const struct heap_block *next)
{
    return block && next && (uintptr_t)block + block->len == (uintptr_t)next;
}

static void
give_large(struct heap *heap, struct heap_block *block, size_t len)
{
    struct heap_block *before = NULL;
    struct heap_block *after = heap->large;
    while (after && after < block) {
        before = after;
        after = after->next;
    }
    *block = (struct heap_block){.next = after, .len = len};
    if (touch(block, after)) {
        block->len += after->len;
        block->next = after->next;
    }
    if (touch(before, block)) {
        before->len += block->len;
        before->next = block->next;
    } else if (before) {
        before->next = block;
    } else {
        heap->large = block;
    }
}

void
heap_free(struct heap *heap, void *bytes, size_t len)
{
    struct heap_block *block = bytes;
    if (len > HEAP_SMALL_MAX) {
        give_large(heap, block, round_up(len, SK_PAGE_SIZE));
        return;
    }
    unsigned class = class_of(&len);
    block->next = heap->small[class];
    heap->small[class] = block;
}

static void *
allocator_heap_alloc(void *context, size_t len)
{
    return heap_alloc(context, len);
}

static void
allocator_heap_free(void *context, void *bytes, size_t len)
{
    heap_free(context, bytes, len);
}

struct allocator
heap_allocator(struct heap *heap)
{
    return (struct allocator){
        .context = heap, .alloc = allocator_heap_alloc, .free = allocator_heap_free};
}
