// SPDX-License-Identifier: Apache-2.0
//
// The first linear memory takes the place that the boot information names; a later one
// reserves addresses and guards of its own.
#include "libos/engine_port.h"

#include "abi/domain.h"
#include "abi/layout.h"
#include "libos/frames.h"
#include "libos/heap.h"

// An index of 32 bits, an offset of 32 bits, and the widest access behind them.
#define LINEAR_REACH ((8ull << 30) + SK_PAGE_SIZE)
#define LINEAR_MAX   (4ull << 30)

static void *
port_heap_alloc(void *context, size_t len)
{
    struct engine_port *p = context;
    return heap_alloc(p->heap, len);
}

static void
port_heap_free(void *context, void *bytes, size_t len)
{
    struct engine_port *p = context;
    heap_free(p->heap, bytes, len);
}

static bool
reserve(struct engine_port *p, uint64_t len, uint8_t **base)
{
    uint64_t va;
    if (!frames_reserve(p->frames, len >> SK_PAGE_SHIFT, &va))
        return false;
    *base = (uint8_t *)(uintptr_t)va;
    return true;
}

static bool
port_memory_reserve(void *context, uint64_t max, bool is_guarded, uint8_t **base)
{
    struct engine_port *p = context;
    if (!is_guarded)
        return reserve(p, max, base);
    if (max > LINEAR_MAX)
        return false;
    if (p->linear_taken || p->linear_len < LINEAR_REACH)
        return reserve(p, LINEAR_REACH, base);
    p->linear_taken = true;
    *base = (uint8_t *)(uintptr_t)p->linear_va;
    return true;
}

static bool
map_range(struct engine_port *p, uint8_t *base, uint64_t lo, uint64_t hi)
{
    return frames_map(p->frames, (uintptr_t)base + lo, (hi - lo) >> SK_PAGE_SHIFT);
}

static void
unmap_range(uint8_t *base, uint64_t len)
{
    (void)sk_unmap(SK_SLOT_SPACE, (uintptr_t)base, len >> SK_PAGE_SHIFT);
}

static bool
port_memory_commit(void *context, uint8_t *base, uint64_t old_len, uint64_t new_len)
{
    return map_range(context, base, old_len, new_len);
}

static void
port_memory_release(void *context, uint8_t *base, uint64_t len, uint64_t max,
                    bool is_guarded)
{
    struct engine_port *p = context;
    (void)max;
    unmap_range(base, len);
    if (is_guarded && (uintptr_t)base == p->linear_va)
        p->linear_taken = false;
}

// A domain has one thread: nobody changes the value, or wakes it, while it sleeps.
static uint32_t
port_memory_wait(void *context, uint8_t *address, uint32_t width, uint64_t expected,
                 int64_t timeout_ns)
{
    (void)context;
    uint64_t value = width == 4 ? *(const uint32_t *)(const void *)address
                                : *(const uint64_t *)(const void *)address;
    if (value != expected)
        return 1;
    uint64_t deadline = SK_NEVER;
    int64_t now = sk_clock_read(SK_SLOT_CLOCK, SK_CLOCK_MONOTONIC);
    if (timeout_ns >= 0 && now >= 0)
        deadline = (uint64_t)now + (uint64_t)timeout_ns;
    while (sk_wait(deadline, 0) > 0)
        continue;
    return 2;
}

static uint32_t
port_memory_notify(void *context, uint8_t *address, uint32_t count)
{
    (void)context;
    (void)address;
    (void)count;
    return 0;
}

static bool
port_code_reserve(void *context, size_t room, uint8_t **base)
{
    struct engine_port *p = context;
    uint64_t va;
    if (!frames_reserve(p->frames, room >> SK_PAGE_SHIFT, &va))
        return false;
    *base = (uint8_t *)(uintptr_t)va;
    return true;
}

static bool
port_code_commit(void *context, uint8_t *base, size_t old_len, size_t new_len)
{
    return map_range(context, base, old_len, new_len);
}

static bool
port_code_seal(void *context, uint8_t *base, size_t len)
{
    (void)context;
    return sk_protect(SK_SLOT_SPACE, (uintptr_t)base, len >> SK_PAGE_SHIFT,
                      SK_PROT_READ | SK_PROT_EXECUTE) == SK_OK;
}

static void
port_code_release(void *context, uint8_t *base, size_t len, size_t room)
{
    (void)context;
    (void)room;
    unmap_range(base, len);
}

void
engine_port_init(struct engine_port *p, const struct sk_boot_info *boot,
                 struct frames *frames, struct heap *heap)
{
    *p = (struct engine_port){
        .port =
            {
                .context = p,
                .heap_alloc = port_heap_alloc,
                .heap_free = port_heap_free,
                .memory_reserve = port_memory_reserve,
                .memory_commit = port_memory_commit,
                .memory_release = port_memory_release,
                .memory_wait = port_memory_wait,
                .memory_notify = port_memory_notify,
                .code_reserve = port_code_reserve,
                .code_commit = port_code_commit,
                .code_seal = port_code_seal,
                .code_release = port_code_release,
                .memory_at_zero = boot->linear_va == 0,
            },
        .frames = frames,
        .heap = heap,
        .linear_va = boot->linear_va,
        .linear_len = boot->linear_len,
    };
}
