// SPDX-License-Identifier: Apache-2.0
#include "engine/module.h"

#include "engine/decode.h"
#include "engine/error.h"
#include "engine/heap.h"

enum wasm_error_code
wasm_module_decode(const struct wasm_port *port, const uint8_t *bytes, size_t len,
                   struct wasm_module **out, struct wasm_error *error)
{
    struct wasm_module *module = wasm_heap_alloc(port, 1, sizeof(*module));
    if (!module)
        return wasm_fail_memory(error, "module");
    module->port = port;
    module->bytes = bytes;
    module->len = len;
    enum wasm_error_code code = wasm_decode(module, error);
    if (code != WASM_OK) {
        wasm_module_destroy(module);
        return code;
    }
    *out = module;
    return WASM_OK;
}

enum wasm_error_code
wasm_module_create(const struct wasm_port *port, const uint8_t *bytes, size_t len,
                   struct wasm_module **out, struct wasm_error *error)
{
    struct wasm_module *module = NULL;
    enum wasm_error_code code = wasm_module_decode(port, bytes, len, &module, error);
    if (code != WASM_OK)
        return code;
    code = wasm_module_compile(module, error);
    if (code != WASM_OK) {
        wasm_module_destroy(module);
        return code;
    }
    *out = module;
    return WASM_OK;
}

// What the compiler made.
static void
release_code(struct wasm_module *module)
{
    const struct wasm_port *port = module->port;
    if (module->code)
        port->code_release(port->context, module->code, module->code_len,
                           module->code_room);
    wasm_heap_free(port, module->entries);
    wasm_heap_free(port, module->codemap.bytes);
    wasm_heap_free(port, module->codemap.handlers);
    wasm_heap_free(port, module->codemap.starts);
    wasm_heap_free(port, module->codemap.points);
}

void
wasm_module_destroy(struct wasm_module *module)
{
    if (!module)
        return;
    const struct wasm_port *port = module->port;
    release_code(module);
    wasm_heap_free(port, module->types);
    wasm_heap_free(port, module->type_pool);
    wasm_heap_free(port, module->field_pool);
    wasm_heap_free(port, module->imports);
    wasm_heap_free(port, module->exports);
    wasm_heap_free(port, module->export_order);
    wasm_heap_free(port, module->funcs);
    wasm_heap_free(port, module->bodies);
    wasm_heap_free(port, module->declared);
    wasm_heap_free(port, module->tables);
    wasm_heap_free(port, module->memories);
    wasm_heap_free(port, module->globals);
    wasm_heap_free(port, module->tags);
    wasm_heap_free(port, module->elems);
    wasm_heap_free(port, module->datas);
    wasm_heap_free(port, module->func_names);
    wasm_heap_free(port, module);
}

static struct wasm_externtype
external_type(const struct wasm_module *module, enum wasm_kind kind, uint32_t index)
{
    struct wasm_externtype type = {.kind = kind};
    switch (kind) {
    case WASM_KIND_FUNC:
        type.functype = *wasm_module_functype(module, index);
        type.type_index = module->funcs[index];
        break;
    case WASM_KIND_TAG:
        type.functype = module->types[module->tags[index].type].func;
        type.type_index = module->tags[index].type;
        break;
    case WASM_KIND_TABLE:
        type.type = module->tables[index].type;
        type.limits = module->tables[index].limits;
        break;
    case WASM_KIND_MEMORY:
        type.limits = module->memories[index].limits;
        break;
    case WASM_KIND_GLOBAL:
        type.type = module->globals[index].type;
        type.is_mutable = module->globals[index].is_mutable;
        break;
    }
    return type;
}

uint32_t
wasm_module_import_count(const struct wasm_module *module)
{
    return module->import_count;
}

void
wasm_module_import(const struct wasm_module *module, uint32_t index,
                   struct wasm_import *out)
{
    const struct wasm_import_decl *import = &module->imports[index];
    *out = (struct wasm_import){import->module, import->name,
                                external_type(module, import->kind, import->index)};
}

uint32_t
wasm_module_export_count(const struct wasm_module *module)
{
    return module->export_count;
}

void
wasm_module_export(const struct wasm_module *module, uint32_t index,
                   struct wasm_export *out)
{
    const struct wasm_export_decl *export = &module->exports[index];
    *out = (struct wasm_export){export->name,
                                external_type(module, export->kind, export->index)};
}

void
wasm_module_stats(const struct wasm_module *module, struct wasm_module_stats *out)
{
    *out = (struct wasm_module_stats){
        .code_section_bytes = module->code_section.hi - module->code_section.lo,
        .native_bytes = module->code_len,
        .function_count = module->func_count - module->func_import_count,
    };
}
