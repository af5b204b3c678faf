// SPDX-License-Identifier: Apache-2.0
//
// What is alive from outside the collected heap.
#include "engine/gc.h"
#include "engine/heap.h"
#include "engine/invoke.h"
#include "engine/store.h"
#include "engine/walk.h"

static void
mark_all(struct wasm_store *store, void *const *refs, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        wasm_gc_mark(store, refs[i]);
}

// ---- Frames ----

static void
mark_caller(struct wasm_store *store, const struct wasm_walk *walk,
            const struct wasm_caller *caller)
{
    struct wasm_site site;
    if (!caller->module ||
        !wasm_codemap_find(caller->module, caller->code_offset, &site) ||
        site.kind != WASM_SITE_CALL_REFS)
        return;
    struct wasm_ref_cursor cursor = wasm_codemap_refs(site.refs);
    int32_t disp;
    uint64_t ref;
    while (wasm_codemap_next_ref(&cursor, &disp)) {
        if (wasm_walk_read(walk, caller->fp + (uint64_t)(int64_t)disp, &ref))
            wasm_gc_mark(store, (void *)(uintptr_t)ref);
    }
}

// `frame` is of the innermost function that runs.
static void
mark_frames(struct wasm_store *store, void *frame)
{
    for (struct wasm_entry *entry = store->entry; entry; entry = entry->outer) {
        struct wasm_walk walk = wasm_walk_begin(store, entry, (uintptr_t)frame);
        struct wasm_caller caller;
        while (wasm_walk_next(&walk, &caller))
            mark_caller(store, &walk, &caller);
        frame = entry->outer_frame;
    }
}

// ---- What instances hold ----

static void
mark_elems(struct wasm_instance *instance)
{
    const struct wasm_module *module = instance->module;
    for (uint32_t i = 0; i < module->elem_count; i++) {
        if (instance->elem_values[i] &&
            wasm_type_is_collected(module, module->elems[i].type))
            mark_all(instance->store, instance->elem_values[i], module->elems[i].count);
    }
}

static void
mark_global(struct wasm_store *store, const struct wasm_global *global)
{
    if (wasm_store_type_is_collected(store, global->type))
        wasm_gc_mark(store, global->value.ref);
}

static void
mark_instance(struct wasm_instance *instance)
{
    const struct wasm_module *module = instance->module;
    for (uint32_t i = module->global_import_count; i < module->global_count; i++)
        mark_global(instance->store, wasm_instance_global(instance, i));
    mark_elems(instance);
}

static void
mark_temps(struct wasm_store *store, const struct wasm_gc_temps *temps)
{
    for (uint32_t i = 0; i < temps->count; i++) {
        if (wasm_store_type_is_collected(store, temps->types[i]))
            wasm_gc_mark(store, temps->values[i].ref);
    }
}

static void
mark_operands(struct wasm_store *store, const struct wasm_eval *eval)
{
    for (uint32_t i = 0; i < eval->depth; i++) {
        if (eval->are_refs[i])
            wasm_gc_mark(store, eval->values[i].ref);
    }
}

void
wasm_gc_mark_roots(struct wasm_store *store)
{
    mark_frames(store,
                store->host_frame ? store->host_frame : __builtin_frame_address(0));
    for (struct wasm_instance *i = store->instances; i; i = i->next)
        mark_instance(i);
    for (struct wasm_host_global *g = store->globals; g; g = g->next)
        mark_global(store, &g->global);
    for (struct wasm_table *t = store->tables; t; t = t->next) {
        if (wasm_store_type_is_collected(store, t->type))
            mark_all(store, t->elems, t->len);
    }
    for (struct wasm_root *r = store->roots; r; r = r->next)
        wasm_gc_mark(store, r->ref);
    for (struct wasm_gc_temps *t = store->gc.temps; t; t = t->outer)
        mark_temps(store, t);
    mark_operands(store, &store->eval);
    wasm_gc_mark(store, store->exception);
}
