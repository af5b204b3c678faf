// SPDX-License-Identifier: Apache-2.0
//
// Exceptions: making, throwing, and what the embedder sees of them.
//
// A throw walks the frames of the innermost entry. The handlers of a frame are those of
// its function whose range holds the return address; a handler of a tag matches when the
// frame's own instance, which functions with handlers keep in their frame, has that tag.
// Traps are no exceptions and pass all handlers.
#include "base/string.h"
#include "engine/invoke.h"
#include "engine/walk.h"

static bool
matches(const struct wasm_walk *walk, const struct wasm_caller *caller,
        const struct wasm_handler *handler, const struct wasm_tag *tag)
{
    if (handler->tag == WASM_HANDLER_ALL)
        return true;
    uint64_t place = caller->fp + (uint64_t)(int64_t)handler->instance_disp, instance;
    return wasm_walk_read(walk, place, &instance) &&
           wasm_instance_tags(
               (struct wasm_instance *)(uintptr_t)instance)[handler->tag] == tag;
}

static const struct wasm_handler *
find_handler(const struct wasm_walk *walk, const struct wasm_caller *caller,
             const struct wasm_tag *tag)
{
    uint32_t index = 0;
    const struct wasm_handler *handler = NULL;
    while (caller->module && (handler = wasm_codemap_handler(
                                  caller->module, caller->code_offset, &index))) {
        if (matches(walk, caller, handler, tag))
            return handler;
    }
    return NULL;
}

static _Noreturn void
throw_from(struct wasm_store *store, struct wasm_exception *exn, void *frame)
{
    struct wasm_entry *entry = store->entry;
    struct wasm_walk walk = wasm_walk_begin(store, entry, (uintptr_t)frame);
    struct wasm_caller caller;
    store->host_frame = NULL; // its function is left
    while (wasm_walk_next(&walk, &caller)) {
        const struct wasm_handler *handler = find_handler(&walk, &caller, exn->tag);
        if (handler)
            wasm_resume(exn, caller.fp,
                        (uintptr_t)caller.module->code + handler->landing);
    }
    wasm_trap_record(store, WASM_TRAP_NONE, NULL, frame);
    entry->exception = exn;
    wasm_unwind(entry);
}

void
wasm_exception_raise(struct wasm_store *store, struct wasm_exception *exn)
{
    throw_from(store, exn, __builtin_frame_address(0));
}

// ---- The embedder's ----

void
wasm_exception_throw(struct wasm_store *store, void *exn)
{
    void *frame = store->host_frame ? store->host_frame : __builtin_frame_address(0);
    throw_from(store, exn, frame);
}

void *
wasm_store_exception(const struct wasm_store *store)
{
    return store->exception;
}

struct wasm_tag *
wasm_exception_tag(const void *exn)
{
    return ((const struct wasm_exception *)exn)->tag;
}

union wasm_value
wasm_exception_value(const void *exn, uint32_t index)
{
    return ((const struct wasm_exception *)exn)->values[index];
}

void *
wasm_exception_create(struct wasm_store *store, struct wasm_tag *tag,
                      const union wasm_value *values)
{
    const struct wasm_functype *type = &tag->rtt->func;
    struct wasm_gc_temps temps = {store->gc.temps, values, type->types,
                                  type->param_count};
    store->gc.temps = &temps;
    struct wasm_exception *exn = wasm_gc_exception(store, tag);
    store->gc.temps = temps.outer;
    if (exn && type->param_count)
        memcpy(exn->values, values, type->param_count * sizeof(*values));
    return exn;
}
