// SPDX-License-Identifier: Apache-2.0
//
// The collected heap of a store: non-moving mark and sweep, precise.
//
//   class 0: block -> block ...   cells of 16 bytes   ┐ free cells of a class form a
//   list, class 1: block ...            cells of 32 bytes   ┘ built by the sweep
//   ...
//   large -> large ...            one object each
//
// Roots: reference maps of the frames of all entries, globals, tables, element segments,
// roots of the embedder, the kept exception, and the values that C code
// has in hand.
// A collection happens inside an allocation or wasm_store_collect, nowhere else, and
// allocates nothing: the mark stack grows with the heap, and when it is full all the
// same, objects marked but not scanned are found again by walking the heap.
// Internal to the engine.
#pragma once

#include "engine/instance.h"

#define WASM_GC_CLASSES 24

struct wasm_gc_block;
struct wasm_gc_large;

// A free cell. `mark` stands where that of an object does, and is 0.
struct wasm_gc_cell {
    struct wasm_gc_cell *next;
    uint32_t padding;
    uint32_t mark;
};

struct wasm_gc_class {
    struct wasm_gc_cell *free;
    struct wasm_gc_block *blocks;
};

// Where the objects of a struct type hold references.
struct wasm_gc_shape {
    uint32_t ref_count;
    uint32_t
        offsets[]; // from the start of the object; of an array: 0, one stands for all
};

// An object with references not yet looked at: from number `at` on.
struct wasm_gc_pending {
    struct wasm_object *object;
    uint32_t at;
};

// Values in the hands of C code, which are roots: a list, innermost first.
struct wasm_gc_temps {
    struct wasm_gc_temps *outer;
    const union wasm_value *values;
    const wasm_type_t *types; // of the store
    uint32_t count;
};

struct wasm_gc {
    struct wasm_gc_class classes[WASM_GC_CLASSES];
    struct wasm_gc_large *larges;
    uint64_t limit; // of `held`
    uint64_t held;  // bytes taken from the port for objects
    uint64_t used;  // bytes of objects
    uint64_t live;  // bytes of objects that survived the last collection
    uint32_t color; // mark of objects that are alive as far as is known: 1 or 2
    bool is_stressed;
    bool has_overflowed;           // the mark stack, during this collection
    struct wasm_gc_shape **shapes; // by id of the type; NULL: no references
    uint32_t shape_count;
    struct wasm_gc_pending *pending;
    uint32_t pending_count;
    uint32_t pending_room;
    struct wasm_gc_temps *temps;
};

void wasm_gc_init(struct wasm_gc *gc, uint64_t limit, bool is_stressed);
void wasm_gc_fini(struct wasm_store *store);

// Learns the shapes of the store's types that are new. Objects have types that are known.
// False: no memory.
bool wasm_gc_learn(struct wasm_store *store);

// Objects whose fields are zero. NULL: no room even after a collection.
struct wasm_object *wasm_gc_struct(struct wasm_store *store, const struct wasm_rtt *rtt);
struct wasm_object *wasm_gc_array(struct wasm_store *store, const struct wasm_rtt *rtt,
                                  uint32_t len);
struct wasm_exception *wasm_gc_exception(struct wasm_store *store, struct wasm_tag *tag);

// Whether values of the type, whose heap type is by id of the store, may be objects.
bool wasm_store_type_is_collected(const struct wasm_store *store, wasm_type_t type);

// The collection, for the one who allocates: marks from all roots, then sweeps.
void wasm_gc_collect(struct wasm_store *store);

// ---- Between gc.c, gc_mark.c and gc_roots.c ----

struct wasm_gc_block {
    struct wasm_gc_block *next;
    uint32_t cell_len;
    uint32_t cell_count;
    // cells
};
_Static_assert(sizeof(struct wasm_gc_block) == 16, "cells are aligned");

struct wasm_gc_large {
    struct wasm_gc_large *next;
    uint64_t len; // with this head
    // the object
};
_Static_assert(sizeof(struct wasm_gc_large) == 16, "the object is aligned");

static inline struct wasm_object *
wasm_gc_block_cell(struct wasm_gc_block *block, uint32_t index)
{
    return (struct wasm_object *)(void *)((char *)(block + 1) +
                                          (size_t)index * block->cell_len);
}

static inline struct wasm_object *
wasm_gc_large_object(struct wasm_gc_large *large)
{
    return (struct wasm_object *)(void *)(large + 1);
}

// Bytes of an object with its header.
uint64_t wasm_gc_object_len(const struct wasm_object *object);

// Marks what a reference leads to. `ref` is null, an object, or none at all (i31, a
// word of the host).
void wasm_gc_mark(struct wasm_store *store, void *ref);
void wasm_gc_mark_roots(struct wasm_store *store);
