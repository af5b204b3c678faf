// SPDX-License-Identifier: Apache-2.0
//
// Allocation and sweep.
//
// Representation: the mark of an object alternates between 1 and 2; before a collection
// all objects have `color`, which then changes, and those that are reached take the new
// one. A cell with mark 0 is free; all of its bytes beyond the head are dirty.
#include "engine/gc.h"

#include "base/string.h"
#include "engine/heap.h"
#include "engine/rtt.h"
#include "engine/store.h"

#define UNIT       16u
#define BLOCK_LEN  16384u
#define SMALL_MAX  1024u
#define MIN_GROWTH (1ull << 20) // allocated at least between two collections
// One pending object for so many bytes of heap: a mark stack that is full is emptied by
// walking the heap a bounded number of times.
#define BYTES_PER_PENDING 1024u
#define MIN_PENDING       256u

// ---- Size classes: by 16 bytes to 256, then four steps for each doubling ----

static uint32_t
class_of(uint32_t len)
{
    if (len <= 256)
        return (len + UNIT - 1) / UNIT - 1;
    uint32_t shift = 29 - (uint32_t)__builtin_clz(len - 1); // quarters of the power below
    return 16 + (shift - 6) * 4 + ((len - 1) >> shift) - 4;
}

static uint32_t
class_len(uint32_t index)
{
    if (index < 16)
        return (index + 1) * UNIT;
    return ((index - 16) % 4 + 5) << (6 + (index - 16) / 4);
}

// ---- Room ----

static bool
grow_pending(struct wasm_store *store, uint64_t held)
{
    struct wasm_gc *gc = &store->gc;
    uint64_t need = held / BYTES_PER_PENDING + MIN_PENDING;
    if (need <= gc->pending_room)
        return true;
    void *grown = wasm_heap_grow(store->port, gc->pending, &gc->pending_room, need,
                                 sizeof(*gc->pending));
    if (!grown)
        return false;
    gc->pending = grown;
    return true;
}

// Takes `len` zeroed bytes from the port, within the limit.
static void *
take(struct wasm_store *store, uint64_t len)
{
    struct wasm_gc *gc = &store->gc;
    if (len > gc->limit || gc->held > gc->limit - len ||
        !grow_pending(store, gc->held + len))
        return NULL;
    void *bytes = store->port->heap_alloc(store->port->context, len);
    if (bytes)
        gc->held += len;
    return bytes;
}

static void
give_back(struct wasm_store *store, void *bytes, uint64_t len)
{
    store->gc.held -= len;
    store->port->heap_free(store->port->context, bytes, len);
}

static void
put_free(struct wasm_gc_class *class, void *cell)
{
    struct wasm_gc_cell *free = cell;
    free->next = class->free;
    free->mark = 0;
    class->free = free;
}

static bool
add_block(struct wasm_store *store, uint32_t index)
{
    struct wasm_gc_class *class = &store->gc.classes[index];
    struct wasm_gc_block *block = take(store, BLOCK_LEN);
    if (!block)
        return false;
    block->cell_len = class_len(index);
    block->cell_count = (BLOCK_LEN - (uint32_t)sizeof(*block)) / block->cell_len;
    block->next = class->blocks;
    class->blocks = block;
    for (uint32_t i = block->cell_count; i-- > 0;)
        put_free(class, wasm_gc_block_cell(block, i));
    return true;
}

static bool
is_due(const struct wasm_gc *gc, uint64_t len)
{
    uint64_t growth = gc->live > MIN_GROWTH ? gc->live : MIN_GROWTH;
    if (growth > gc->limit / 2)
        growth = gc->limit / 2;
    return gc->used + len - gc->live > growth;
}

static struct wasm_object *
allocate_small(struct wasm_store *store, uint32_t len)
{
    struct wasm_gc *gc = &store->gc;
    uint32_t index = class_of(len);
    struct wasm_gc_class *class = &gc->classes[index];
    if (gc->is_stressed || (!class->free && is_due(gc, len)))
        wasm_gc_collect(store);
    if (!class->free && !add_block(store, index)) {
        wasm_gc_collect(store);
        if (!class->free && !add_block(store, index))
            return NULL;
    }
    struct wasm_gc_cell *cell = class->free;
    class->free = cell->next;
    len = class_len(index);
    gc->used += len;
    return memset(cell, 0, len);
}

static struct wasm_object *
allocate_large(struct wasm_store *store, uint64_t len)
{
    struct wasm_gc *gc = &store->gc;
    uint64_t total = len + sizeof(struct wasm_gc_large);
    if (total > gc->limit)
        return NULL;
    if (gc->is_stressed || is_due(gc, len))
        wasm_gc_collect(store);
    struct wasm_gc_large *large = take(store, total);
    if (!large) {
        wasm_gc_collect(store);
        large = take(store, total);
    }
    if (!large)
        return NULL;
    large->len = total;
    large->next = gc->larges;
    gc->larges = large;
    gc->used += len;
    return wasm_gc_large_object(large);
}

static struct wasm_object *
allocate(struct wasm_store *store, const struct wasm_rtt *rtt, uint64_t len,
         uint32_t count)
{
    struct wasm_object *object = len <= SMALL_MAX ? allocate_small(store, (uint32_t)len)
                                                  : allocate_large(store, len);
    if (!object)
        return NULL;
    object->rtt = rtt;
    object->len = count;
    object->mark = store->gc.color;
    return object;
}

