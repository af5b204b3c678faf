// SPDX-License-Identifier: Apache-2.0
#include "engine/store.h"

#include "base/string.h"
#include "engine/heap.h"

#define MEMORY_DEFAULT (1ull << 32)
#define MEMORY_MOST    (1ull << 46) // more than any port can reserve
#define HEAP_DEFAULT   (1ull << 30)

enum wasm_error_code
wasm_store_create(const struct wasm_port *port, const struct wasm_store_config *config,
                  struct wasm_store **out)
{
    struct wasm_store *store = wasm_heap_alloc(port, 1, sizeof(*store));
    if (!store)
        return WASM_NO_MEMORY;
    uint64_t limit = config->memory_limit ? config->memory_limit : MEMORY_DEFAULT;
    if (limit > MEMORY_MOST)
        limit = MEMORY_MOST;
    store->port = port;
    store->stack_limit = config->stack_limit;
    store->memory_limit = limit / WASM_PAGE_SIZE * WASM_PAGE_SIZE;
    wasm_rtts_init(&store->rtts, port);
    wasm_gc_init(&store->gc, config->heap_limit ? config->heap_limit : HEAP_DEFAULT,
                 config->gc_stress);
    *out = store;
    return WASM_OK;
}

static void
destroy_instances(struct wasm_store *store)
{
    for (struct wasm_instance *i = store->instances, *next; i; i = next) {
        next = i->next;
        wasm_elems_fini(i);
        wasm_heap_free(store->port, i);
    }
}

static void
destroy_externals(struct wasm_store *store)
{
    for (struct wasm_host_func *f = store->funcs, *next; f; f = next) {
        next = f->next;
        wasm_heap_free(store->port, f);
    }
    for (struct wasm_host_global *g = store->globals, *next; g; g = next) {
        next = g->next;
        wasm_heap_free(store->port, g);
    }
    wasm_store_undo(store, (struct wasm_store_mark){0});
}

void
wasm_store_destroy(struct wasm_store *store)
{
    if (!store)
        return;
    const struct wasm_port *port = store->port;
    destroy_instances(store);
    destroy_externals(store);
    for (struct wasm_root *r = store->roots, *next; r; r = next) {
        next = r->next;
        wasm_heap_free(port, r);
    }
    wasm_gc_fini(store);
    wasm_eval_fini(&store->eval, port);
    wasm_rtts_fini(&store->rtts);
    wasm_heap_free(port, store->modules);
    wasm_heap_free(port, store);
}

void
wasm_store_set_stack_limit(struct wasm_store *store, uintptr_t stack_limit)
{
    if (store->stack_limit == stack_limit)
        return; // every instance has it
    store->stack_limit = stack_limit;
    for (struct wasm_instance *i = store->instances; i; i = i->next)
        i->stack_limit = stack_limit;
}

// ---- Undoing creation ----

struct wasm_store_mark
wasm_store_mark(const struct wasm_store *store)
{
    return (struct wasm_store_mark){store->memories, store->shared, store->tables,
                                    store->tags};
}

void
wasm_store_undo(struct wasm_store *store, struct wasm_store_mark mark)
{
    wasm_tables_destroy_until(store, mark.tables);
    wasm_memories_destroy_until(store, mark.memories);
    wasm_shared_release_until(store, mark.shared);
    wasm_tags_destroy_until(store, mark.tags);
}

// ---- Modules ----

// How many modules have their code at or below `pc`.
static uint32_t
count_below(const struct wasm_store *store, uint64_t pc)
{
    uint32_t lo = 0, hi = store->module_count;
    while (lo < hi) {
        uint32_t middle = lo + (hi - lo) / 2;
        if ((uintptr_t)store->modules[middle]->code <= pc)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}

const struct wasm_module *
wasm_store_find_module(const struct wasm_store *store, uint64_t pc)
{
    uint32_t below = count_below(store, pc);
    if (below == 0)
        return NULL;
    const struct wasm_module *module = store->modules[below - 1];
    return pc - (uintptr_t)module->code < module->code_len ? module : NULL;
}

bool
wasm_store_add_module(struct wasm_store *store, const struct wasm_module *module)
{
    if (module->code_len == 0)
        return true;
    uintptr_t code = (uintptr_t)module->code;
    if (wasm_store_find_module(store, code) == module)
        return true;
    const struct wasm_module **modules = wasm_heap_append(
        store->port, store->modules, store->module_count, sizeof(*modules));
    if (!modules)
        return false;
    store->modules = modules;
    uint32_t at = count_below(store, code);
    memmove(modules + at + 1, modules + at,
            (store->module_count - at) * sizeof(*modules));
    modules[at] = module;
    store->module_count++;
    return true;
}
