// SPDX-License-Identifier: Apache-2.0
#include "engine/heap.h"
#include "engine/store.h"

enum wasm_error_code
wasm_func_create(struct wasm_store *store, const struct wasm_functype *type,
                 void (*code)(void), void *env, struct wasm_func **out)
{
    uint32_t sig_id = wasm_sigs_intern(&store->sigs, store->port, type);
    if (!sig_id)
        return WASM_NO_MEMORY;
    struct wasm_host_func *host = wasm_heap_alloc(store->port, 1, sizeof(*host));
    if (!host)
        return WASM_NO_MEMORY;
    host->func = (struct wasm_func){
        .code = code,
        .env = env,
        .sig_id = sig_id,
        .type = store->sigs.nodes[sig_id].type,
    };
    host->next = store->funcs;
    store->funcs = host;
    *out = &host->func;
    return WASM_OK;
}

void
wasm_func_functype(const struct wasm_func *func, struct wasm_functype *out)
{
    *out = *func->type;
}
