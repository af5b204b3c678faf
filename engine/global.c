// SPDX-License-Identifier: Apache-2.0
#include "engine/heap.h"
#include "engine/store.h"

enum wasm_error_code
wasm_global_create(struct wasm_store *store, wasm_type_t type, bool is_mutable,
                   union wasm_value value, struct wasm_global **out)
{
    if (!wasm_type_is_abstract(type))
        return WASM_INVALID;
    struct wasm_host_global *host = wasm_heap_alloc(store->port, 1, sizeof(*host));
    if (!host)
        return WASM_NO_MEMORY;
    host->global = (struct wasm_global){
        .value = value, .type = type, .shown = type, .is_mutable = is_mutable};
    host->next = store->globals;
    store->globals = host;
    *out = &host->global;
    return WASM_OK;
}

union wasm_value
wasm_global_value(const struct wasm_global *global)
{
    return global->value;
}

void
wasm_global_set_value(struct wasm_global *global, union wasm_value value)
{
    global->value = value;
}

bool
wasm_global_is_mutable(const struct wasm_global *global)
{
    return global->is_mutable;
}

wasm_type_t
wasm_global_valtype(const struct wasm_global *global)
{
    return global->shown;
}
