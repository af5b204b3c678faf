// SPDX-License-Identifier: Apache-2.0
#include "engine/names.h"

#include "base/cursor.h"
#include "base/utf8.h"
#include "engine/heap.h"

#define SUBSECTION_FUNCTIONS 1

// Finds the subsection with the function names; an empty cursor when there is none.
static struct cursor
find_functions(const struct wasm_module *module)
{
    struct wasm_range section = module->name_section;
    struct cursor c = cursor_make(module->bytes, section.lo, section.hi);
    while (!cursor_done(&c)) {
        uint8_t id = cursor_u8(&c);
        uint32_t len = cursor_leb_u32(&c);
        const uint8_t *contents = cursor_bytes(&c, len);
        if (contents && id == SUBSECTION_FUNCTIONS) {
            size_t lo = (size_t)(contents - module->bytes);
            return cursor_make(module->bytes, lo, lo + len);
        }
    }
    return c;
}

bool
wasm_names_load(struct wasm_module *module)
{
    struct cursor c = find_functions(module);
    if (cursor_done(&c))
        return true;
    module->func_names =
        wasm_heap_alloc(module->port, module->func_count, sizeof(struct wasm_range));
    if (!module->func_names)
        return false;
    for (uint32_t count = cursor_leb_u32(&c); count > 0 && !cursor_done(&c); count--) {
        uint32_t index = cursor_leb_u32(&c);
        uint32_t len = cursor_leb_u32(&c);
        const uint8_t *bytes = cursor_bytes(&c, len);
        if (!bytes || index >= module->func_count || !utf8_is_valid(bytes, len))
            continue;
        uint32_t lo = (uint32_t)(bytes - module->bytes);
        module->func_names[index] = (struct wasm_range){lo, lo + len};
    }
    return true;
}

struct wasm_name
wasm_names_in_section(const struct wasm_module *module, uint32_t func_index)
{
    if (!module->func_names || func_index >= module->func_count)
        return (struct wasm_name){0};
    struct wasm_range name = module->func_names[func_index];
    return (struct wasm_name){(const char *)module->bytes + name.lo, name.hi - name.lo};
}

static struct wasm_name
name_of_export(const struct wasm_module *module, uint32_t func_index)
{
    for (uint32_t i = 0; i < module->export_count; i++) {
        const struct wasm_export_decl *export = &module->exports[i];
        if (export->kind == WASM_KIND_FUNC && export->index == func_index)
            return export->name;
    }
    return (struct wasm_name){0};
}

struct wasm_name
wasm_names_func(const struct wasm_module *module, uint32_t func_index)
{
    struct wasm_name name = wasm_names_in_section(module, func_index);
    return name.len ? name : name_of_export(module, func_index);
}
