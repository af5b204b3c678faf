// SPDX-License-Identifier: Apache-2.0
#include "engine/export.h"

#include "base/string.h"
#include "engine/heap.h"

#define NAME_SHOWN 40

int
wasm_name_shown(struct wasm_name name)
{
    return name.len < NAME_SHOWN ? (int)name.len : NAME_SHOWN;
}

static int
compare_names(struct wasm_name a, struct wasm_name b)
{
    int order = memcmp(a.bytes, b.bytes, a.len < b.len ? a.len : b.len);
    if (order)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

static int
compare(const struct wasm_module *module, uint32_t i, uint32_t k)
{
    return compare_names(module->exports[module->export_order[i]].name,
                         module->exports[module->export_order[k]].name);
}

static void
swap(uint32_t *a, uint32_t *b)
{
    uint32_t value = *a;
    *a = *b;
    *b = value;
}

// Lets entry `root` of the heap [0, count) sink to its place.
static void
sift_down(struct wasm_module *module, uint32_t root, uint32_t count)
{
    for (;;) {
        uint32_t child = 2 * root + 1;
        if (child >= count)
            return;
        if (child + 1 < count && compare(module, child, child + 1) < 0)
            child++;
        if (compare(module, root, child) >= 0)
            return;
        swap(&module->export_order[root], &module->export_order[child]);
        root = child;
    }
}

bool
wasm_exports_sort(struct wasm_module *module)
{
    uint32_t count = module->export_count;
    module->export_order = wasm_heap_alloc(module->port, count, sizeof(uint32_t));
    if (!module->export_order)
        return false;
    for (uint32_t i = 0; i < count; i++)
        module->export_order[i] = i;
    for (uint32_t i = count / 2; i-- > 0;)
        sift_down(module, i, count);
    for (uint32_t end = count; end-- > 1;) {
        swap(&module->export_order[0], &module->export_order[end]);
        sift_down(module, 0, end);
    }
    return true;
}

const struct wasm_export_decl *
wasm_exports_duplicate(const struct wasm_module *module)
{
    for (uint32_t i = 1; i < module->export_count; i++)
        if (compare(module, i - 1, i) == 0)
            return &module->exports[module->export_order[i]];
    return NULL;
}

const struct wasm_export_decl *
wasm_exports_find(const struct wasm_module *module, struct wasm_name name)
{
    uint32_t lo = 0, hi = module->export_count;
    while (lo < hi) {
        uint32_t middle = lo + (hi - lo) / 2;
        const struct wasm_export_decl *found =
            &module->exports[module->export_order[middle]];
        int order = compare_names(name, found->name);
        if (order == 0)
            return found;
        if (order < 0)
            hi = middle;
        else
            lo = middle + 1;
    }
    return NULL;
}
