// SPDX-License-Identifier: Apache-2.0
#include "engine/heap.h"
#include "engine/store.h"

static uint64_t
growth_limit(const struct wasm_store *store, struct wasm_limits limits)
{
    uint64_t pages = limits.max < WASM_MEMORY_PAGES ? limits.max : WASM_MEMORY_PAGES;
    uint64_t len = pages * WASM_PAGE_SIZE;
    return len < store->memory_limit ? len : store->memory_limit;
}

static bool
reserve(struct wasm_memory *memory, uint64_t len)
{
    const struct wasm_port *port = memory->store->port;
    // Even of an empty memory addresses are taken, which must fault.
    memory->reserved = memory->max_len ? memory->max_len : WASM_PAGE_SIZE;
    if (!port->memory_reserve(port->context, memory->reserved, &memory->base))
        return false;
    if (len && !port->memory_commit(port->context, memory->base, 0, len)) {
        port->memory_release(port->context, memory->base, 0, memory->reserved);
        return false;
    }
    memory->len = len;
    return true;
}

enum wasm_error_code
wasm_memory_create(struct wasm_store *store, struct wasm_limits limits,
                   struct wasm_memory **out)
{
    if (limits.min > WASM_MEMORY_PAGES || limits.min > limits.max)
        return WASM_INVALID;
    uint64_t len = limits.min * WASM_PAGE_SIZE;
    uint64_t max_len = growth_limit(store, limits);
    if (len > max_len)
        return WASM_NO_MEMORY;
    struct wasm_memory *memory = wasm_heap_alloc(store->port, 1, sizeof(*memory));
    if (!memory)
        return WASM_NO_MEMORY;
    memory->store = store;
    memory->limits = limits;
    memory->max_len = max_len;
    if (!reserve(memory, len)) {
        wasm_heap_free(store->port, memory);
        return WASM_NO_MEMORY;
    }
    memory->next = store->memories;
    store->memories = memory;
    *out = memory;
    return WASM_OK;
}

void
wasm_memories_destroy_until(struct wasm_store *store, struct wasm_memory *kept)
{
    const struct wasm_port *port = store->port;
    while (store->memories != kept) {
        struct wasm_memory *memory = store->memories;
        store->memories = memory->next;
        port->memory_release(port->context, memory->base, memory->len, memory->reserved);
        wasm_heap_free(port, memory);
    }
}

uint32_t
wasm_memory_extend(struct wasm_memory *memory, uint32_t delta_pages)
{
    const struct wasm_port *port = memory->store->port;
    uint32_t old_pages = (uint32_t)(memory->len / WASM_PAGE_SIZE);
    uint64_t len = memory->len + (uint64_t)delta_pages * WASM_PAGE_SIZE;
    if (len > memory->max_len)
        return UINT32_MAX;
    if (delta_pages &&
        !port->memory_commit(port->context, memory->base, memory->len, len))
        return UINT32_MAX;
    memory->len = len;
    return old_pages;
}

uint8_t *
wasm_memory_base(const struct wasm_memory *memory)
{
    return memory->base;
}

uint64_t
wasm_memory_len(const struct wasm_memory *memory)
{
    return memory->len;
}
