// SPDX-License-Identifier: Apache-2.0
//
// References of the embedder.
#include "engine/heap.h"
#include "engine/store.h"

struct wasm_root *
wasm_root_create(struct wasm_store *store, void *ref)
{
    struct wasm_root *root = wasm_heap_alloc(store->port, 1, sizeof(*root));
    if (!root)
        return NULL;
    root->ref = ref;
    root->next = store->roots;
    root->link = &store->roots;
    if (root->next)
        root->next->link = &root->next;
    store->roots = root;
    return root;
}

void *
wasm_root_ref(const struct wasm_root *root)
{
    return root->ref;
}

void
wasm_root_destroy(struct wasm_store *store, struct wasm_root *root)
{
    if (!root)
        return;
    *root->link = root->next;
    if (root->next)
        root->next->link = root->link;
    wasm_heap_free(store->port, root);
}

static bool
is_of_kind(const void *ref, enum wasm_comp_kind kind)
{
    const struct wasm_object *object = ref;
    return ((uintptr_t)ref & 3) == 0 && object->rtt && object->rtt->kind == kind;
}

bool
wasm_ref_is(const void *ref, uint32_t heap)
{
    switch (heap) {
    case WASM_HEAP_ANY:
    case WASM_HEAP_EXTERN:
    case WASM_HEAP_FUNC:
    case WASM_HEAP_EXN:
        return true; // the top of its hierarchy
    case WASM_HEAP_EQ:
        return WASM_IS_I31(ref) || is_of_kind(ref, WASM_COMP_STRUCT) ||
               is_of_kind(ref, WASM_COMP_ARRAY);
    case WASM_HEAP_I31:
        return WASM_IS_I31(ref);
    case WASM_HEAP_STRUCT:
        return is_of_kind(ref, WASM_COMP_STRUCT);
    case WASM_HEAP_ARRAY:
        return is_of_kind(ref, WASM_COMP_ARRAY);
    default:
        return false; // the bottom of its hierarchy
    }
}
