// SPDX-License-Identifier: Apache-2.0
#include "engine/layout.h"

#include "engine/error.h"

#define ALIGNMENT 16u
#define LIMIT     (1u << 30)

// Counts are below 2^32 and sizes small, so 64 bits hold the sum of all.
static uint32_t
place(uint64_t *len, uint32_t count, size_t size)
{
    uint64_t at = *len;
    *len = (at + count * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return (uint32_t)at;
}

enum wasm_error_code
wasm_layout_compute(struct wasm_module *module, struct wasm_error *error)
{
    struct wasm_layout *layout = &module->layout;
    uint64_t len = 0;
    place(&len, 1, sizeof(struct wasm_instance));
    layout->globals = place(&len, module->global_count - module->global_import_count,
                            sizeof(struct wasm_global));
    layout->imported_globals =
        place(&len, module->global_import_count, sizeof(struct wasm_global *));
    layout->tables = place(&len, module->table_count, sizeof(struct wasm_table *));
    layout->imported_funcs =
        place(&len, module->func_import_count, sizeof(struct wasm_func *));
    layout->funcs = place(&len, module->func_count - module->func_import_count,
                          sizeof(struct wasm_func));
    layout->memories = place(&len, module->memory_count, sizeof(struct wasm_memory *));
    layout->tags = place(&len, module->tag_count, sizeof(struct wasm_tag *));
    if (len > LIMIT)
        return wasm_fail(error, WASM_UNSUPPORTED, 0,
                         "unsupported: instance of %lu bytes, the limit is %u",
                         (unsigned long)len, LIMIT);
    layout->len = (uint32_t)len;
    return WASM_OK;
}
