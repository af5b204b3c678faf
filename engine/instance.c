// SPDX-License-Identifier: Apache-2.0
//
// Instantiation. Everything that may fail for want of memory, or because an import does
// not match, comes first and is undone; from wasm_store_add_module on, only traps can
// happen, and the instance stays, for others may hold references into it.
#include "engine/instance.h"

#include "base/string.h"
#include "engine/const_expr.h"
#include "engine/error.h"
#include "engine/export.h"
#include "engine/heap.h"
#include "engine/invoke.h"
#include "engine/link.h"
#include "engine/store.h"

static uint64_t
bitmap_len(uint32_t count)
{
    return ((uint64_t)count + 63) / 64 * sizeof(uint64_t);
}

// The instance, and behind its layout the bitmaps and the signature ids.
static struct wasm_instance *
allocate(struct wasm_store *store, const struct wasm_module *module, uint32_t **sig_ids)
{
    uint64_t elems = module->layout.len;
    uint64_t datas = elems + bitmap_len(module->elem_count);
    uint64_t sigs = datas + bitmap_len(module->data_count);
    uint64_t len = sigs + (uint64_t)module->type_count * sizeof(uint32_t);
    struct wasm_instance *instance = wasm_heap_alloc(store->port, len, 1);
    if (!instance)
        return NULL;
    char *start = (char *)instance;
    *sig_ids = (uint32_t *)(void *)(start + sigs);
    instance->stack_limit = store->stack_limit;
    instance->builtins = &wasm_builtins;
    instance->sig_ids = *sig_ids;
    instance->store = store;
    instance->module = module;
    instance->dropped_elems = (uint64_t *)(void *)(start + elems);
    instance->dropped_datas = (uint64_t *)(void *)(start + datas);
    return instance;
}

static bool
intern_types(struct wasm_store *store, const struct wasm_module *module,
             uint32_t *sig_ids)
{
    for (uint32_t i = 0; i < module->type_count; i++) {
        sig_ids[i] = wasm_sigs_intern(&store->sigs, store->port, &module->types[i]);
        if (!sig_ids[i])
            return false;
    }
    return true;
}

static void
take_imports(struct wasm_instance *instance, const struct wasm_extern *imports)
{
    const struct wasm_module *module = instance->module;
    struct wasm_func **funcs = wasm_instance_at(instance, module->layout.imported_funcs);
    struct wasm_global **globals =
        wasm_instance_at(instance, module->layout.imported_globals);
    for (uint32_t i = 0; i < module->import_count; i++) {
        uint32_t index = module->imports[i].index;
        switch (module->imports[i].kind) {
        case WASM_KIND_FUNC:
            funcs[index] = imports[i].func;
            break;
        case WASM_KIND_TABLE:
            wasm_instance_tables(instance)[index] = imports[i].table;
            break;
        case WASM_KIND_MEMORY:
            instance->memory0 = imports[i].memory;
            break;
        case WASM_KIND_GLOBAL:
            globals[index] = imports[i].global;
            break;
        }
    }
}

static enum wasm_error_code
create_memories(struct wasm_instance *instance, struct wasm_error *error)
{
    const struct wasm_module *module = instance->module;
    for (uint32_t i = module->memory_import_count; i < module->memory_count; i++) {
        struct wasm_limits limits = module->memories[i].limits;
        if (wasm_memory_create(instance->store, limits, &instance->memory0) != WASM_OK)
            return wasm_fail(error, WASM_NO_MEMORY, 0,
                             "out of memory for linear memory of %lu pages",
                             (unsigned long)limits.min);
    }
    if (instance->memory0)
        instance->memory0_base = instance->memory0->base;
    return WASM_OK;
}

static enum wasm_error_code
create_tables(struct wasm_instance *instance, struct wasm_error *error)
{
    const struct wasm_module *module = instance->module;
    for (uint32_t i = module->table_import_count; i < module->table_count; i++) {
        const struct wasm_table_decl *decl = &module->tables[i];
        if (wasm_table_create(instance->store, decl->type, decl->limits,
                              &wasm_instance_tables(instance)[i]) != WASM_OK)
            return wasm_fail(error, WASM_NO_MEMORY, 0,
                             "out of memory for table of %lu elements",
                             (unsigned long)decl->limits.min);
    }
    return WASM_OK;
}

static void
init_funcs(struct wasm_instance *instance)
{
    const struct wasm_module *module = instance->module;
    for (uint32_t i = module->func_import_count; i < module->func_count; i++) {
        uint32_t entry = module->entries[i - module->func_import_count];
        *wasm_instance_func(instance, i) = (struct wasm_func){
            .code = (void (*)(void))(uintptr_t)(module->code + entry),
            .env = instance,
            .sig_id = instance->sig_ids[module->funcs[i]],
            .index = i,
            .owner = instance,
            .type = wasm_module_functype(module, i),
        };
    }
}

static void
init_globals(struct wasm_instance *instance)
{
    const struct wasm_module *module = instance->module;
    for (uint32_t i = module->global_import_count; i < module->global_count; i++) {
        const struct wasm_global_decl *decl = &module->globals[i];
        *wasm_instance_global(instance, i) = (struct wasm_global){
            .value = wasm_const_expr_eval_range(instance, decl->init),
            .type = decl->type,
            .is_mutable = decl->is_mutable,
        };
    }
}

