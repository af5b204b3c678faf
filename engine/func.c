// SPDX-License-Identifier: Apache-2.0
//
// Functions of the host, and what is told of any.
#include "engine/heap.h"
#include "engine/store.h"

bool
wasm_type_is_abstract(wasm_type_t type)
{
    return !wasm_type_is_ref(type) || !wasm_heap_is_index(wasm_type_heap(type));
}

bool
wasm_functype_is_abstract(const struct wasm_functype *type)
{
    for (uint32_t i = 0; i < type->param_count + type->result_count; i++) {
        if (!wasm_type_is_abstract(type->types[i]))
            return false;
    }
    return true;
}

enum wasm_error_code
wasm_func_create(struct wasm_store *store, const struct wasm_functype *type,
                 void (*code)(void), void *env, struct wasm_func **out)
{
    if (!wasm_functype_is_abstract(type))
        return WASM_INVALID;
    const struct wasm_rtt *rtt = wasm_rtt_of_functype(store, type);
    if (!rtt)
        return WASM_NO_MEMORY;
    struct wasm_host_func *host = wasm_heap_alloc(store->port, 1, sizeof(*host));
    if (!host)
        return WASM_NO_MEMORY;
    host->func = (struct wasm_func){.code = code, .env = env, .rtt = rtt};
    host->next = store->funcs;
    store->funcs = host;
    *out = &host->func;
    return WASM_OK;
}

void
wasm_func_functype(const struct wasm_func *func, struct wasm_functype *out)
{
    const struct wasm_rtt *rtt = func->rtt;
    *out =
        (struct wasm_functype){rtt->func.param_count, rtt->func.result_count, rtt->shown};
}
