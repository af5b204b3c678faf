// SPDX-License-Identifier: Apache-2.0
//
// Instances.
#include "api/api.h"

#include <stdlib.h>

// The store needs the module as long as it lives itself: calls may be in its code.
static bool
keep_module(wasm_store_t *store, struct api_module *module)
{
    for (struct api_kept_module *kept = store->modules; kept; kept = kept->next)
        if (kept->module == module)
            return true;
    struct api_kept_module *kept = malloc(sizeof *kept);
    if (!kept)
        return false;
    *kept = (struct api_kept_module){module, store->modules};
    store->modules = kept;
    atomic_fetch_add(&module->owners, 1);
    return true;
}

static struct wasm_extern
import_of(wasm_store_t *store, const wasm_extern_t *external)
{
    const struct api_object *object = external ? external->ref.object : NULL;
    if (!object || object->store != store)
        return (struct wasm_extern){.kind = WASM_KIND_FUNC, .func = NULL};
    switch (object->kind) {
    case API_FUNC:
        return (struct wasm_extern){.kind = WASM_KIND_FUNC, .func = object->func};
    case API_GLOBAL:
        return (struct wasm_extern){.kind = WASM_KIND_GLOBAL, .global = object->global};
    case API_TABLE:
        return (struct wasm_extern){.kind = WASM_KIND_TABLE, .table = object->table};
    default:
        return (struct wasm_extern){.kind = WASM_KIND_MEMORY, .memory = object->memory};
    }
}

static wasm_instance_t *
instantiate(wasm_store_t *store, struct api_module *module,
            const struct wasm_extern *imports, uint32_t count, wasm_trap_t **trap_out)
{
    struct wasm_instance *instance;
    struct wasm_error error = {.code = WASM_OK};
    struct wasm_trap trap;
    struct api_activation activation;
    if (!api_activate(store, &activation)) {
        if (trap_out)
            *trap_out = api_trap_new(store, "call stack exhausted", NULL);
        return NULL;
    }
    enum wasm_error_code code = wasm_instance_create(
        store->store, module->module, imports, count, &instance, &trap, &error);
    api_deactivate(&activation);
    if (code == WASM_OK)
        return api_ref_new(store, API_INSTANCE, instance);
    if (trap_out && (code == WASM_TRAP || code == WASM_EXCEPTION))
        *trap_out = api_trap_of(store, code, &trap);
    else if (trap_out)
        *trap_out = api_trap_new(store, error.message, NULL);
    return NULL;
}

wasm_instance_t *
wasm_instance_new(wasm_store_t *store, const wasm_module_t *module,
                  const wasm_extern_vec_t *imports, wasm_trap_t **trap)
{
    struct api_module *it = module->ref.object->module;
    if (trap)
        *trap = NULL;
    struct wasm_extern *externs = calloc(imports->size + 1, sizeof *externs);
    if (!externs || imports->size > UINT32_MAX || !keep_module(store, it)) {
        free(externs);
        return NULL;
    }
    for (size_t i = 0; i < imports->size; i++)
        externs[i] = import_of(store, imports->data[i]);
    wasm_instance_t *instance =
        instantiate(store, it, externs, (uint32_t)imports->size, trap);
    free(externs);
    return instance;
}

static wasm_extern_t *
export_ref(wasm_store_t *store, const struct wasm_extern *external)
{
    switch (external->kind) {
    case WASM_KIND_FUNC:
        return api_ref_new(store, API_FUNC, external->func);
    case WASM_KIND_GLOBAL:
        return api_ref_new(store, API_GLOBAL, external->global);
    case WASM_KIND_TABLE:
        return api_ref_new(store, API_TABLE, external->table);
    default:
        return api_ref_new(store, API_MEMORY, external->memory);
    }
}

void
wasm_instance_exports(const wasm_instance_t *instance, wasm_extern_vec_t *out)
{
    const struct api_object *object = instance->ref.object;
    const struct wasm_module *module = wasm_instance_module(object->instance);
    size_t used = 0;
    bool ok = true;
    wasm_extern_vec_new_uninitialized(out, wasm_module_export_count(module));
    for (size_t i = 0; i < out->size; i++) {
        struct wasm_export export;
        struct wasm_extern external;
        wasm_module_export(module, (uint32_t)i, &export);
        if (export.type.kind == WASM_KIND_TAG ||
            !wasm_instance_export(object->instance, export.name.bytes, export.name.len,
                                  &external))
            continue;
        out->data[used] = export_ref(object->store, &external);
        ok &= out->data[used++] != NULL;
    }
    out->size = used;
    if (!ok)
        wasm_extern_vec_delete(out);
}