// ---- Objects ----

struct wasm_object *
wasm_gc_struct(struct wasm_store *store, const struct wasm_rtt *rtt)
{
    return allocate(store, rtt, rtt->size, 0);
}

// A length of 32 bits and elements of 16 bytes at most: 64 bits hold the product.
struct wasm_object *
wasm_gc_array(struct wasm_store *store, const struct wasm_rtt *rtt, uint32_t len)
{
    return allocate(store, rtt, WASM_OBJECT_FIELDS + (uint64_t)len * rtt->size, len);
}

struct wasm_exception *
wasm_gc_exception(struct wasm_store *store, struct wasm_tag *tag)
{
    uint32_t count = tag->rtt->func.param_count;
    uint64_t len = sizeof(struct wasm_exception) + count * sizeof(union wasm_value);
    struct wasm_exception *exn =
        (struct wasm_exception *)(void *)allocate(store, NULL, len, count);
    if (exn)
        exn->tag = tag;
    return exn;
}

uint64_t
wasm_gc_object_len(const struct wasm_object *object)
{
    const struct wasm_rtt *rtt = object->rtt;
    if (!rtt)
        return sizeof(struct wasm_exception) + object->len * sizeof(union wasm_value);
    return rtt->kind == WASM_COMP_ARRAY
               ? WASM_OBJECT_FIELDS + (uint64_t)object->len * rtt->size
               : rtt->size;
}

// ---- Sweep ----

// Puts the dead cells of a block on the free list; returns the bytes alive.
static uint64_t
sweep_block(struct wasm_gc_class *class, struct wasm_gc_block *block, uint32_t color)
{
    uint64_t live = 0;
    for (uint32_t i = block->cell_count; i-- > 0;) {
        struct wasm_object *cell = wasm_gc_block_cell(block, i);
        if (cell->mark == color)
            live += block->cell_len;
        else
            put_free(class, cell);
    }
    return live;
}

// Empty blocks go back, except one of each class.
static uint64_t
sweep_class(struct wasm_store *store, struct wasm_gc_class *class)
{
    uint64_t live = 0;
    bool has_empty = false;
    class->free = NULL;
    for (struct wasm_gc_block **at = &class->blocks, *block; (block = *at);) {
        struct wasm_gc_cell *others = class->free;
        uint64_t alive = sweep_block(class, block, store->gc.color);
        live += alive;
        if (alive == 0 && has_empty) {
            class->free = others;
            *at = block->next;
            give_back(store, block, BLOCK_LEN);
            continue;
        }
        has_empty |= alive == 0;
        at = &block->next;
    }
    return live;
}

static uint64_t
sweep_larges(struct wasm_store *store)
{
    uint64_t live = 0;
    for (struct wasm_gc_large **at = &store->gc.larges, *large; (large = *at);) {
        if (wasm_gc_large_object(large)->mark == store->gc.color) {
            live += large->len - sizeof(*large);
            at = &large->next;
            continue;
        }
        *at = large->next;
        give_back(store, large, large->len);
    }
    return live;
}

void
wasm_gc_collect(struct wasm_store *store)
{
    struct wasm_gc *gc = &store->gc;
    if (gc->held == 0)
        return;
    gc->color = 3 - gc->color;
    wasm_gc_mark_roots(store);
    gc->live = sweep_larges(store);
    for (uint32_t i = 0; i < WASM_GC_CLASSES; i++)
        gc->live += sweep_class(store, &gc->classes[i]);
    gc->used = gc->live;
}

// ---- Of a store ----

void
wasm_gc_init(struct wasm_gc *gc, uint64_t limit, bool is_stressed)
{
    gc->limit = limit;
    gc->is_stressed = is_stressed;
    gc->color = 1;
}

void
wasm_gc_fini(struct wasm_store *store)
{
    struct wasm_gc *gc = &store->gc;
    for (uint32_t i = 0; i < WASM_GC_CLASSES; i++) {
        for (struct wasm_gc_block *b = gc->classes[i].blocks, *next; b; b = next) {
            next = b->next;
            give_back(store, b, BLOCK_LEN);
        }
    }
    for (struct wasm_gc_large *l = gc->larges, *next; l; l = next) {
        next = l->next;
        give_back(store, l, l->len);
    }
    for (uint32_t i = 0; i < gc->shape_count; i++)
        wasm_heap_free(store->port, gc->shapes[i]);
    wasm_heap_free(store->port, gc->shapes);
    wasm_heap_free(store->port, gc->pending);
}

void
wasm_store_collect(struct wasm_store *store)
{
    wasm_gc_collect(store);
}

uint64_t
wasm_store_heap_bytes(const struct wasm_store *store)
{
    return store->gc.used;
}

bool
wasm_store_type_is_collected(const struct wasm_store *store, wasm_type_t type)
{
    if (!wasm_type_is_ref(type))
        return false;
    uint32_t heap = wasm_type_heap(type);
    if (wasm_heap_is_index(heap))
        return store->rtts.types[heap]->kind != WASM_COMP_FUNC;
    return heap != WASM_HEAP_FUNC && heap != WASM_HEAP_NOFUNC;
}
