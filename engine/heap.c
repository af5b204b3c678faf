// SPDX-License-Identifier: Apache-2.0
#include "engine/heap.h"

#include "base/string.h"

#define MIN_ROOM 64

struct block {
    size_t len; // with this head
    size_t padding;
};
_Static_assert(sizeof(struct block) == 16, "keeps the port's alignment");

void *
wasm_heap_alloc(const struct wasm_port *port, uint64_t count, size_t size)
{
    size_t len;
    if (__builtin_mul_overflow(count, size, &len) ||
        __builtin_add_overflow(len, sizeof(struct block), &len))
        return NULL;
    struct block *block = port->heap_alloc(port->context, len);
    if (!block)
        return NULL;
    block->len = len;
    return block + 1;
}

void
wasm_heap_free(const struct wasm_port *port, void *block)
{
    if (!block)
        return;
    struct block *head = (struct block *)block - 1;
    port->heap_free(port->context, head, head->len);
}

void *
wasm_heap_append(const struct wasm_port *port, void *array, uint32_t count, size_t size)
{
    // The room is the least power of two that holds the count.
    if (count & (count - 1))
        return array;
    void *grown = wasm_heap_alloc(port, count ? 2 * (uint64_t)count : 1, size);
    if (!grown)
        return NULL;
    if (count)
        memcpy(grown, array, count * size);
    wasm_heap_free(port, array);
    return grown;
}

void *
wasm_heap_grow(const struct wasm_port *port, void *array, uint32_t *room, uint64_t need,
               size_t size)
{
    uint64_t new_room = *room ? *room : MIN_ROOM;
    while (new_room < need)
        new_room *= 2;
    void *grown = new_room <= UINT32_MAX ? wasm_heap_alloc(port, new_room, size) : NULL;
    if (!grown)
        return NULL;
    if (*room)
        memcpy(grown, array, *room * size);
    wasm_heap_free(port, array);
    *room = (uint32_t)new_room;
    return grown;
}
