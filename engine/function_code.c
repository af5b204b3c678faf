// SPDX-License-Identifier: Apache-2.0
//
// Which function's code is where.
#include "engine/module.h"
#include "engine/names.h"

const uint8_t *
wasm_module_code(const struct wasm_module *module, size_t *len)
{
    *len = module->code_len;
    return module->code;
}

// A function's first export names it when nothing else does.
static void
name_by_exports(const struct wasm_module *module, struct wasm_function_code *out)
{
    uint32_t imported = module->func_import_count;
    for (uint32_t i = 0; i < module->export_count; i++) {
        const struct wasm_export_decl *export = &module->exports[i];
        if (export->kind == WASM_KIND_FUNC && export->index >= imported &&
            out[export->index - imported].name.len == 0)
            out[export->index - imported].name = export->name;
    }
}

void
wasm_module_functions(const struct wasm_module *module, struct wasm_function_code *out)
{
    uint32_t count = module->func_count - module->func_import_count;
    if (!module->code)
        count = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t end =
            i + 1 < count ? module->entries[i + 1] : (uint32_t)module->code_len;
        uint32_t index = module->func_import_count + i;
        out[i] = (struct wasm_function_code){
            .name = wasm_names_in_section(module, index),
            .func_index = index,
            .offset = module->entries[i],
            .len = end - module->entries[i],
        };
    }
    if (count > 0)
        name_by_exports(module, out);
}
