// SPDX-License-Identifier: Apache-2.0
//
// Linear memories. Bytes are committed in units of 64 KiB, whatever the page size; those
// beyond `len` are never reached by checked accesses, and stay zero.
//
// A shared memory is held by stores, of several threads: `len` is written under `lock`
// and read atomically; the last store that lets go of it frees it, with the port it was
// made with.
#include "engine/heap.h"
#include "engine/store.h"

#define REACH_32 (1ull << 32) // bytes that 32-bit indices reach

// ---- Limits ----

// Pages that indices of the type reach, at most. #valid-memtype
static uint64_t
most_pages(struct wasm_limits limits)
{
    if (!limits.is_64)
        return REACH_32 >> limits.page_log2;
    return limits.page_log2 == 0 ? UINT64_MAX : 1ull << (64 - limits.page_log2);
}

// Bytes of so many pages; saturates.
static uint64_t
pages_len(struct wasm_limits limits, uint64_t pages)
{
    return pages > UINT64_MAX >> limits.page_log2 ? UINT64_MAX
                                                  : pages << limits.page_log2;
}

static uint64_t
growth_limit(const struct wasm_store *store, struct wasm_limits limits)
{
    uint64_t most = most_pages(limits);
    uint64_t len = pages_len(limits, limits.max < most ? limits.max : most);
    return len < store->memory_limit ? len : store->memory_limit;
}

static uint64_t
whole_units(uint64_t len)
{
    return (len + WASM_PAGE_SIZE - 1) / WASM_PAGE_SIZE * WASM_PAGE_SIZE;
}

static bool
is_guarded(const struct wasm_memory *memory)
{
    return !memory->limits.is_64 && memory->limits.page_log2 == 16;
}

// ---- Making and freeing ----

static bool
reserve(struct wasm_memory *memory, uint64_t len)
{
    const struct wasm_port *port = memory->port;
    // Even of an empty memory addresses are taken, which must fault.
    memory->reserved = memory->max_len ? whole_units(memory->max_len) : WASM_PAGE_SIZE;
    if (!port->memory_reserve(port->context, memory->reserved, is_guarded(memory),
                              &memory->base))
        return false;
    if (len && !port->memory_commit(port->context, memory->base, 0, whole_units(len))) {
        port->memory_release(port->context, memory->base, 0, memory->reserved,
                             is_guarded(memory));
        return false;
    }
    memory->len = len;
    return true;
}

static void
destroy(struct wasm_memory *memory)
{
    const struct wasm_port *port = memory->port;
    port->memory_release(port->context, memory->base, whole_units(memory->len),
                         memory->reserved, is_guarded(memory));
    wasm_heap_free(port, memory);
}

static enum wasm_error_code
make(struct wasm_store *store, struct wasm_limits limits, struct wasm_memory **out)
{
    uint64_t len = pages_len(limits, limits.min);
    uint64_t max_len = growth_limit(store, limits);
    if (len > max_len)
        return WASM_NO_MEMORY;
    struct wasm_memory *memory = wasm_heap_alloc(store->port, 1, sizeof(*memory));
    if (!memory)
        return WASM_NO_MEMORY;
    memory->port = store->port;
    memory->limits = limits;
    memory->max_len = max_len;
    if (!reserve(memory, len)) {
        wasm_heap_free(store->port, memory);
        return WASM_NO_MEMORY;
    }
    *out = memory;
    return WASM_OK;
}

enum wasm_error_code
wasm_memory_create(struct wasm_store *store, struct wasm_limits limits,
                   struct wasm_memory **out)
{
    if ((limits.page_log2 != 16 && limits.page_log2 != 0) ||
        limits.min > most_pages(limits) || limits.min > limits.max)
        return WASM_INVALID;
    struct wasm_memory *memory;
    enum wasm_error_code code = make(store, limits, &memory);
    if (code != WASM_OK)
        return code;
    if (!limits.is_shared) {
        memory->next = store->memories;
        store->memories = memory;
    } else if (wasm_memory_adopt(store, memory) != WASM_OK) {
        destroy(memory);
        return WASM_NO_MEMORY;
    }
    *out = memory;
    return WASM_OK;
}

void
wasm_memories_destroy_until(struct wasm_store *store, struct wasm_memory *kept)
{
    while (store->memories != kept) {
        struct wasm_memory *memory = store->memories;
        store->memories = memory->next;
        destroy(memory);
    }
}

// ---- Sharing ----

enum wasm_error_code
wasm_memory_adopt(struct wasm_store *store, struct wasm_memory *shared)
{
    if (!shared->limits.is_shared)
        return WASM_INVALID;
    for (struct wasm_held_memory *h = store->shared; h; h = h->next) {
        if (h->memory == shared)
            return WASM_OK;
    }
    struct wasm_held_memory *held = wasm_heap_alloc(store->port, 1, sizeof(*held));
    if (!held)
        return WASM_NO_MEMORY;
    held->memory = shared;
    held->next = store->shared;
    store->shared = held;
    __atomic_add_fetch(&shared->holders, 1, __ATOMIC_RELAXED);
    return WASM_OK;
}

void
wasm_shared_release_until(struct wasm_store *store, struct wasm_held_memory *kept)
{
    while (store->shared != kept) {
        struct wasm_held_memory *held = store->shared;
        store->shared = held->next;
        if (__atomic_sub_fetch(&held->memory->holders, 1, __ATOMIC_ACQ_REL) == 0)
            destroy(held->memory);
        wasm_heap_free(store->port, held);
    }
}

static void
lock(struct wasm_memory *memory)
{
    while (__atomic_exchange_n(&memory->lock, 1, __ATOMIC_ACQUIRE))
        __builtin_ia32_pause();
}

static void
unlock(struct wasm_memory *memory)
{
    __atomic_store_n(&memory->lock, 0, __ATOMIC_RELEASE);
}

// ---- Growing ----

static uint64_t
extend(struct wasm_memory *memory, uint64_t delta_pages)
{
    const struct wasm_port *port = memory->port;
    uint64_t old_len = memory->len;
    uint64_t delta = pages_len(memory->limits, delta_pages);
    if (delta > memory->max_len - old_len)
        return UINT64_MAX;
    uint64_t committed = whole_units(old_len), needed = whole_units(old_len + delta);
    if (needed > committed &&
        !port->memory_commit(port->context, memory->base, committed, needed))
        return UINT64_MAX;
    __atomic_store_n(&memory->len, old_len + delta, __ATOMIC_RELEASE);
    return old_len >> memory->limits.page_log2;
}

uint64_t
wasm_memory_extend(struct wasm_memory *memory, uint64_t delta_pages)
{
    if (!memory->limits.is_shared)
        return extend(memory, delta_pages);
    lock(memory);
    uint64_t old = extend(memory, delta_pages);
    unlock(memory);
    return old;
}

// ---- Questions ----

uint8_t *
wasm_memory_base(const struct wasm_memory *memory)
{
    return memory->base;
}

uint64_t
wasm_memory_len(const struct wasm_memory *memory)
{
    return __atomic_load_n(&memory->len, __ATOMIC_ACQUIRE);
}

struct wasm_limits
wasm_memory_limits(const struct wasm_memory *memory)
{
    return memory->limits;
}
