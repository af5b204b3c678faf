// SPDX-License-Identifier: Apache-2.0
#include "engine/heap.h"
#include "engine/store.h"

enum wasm_error_code
wasm_tag_create_rtt(struct wasm_store *store, const struct wasm_rtt *rtt,
                    struct wasm_tag **out)
{
    struct wasm_tag *tag = wasm_heap_alloc(store->port, 1, sizeof(*tag));
    if (!tag)
        return WASM_NO_MEMORY;
    tag->rtt = rtt;
    tag->next = store->tags;
    store->tags = tag;
    *out = tag;
    return WASM_OK;
}

enum wasm_error_code
wasm_tag_create(struct wasm_store *store, const struct wasm_functype *type,
                struct wasm_tag **out)
{
    if (type->result_count || !wasm_functype_is_abstract(type))
        return WASM_INVALID;
    const struct wasm_rtt *rtt = wasm_rtt_of_functype(store, type);
    return rtt ? wasm_tag_create_rtt(store, rtt, out) : WASM_NO_MEMORY;
}

void
wasm_tags_destroy_until(struct wasm_store *store, struct wasm_tag *kept)
{
    while (store->tags != kept) {
        struct wasm_tag *tag = store->tags;
        store->tags = tag->next;
        wasm_heap_free(store->port, tag);
    }
}

void
wasm_tag_functype(const struct wasm_tag *tag, struct wasm_functype *out)
{
    *out = (struct wasm_functype){tag->rtt->func.param_count, 0, tag->rtt->shown};
}
