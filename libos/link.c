// SPDX-License-Identifier: Apache-2.0
#include "libos/link.h"

#include <stdbool.h>

#include "base/string.h"
#include "engine/engine.h"
#include "libos/exit.h"
#include "libos/libos.h"
#include "libos/wasi/wasi.h"

static bool
is_named(struct wasm_name name, const char *text, size_t len)
{
    return name.len == len && memcmp(name.bytes, text, len) == 0;
}

static const char *
kind_name(enum wasm_kind kind)
{
    switch (kind) {
    case WASM_KIND_FUNC:
        return "function";
    case WASM_KIND_TABLE:
        return "table";
    case WASM_KIND_MEMORY:
        return "memory";
    case WASM_KIND_GLOBAL:
        return "global";
    case WASM_KIND_TAG:
        return "tag";
    }
    return "external";
}

static bool
has_type(const struct wasi_function *function, const struct wasm_functype *type)
{
    if (function->param_count != type->param_count ||
        function->result_count != type->result_count)
        return false;
    for (uint32_t i = 0; i < function->param_count + function->result_count; i++) {
        if (function->types[i] != type->types[i])
            return false;
    }
    return true;
}

const char *
libos_import_error(const struct wasm_import *import)
{
    if (is_named(import->module, "wasi_unstable", 13))
        return "this is the ABI before " WASI_MODULE ", which differs from it; build the "
               "program with a newer toolchain";
    if (is_named(import->module, "wasi", 4) && is_named(import->name, "thread-spawn", 12))
        return "threads of a program (wasi-threads) are not there yet";
    if (import->type.kind == WASM_KIND_MEMORY && import->type.limits.is_shared)
        return "nobody provides a shared memory: threads of a program (wasi-threads) are "
               "not there yet";
    if (!is_named(import->module, WASI_MODULE, sizeof(WASI_MODULE) - 1))
        return "unknown module; this library OS offers " WASI_MODULE " only";
    if (import->type.kind != WASM_KIND_FUNC)
        return WASI_MODULE " has functions only";
    const struct wasi_function *function =
        wasi_function_find(import->name.bytes, import->name.len);
    if (!function)
        return WASI_MODULE " has no such function";
    if (!has_type(function, &import->type.functype))
        return "incompatible import type: the function of this name takes other "
               "parameters or results";
    return NULL;
}

static const struct wasi_function *
find(const struct wasm_import *import)
{
    const char *error = libos_import_error(import);
    if (error)
        exit_error("import %.*s.%.*s (%s): %s", (int)import->module.len,
                   import->module.bytes, (int)import->name.len, import->name.bytes,
                   kind_name(import->type.kind), error);
    return wasi_function_find(import->name.bytes, import->name.len);
}

static bool
make_func(struct wasm_store *store, const struct wasi_function *function,
          struct wasi *wasi, struct wasm_func **out)
{
    wasm_type_t types[WASI_TYPES_MAX];
    struct wasm_functype type = {
        .param_count = function->param_count,
        .result_count = function->result_count,
        .types = types,
    };
    for (uint32_t i = 0; i < type.param_count + type.result_count; i++)
        types[i] = function->types[i];
    return wasm_func_create(store, &type, function->code, wasi, out) == WASM_OK;
}

void
link_imports(struct wasm_store *store, const struct wasm_module *module,
             struct wasi *wasi, const struct allocator *allocator,
             struct wasm_extern **imports)
{
    uint32_t count = wasm_module_import_count(module);
    *imports = NULL;
    if (!count)
        return;
    struct wasm_extern *externs = allocator_alloc(allocator, count * sizeof(*externs));
    if (!externs)
        exit_no_memory("linking");
    for (uint32_t i = 0; i < count; i++) {
        struct wasm_import import;
        wasm_module_import(module, i, &import);
        const struct wasi_function *function = find(&import);
        externs[i].kind = WASM_KIND_FUNC;
        if (!make_func(store, function, wasi, &externs[i].func))
            exit_no_memory("linking");
    }
    *imports = externs;
}