static void
init_tables(struct wasm_instance *instance)
{
    const struct wasm_module *module = instance->module;
    for (uint32_t i = module->table_import_count; i < module->table_count; i++) {
        const struct wasm_table_decl *decl = &module->tables[i];
        if (decl->init.lo == decl->init.hi)
            continue;
        void *value = wasm_const_expr_eval_range(instance, decl->init).ref;
        struct wasm_table *table = wasm_instance_tables(instance)[i];
        for (uint64_t k = 0; k < table->len; k++)
            table->elems[k] = value;
    }
}

// ---- Segments and start: what may trap ----

static enum wasm_trap_code
run_elems(struct wasm_instance *instance)
{
    const struct wasm_module *module = instance->module;
    for (uint32_t i = 0; i < module->elem_count; i++) {
        const struct wasm_elem_decl *decl = &module->elems[i];
        if (decl->mode == WASM_SEGMENT_PASSIVE)
            continue;
        if (decl->mode == WASM_SEGMENT_ACTIVE) {
            uint32_t to = wasm_const_expr_eval_range(instance, decl->offset).i32;
            if (!wasm_table_init(instance, decl->table, i, to, 0, decl->count))
                return WASM_TRAP_TABLE_BOUNDS;
        }
        wasm_elem_drop(instance, i);
    }
    return WASM_TRAP_NONE;
}

static enum wasm_trap_code
run_datas(struct wasm_instance *instance)
{
    const struct wasm_module *module = instance->module;
    for (uint32_t i = 0; i < module->data_count; i++) {
        const struct wasm_data_decl *decl = &module->datas[i];
        if (decl->mode == WASM_SEGMENT_PASSIVE)
            continue;
        uint32_t to = wasm_const_expr_eval_range(instance, decl->offset).i32;
        if (!wasm_memory_init(instance, i, to, 0, decl->bytes.hi - decl->bytes.lo))
            return WASM_TRAP_MEMORY_BOUNDS;
        wasm_data_drop(instance, i);
    }
    return WASM_TRAP_NONE;
}

static enum wasm_error_code
run(struct wasm_instance *instance, struct wasm_trap *trap, struct wasm_error *error)
{
    enum wasm_trap_code code = run_elems(instance);
    if (code == WASM_TRAP_NONE)
        code = run_datas(instance);
    if (code != WASM_TRAP_NONE) {
        if (trap)
            *trap = (struct wasm_trap){.code = code};
        return wasm_fail(error, WASM_TRAP, 0, "%s in an active segment",
                         wasm_trap_text(code));
    }
    if (instance->module->start == UINT32_MAX)
        return WASM_OK;
    struct wasm_func *start = wasm_instance_func(instance, instance->module->start);
    if (wasm_func_invoke(instance->store, start, NULL, NULL, trap) != WASM_OK)
        return wasm_fail(error, WASM_TRAP, 0, "%s in the start function",
                         trap ? wasm_trap_text(trap->code) : "trap");
    return WASM_OK;
}

// ---- Public ----

static enum wasm_error_code
prepare(struct wasm_instance *instance, uint32_t *sig_ids,
        const struct wasm_extern *imports, uint32_t import_count,
        struct wasm_error *error)
{
    struct wasm_store *store = instance->store;
    const struct wasm_module *module = instance->module;
    if (!intern_types(store, module, sig_ids))
        return wasm_fail_memory(error, "function types");
    enum wasm_error_code code =
        wasm_link_check(module, sig_ids, imports, import_count, error);
    if (code != WASM_OK)
        return code;
    take_imports(instance, imports);
    code = create_tables(instance, error);
    if (code == WASM_OK)
        code = create_memories(instance, error);
    if (code == WASM_OK && !wasm_store_add_module(store, module))
        code = wasm_fail_memory(error, "module list");
    return code;
}

enum wasm_error_code
wasm_instance_create(struct wasm_store *store, const struct wasm_module *module,
                     const struct wasm_extern *imports, uint32_t import_count,
                     struct wasm_instance **out, struct wasm_trap *trap,
                     struct wasm_error *error)
{
    struct wasm_table *old_tables = store->tables;
    struct wasm_memory *old_memories = store->memories;
    uint32_t *sig_ids;
    struct wasm_instance *instance = allocate(store, module, &sig_ids);
    if (!instance)
        return wasm_fail_memory(error, "instance");
    enum wasm_error_code code = prepare(instance, sig_ids, imports, import_count, error);
    if (code != WASM_OK) {
        wasm_tables_destroy_until(store, old_tables);
        wasm_memories_destroy_until(store, old_memories);
        wasm_heap_free(store->port, instance);
        return code;
    }
    init_funcs(instance);
    init_globals(instance);
    init_tables(instance);
    instance->next = store->instances;
    store->instances = instance;
    code = run(instance, trap, error);
    if (code == WASM_OK)
        *out = instance;
    return code;
}

bool
wasm_instance_export(struct wasm_instance *instance, const char *name, size_t name_len,
                     struct wasm_extern *out)
{
    if (name_len > UINT32_MAX)
        return false;
    const struct wasm_export_decl *found =
        wasm_exports_find(instance->module, (struct wasm_name){name, (uint32_t)name_len});
    if (!found)
        return false;
    out->kind = found->kind;
    switch (found->kind) {
    case WASM_KIND_FUNC:
        out->func = wasm_instance_func(instance, found->index);
        break;
    case WASM_KIND_TABLE:
        out->table = wasm_instance_tables(instance)[found->index];
        break;
    case WASM_KIND_MEMORY:
        out->memory = instance->memory0;
        break;
    case WASM_KIND_GLOBAL:
        out->global = wasm_instance_global(instance, found->index);
        break;
    }
    return true;
}

const struct wasm_module *
wasm_instance_module(const struct wasm_instance *instance)
{
    return instance->module;
}
