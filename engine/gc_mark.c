// SPDX-License-Identifier: Apache-2.0
//
// Marking, without recursion and without allocating. An object that has references is
// put on the mark stack when it is marked, and scanned later, a piece at a time: an array
// of any length takes one entry and those of one piece. When the stack is full, what is
// marked is not put there; walking the heap finds such objects again.
#include "engine/gc.h"

#include "base/string.h"
#include "engine/heap.h"
#include "engine/rtt.h"
#include "engine/store.h"

#define PIECE 64u // references of one object that are looked at in one go

// ---- Shapes ----

static struct wasm_gc_shape *
make_shape(struct wasm_store *store, const struct wasm_rtt *rtt, uint32_t count)
{
    struct wasm_gc_shape *shape = wasm_heap_alloc(
        store->port, 1, sizeof(*shape) + count * sizeof(shape->offsets[0]));
    if (!shape)
        return NULL;
    for (uint32_t i = 0; i < rtt->field_count; i++) {
        if (wasm_store_type_is_collected(store, rtt->fields[i].type))
            shape->offsets[shape->ref_count++] = rtt->fields[i].offset;
    }
    return shape;
}

static uint32_t
count_refs(const struct wasm_store *store, const struct wasm_rtt *rtt)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < rtt->field_count; i++)
        count += wasm_store_type_is_collected(store, rtt->fields[i].type);
    return count;
}

bool
wasm_gc_learn(struct wasm_store *store)
{
    struct wasm_gc *gc = &store->gc;
    uint32_t count = store->rtts.count;
    if (gc->shape_count == count)
        return true;
    struct wasm_gc_shape **shapes = wasm_heap_alloc(store->port, count, sizeof(*shapes));
    if (!shapes)
        return false;
    if (gc->shape_count)
        memcpy(shapes, gc->shapes, gc->shape_count * sizeof(*shapes));
    wasm_heap_free(store->port, gc->shapes);
    gc->shapes = shapes;
    for (; gc->shape_count < count; gc->shape_count++) {
        const struct wasm_rtt *rtt = store->rtts.types[gc->shape_count];
        uint32_t refs = rtt->kind == WASM_COMP_FUNC ? 0 : count_refs(store, rtt);
        if (refs && !(shapes[gc->shape_count] = make_shape(store, rtt, refs)))
            return false;
    }
    return true;
}

// ---- Marking ----

// How many references the object holds.
static uint32_t
ref_count(const struct wasm_gc *gc, const struct wasm_object *object)
{
    const struct wasm_rtt *rtt = object->rtt;
    if (!rtt)
        return object->len; // any value of an exception may be one
    const struct wasm_gc_shape *shape = gc->shapes[rtt->id];
    if (!shape)
        return 0;
    return rtt->kind == WASM_COMP_ARRAY ? object->len : shape->ref_count;
}

static void *
ref_at(const struct wasm_store *store, const struct wasm_object *object, uint32_t index)
{
    const struct wasm_rtt *rtt = object->rtt;
    const char *bytes = (const char *)object;
    if (!rtt) {
        const struct wasm_exception *exn = (const struct wasm_exception *)object;
        wasm_type_t type = exn->tag->rtt->func.types[index];
        return wasm_store_type_is_collected(store, type) ? exn->values[index].ref : NULL;
    }
    size_t offset = rtt->kind == WASM_COMP_ARRAY
                        ? WASM_OBJECT_FIELDS + (size_t)index * sizeof(void *)
                        : store->gc.shapes[rtt->id]->offsets[index];
    return *(void *const *)(const void *)(bytes + offset);
}

static void
push(struct wasm_gc *gc, struct wasm_object *object, uint32_t at)
{
    if (gc->pending_count == gc->pending_room)
        gc->has_overflowed = true;
    else
        gc->pending[gc->pending_count++] = (struct wasm_gc_pending){object, at};
}

static void
visit(struct wasm_gc *gc, void *ref)
{
    struct wasm_object *object = ref;
    if (!object || ((uintptr_t)ref & 3) != 0 || object->mark == gc->color)
        return;
    object->mark = gc->color;
    if (ref_count(gc, object))
        push(gc, object, 0);
}

static void
scan(struct wasm_store *store, struct wasm_gc_pending pending)
{
    struct wasm_gc *gc = &store->gc;
    uint32_t count = ref_count(gc, pending.object);
    uint32_t end = count - pending.at > PIECE ? pending.at + PIECE : count;
    if (end < count)
        push(gc, pending.object, end);
    for (uint32_t i = pending.at; i < end; i++)
        visit(gc, ref_at(store, pending.object, i));
}

static void
drain(struct wasm_store *store)
{
    struct wasm_gc *gc = &store->gc;
    while (gc->pending_count)
        scan(store, gc->pending[--gc->pending_count]);
}

// ---- After the mark stack was full ----

static void
scan_again(struct wasm_store *store, struct wasm_object *object)
{
    struct wasm_gc *gc = &store->gc;
    if (object->mark != gc->color)
        return;
    uint32_t count = ref_count(gc, object);
    for (uint32_t i = 0; i < count; i++) {
        visit(gc, ref_at(store, object, i));
        drain(store);
    }
}

static void
walk_heap(struct wasm_store *store)
{
    struct wasm_gc *gc = &store->gc;
    for (uint32_t i = 0; i < WASM_GC_CLASSES; i++) {
        for (struct wasm_gc_block *b = gc->classes[i].blocks; b; b = b->next) {
            for (uint32_t k = 0; k < b->cell_count; k++)
                scan_again(store, wasm_gc_block_cell(b, k));
        }
    }
    for (struct wasm_gc_large *l = gc->larges; l; l = l->next)
        scan_again(store, wasm_gc_large_object(l));
}

void
wasm_gc_mark(struct wasm_store *store, void *ref)
{
    visit(&store->gc, ref);
    drain(store);
    while (store->gc.has_overflowed) {
        store->gc.has_overflowed = false;
        walk_heap(store);
    }
}
