// SPDX-License-Identifier: Apache-2.0
//
// Instantiation. Everything that may fail for want of memory, or because an import does
// not match, comes first and is undone; from wasm_store_add_module on, only traps can
// happen, and the instance stays, for others may hold references into it.
#include "engine/instance.h"

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

// The instance, and behind its layout the bitmaps, types and values of segments.
static struct wasm_instance *
allocate(struct wasm_store *store, const struct wasm_module *module,
         const struct wasm_rtt ***rtts)
{
    uint64_t dropped_elems = module->layout.len;
    uint64_t dropped_datas = dropped_elems + bitmap_len(module->elem_count);
    uint64_t types = dropped_datas + bitmap_len(module->data_count);
    uint64_t elems = types + (uint64_t)module->type_count * sizeof(**rtts);
    uint64_t len = elems + (uint64_t)module->elem_count * sizeof(void **);
    struct wasm_instance *instance = wasm_heap_alloc(store->port, len, 1);
    if (!instance)
        return NULL;
    char *start = (char *)instance;
    *rtts = (const struct wasm_rtt **)(void *)(start + types);
    instance->stack_limit = store->stack_limit;
    instance->builtins = &wasm_builtins;
    instance->rtts = *rtts;
    instance->store = store;
    instance->module = module;
    instance->dropped_elems = (uint64_t *)(void *)(start + dropped_elems);
    instance->dropped_datas = (uint64_t *)(void *)(start + dropped_datas);
    instance->elem_values = (void ***)(void *)(start + elems);
    return instance;
}

// ---- What may fail for want of memory ----

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
            wasm_instance_memories(instance)[index] = imports[i].memory;
            break;
        case WASM_KIND_GLOBAL:
            globals[index] = imports[i].global;
            break;
        case WASM_KIND_TAG:
            wasm_instance_tags(instance)[index] = imports[i].tag;
            break;
        }
    }
}

static enum wasm_error_code
create_memories(struct wasm_instance *instance, struct wasm_error *error)
{
    const struct wasm_module *module = instance->module;
    struct wasm_memory **memories = wasm_instance_memories(instance);
    for (uint32_t i = module->memory_import_count; i < module->memory_count; i++) {
        struct wasm_limits limits = module->memories[i].limits;
        if (wasm_memory_create(instance->store, limits, &memories[i]) != WASM_OK)
            return wasm_fail(error, WASM_NO_MEMORY, 0,
                             "out of memory for linear memory of %lu pages",
                             (unsigned long)limits.min);
    }
    if (module->memory_count == 0)
        return WASM_OK;
    instance->memory0 = memories[0];
    instance->memory0_base = memories[0]->base;
    // Code that adds no base can use no other place.
    if (module->port->memory_at_zero && instance->memory0_base &&
        !wasm_memory_is_checked(&module->memories[0]))
        return wasm_fail_memory(error, "linear memory at address 0");
    return WASM_OK;
}

static enum wasm_error_code
create_tables(struct wasm_instance *instance, struct wasm_error *error)
{
    const struct wasm_module *module = instance->module;
    for (uint32_t i = module->table_import_count; i < module->table_count; i++) {
        const struct wasm_table_decl *decl = &module->tables[i];
        if (wasm_table_create_typed(
                instance->store, wasm_rtt_type(instance->rtts, decl->type), decl->limits,
                &wasm_instance_tables(instance)[i]) != WASM_OK)
            return wasm_fail(error, WASM_NO_MEMORY, 0,
                             "out of memory for table of %lu elements",
                             (unsigned long)decl->limits.min);
    }
    return WASM_OK;
}

static bool
create_tags(struct wasm_instance *instance)
{
    const struct wasm_module *module = instance->module;
    for (uint32_t i = module->tag_import_count; i < module->tag_count; i++) {
        const struct wasm_rtt *rtt = instance->rtts[module->tags[i].type];
        if (wasm_tag_create_rtt(instance->store, rtt, &wasm_instance_tags(instance)[i]) !=
            WASM_OK)
            return false;
    }
    return true;
}

static bool
create_elem_values(struct wasm_instance *instance)
{
    const struct wasm_module *module = instance->module;
    for (uint32_t i = 0; i < module->elem_count; i++) {
        const struct wasm_elem_decl *decl = &module->elems[i];
        bool is_kept = decl->is_expressions || decl->mode == WASM_SEGMENT_PASSIVE;
        if (!is_kept || decl->mode == WASM_SEGMENT_DECLARATIVE)
            continue;
        void **values =
            wasm_heap_alloc(instance->store->port, decl->count, sizeof(*values));
        if (!values)
            return false;
        instance->elem_values[i] = values;
    }
    return true;
}

static enum wasm_error_code
create_all(struct wasm_instance *instance, struct wasm_error *error)
{
    enum wasm_error_code code = create_tables(instance, error);
    if (code == WASM_OK)
        code = create_memories(instance, error);
    if (code != WASM_OK)
        return code;
    if (!create_tags(instance))
        return wasm_fail_memory(error, "tags");
    if (!create_elem_values(instance))
        return wasm_fail_memory(error, "element segments");
    return WASM_OK;
}

// ---- Initial values: an expression that allocates may run out of room ----

static void
init_funcs(struct wasm_instance *instance)
{
    const struct wasm_module *module = instance->module;
    for (uint32_t i = module->func_import_count; i < module->func_count; i++) {
        uint32_t entry = module->entries[i - module->func_import_count];
        *wasm_instance_func(instance, i) = (struct wasm_func){
            .code = (void (*)(void))(uintptr_t)(module->code + entry),
            .env = instance,
            .rtt = instance->rtts[module->funcs[i]],
            .index = i,
            .owner = instance,
        };
    }
}

// Their values are zero, and seen by the collector from now on.
static void
init_global_types(struct wasm_instance *instance)
{
    const struct wasm_module *module = instance->module;
    for (uint32_t i = module->global_import_count; i < module->global_count; i++) {
        const struct wasm_global_decl *decl = &module->globals[i];
        wasm_type_t type = wasm_rtt_type(instance->rtts, decl->type);
        *wasm_instance_global(instance, i) = (struct wasm_global){
            .type = type,
            .shown = wasm_rtt_abstract(instance->store, type),
            .is_mutable = decl->is_mutable,
        };
    }
}

static bool
init_globals(struct wasm_instance *instance)
{
    const struct wasm_module *module = instance->module;
    for (uint32_t i = module->global_import_count; i < module->global_count; i++) {
        union wasm_value value;
        if (!wasm_const_eval_range(instance, module->globals[i].init, &value))
            return false;
        wasm_instance_global(instance, i)->value = value;
    }
    return true;
}

static bool
init_tables(struct wasm_instance *instance)
{
    const struct wasm_module *module = instance->module;
    for (uint32_t i = module->table_import_count; i < module->table_count; i++) {
        const struct wasm_table_decl *decl = &module->tables[i];
        union wasm_value value;
        if (decl->init.lo == decl->init.hi)
            continue;
        if (!wasm_const_eval_range(instance, decl->init, &value))
            return false;
        struct wasm_table *table = wasm_instance_tables(instance)[i];
        for (uint64_t k = 0; k < table->len; k++)
            table->elems[k] = value.ref;
    }
    return true;
}

static bool
init_elems(struct wasm_instance *instance)
{
    const struct wasm_module *module = instance->module;
    for (uint32_t i = 0; i < module->elem_count; i++) {
        const struct wasm_range items = module->elems[i].items;
        struct cursor c = cursor_make(module->bytes, items.lo, items.hi);
        if (!instance->elem_values[i])
            continue;
        if (!module->elems[i].is_expressions) {
            wasm_elem_functions(instance, i, instance->elem_values[i]);
            continue;
        }
        for (uint32_t k = 0; k < module->elems[i].count; k++) {
            union wasm_value value;
            if (!wasm_const_eval(instance, &c, &value))
                return false;
            instance->elem_values[i][k] = value.ref;
        }
    }
    return true;
}

// ---- Segments and start: what may trap ----

// An offset or length of an index type.
static uint64_t
address_of(struct wasm_limits limits, union wasm_value value)
{
    return limits.is_64 ? value.i64 : value.i32;
}

static enum wasm_trap_code
run_elem(struct wasm_instance *instance, uint32_t index)
{
    const struct wasm_elem_decl *decl = &instance->module->elems[index];
    const struct wasm_table *table = wasm_instance_tables(instance)[decl->table];
    union wasm_value offset;
    if (!wasm_const_eval_range(instance, decl->offset, &offset))
        return WASM_TRAP_OUT_OF_MEMORY;
    return wasm_table_init(instance, decl->table, index,
                           address_of(table->limits, offset), 0, decl->count)
               ? WASM_TRAP_NONE
               : WASM_TRAP_TABLE_BOUNDS;
}

static enum wasm_trap_code
run_elems(struct wasm_instance *instance)
{
    for (uint32_t i = 0; i < instance->module->elem_count; i++) {
        enum wasm_segment_mode mode = instance->module->elems[i].mode;
        if (mode == WASM_SEGMENT_PASSIVE)
            continue;
        enum wasm_trap_code code =
            mode == WASM_SEGMENT_ACTIVE ? run_elem(instance, i) : WASM_TRAP_NONE;
        if (code != WASM_TRAP_NONE)
            return code;
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
        union wasm_value offset;
        if (decl->mode == WASM_SEGMENT_PASSIVE)
            continue;
        if (!wasm_const_eval_range(instance, decl->offset, &offset))
            return WASM_TRAP_OUT_OF_MEMORY;
        const struct wasm_memory *memory = wasm_instance_memories(instance)[decl->memory];
        if (!wasm_memory_init(instance, i, decl->memory,
                              address_of(memory->limits, offset), 0,
                              decl->bytes.hi - decl->bytes.lo))
            return WASM_TRAP_MEMORY_BOUNDS;
        wasm_data_drop(instance, i);
    }
    return WASM_TRAP_NONE;
}

static enum wasm_error_code
trapped(enum wasm_trap_code code, const char *where, struct wasm_trap *trap,
        struct wasm_error *error)
{
    if (trap)
        *trap = (struct wasm_trap){.code = code};
    return wasm_fail(error, WASM_TRAP, 0, "%s in %s", wasm_trap_text(code), where);
}

static enum wasm_error_code
run_start(struct wasm_instance *instance, struct wasm_trap *trap,
          struct wasm_error *error)
{
    if (instance->module->start == UINT32_MAX)
        return WASM_OK;
    struct wasm_func *start = wasm_instance_func(instance, instance->module->start);
    enum wasm_error_code code =
        wasm_func_invoke(instance->store, start, NULL, NULL, trap);
    if (code == WASM_EXCEPTION)
        return wasm_fail(error, code, 0, "uncaught exception in the start function");
    if (code == WASM_TRAP)
        return wasm_fail(error, code, 0, "%s in the start function",
                         trap ? wasm_trap_text(trap->code) : "trap");
    return code;
}

static enum wasm_error_code
run(struct wasm_instance *instance, struct wasm_trap *trap, struct wasm_error *error)
{
    init_funcs(instance);
    init_global_types(instance);
    if (!init_globals(instance) || !init_tables(instance) || !init_elems(instance))
        return trapped(WASM_TRAP_OUT_OF_MEMORY, "an initial value", trap, error);
    enum wasm_trap_code code = run_elems(instance);
    if (code == WASM_TRAP_NONE)
        code = run_datas(instance);
    if (code != WASM_TRAP_NONE)
        return trapped(code, "an active segment", trap, error);
    return run_start(instance, trap, error);
}

// ---- Public ----

static enum wasm_error_code
prepare(struct wasm_instance *instance, const struct wasm_rtt **rtts,
        const struct wasm_extern *imports, uint32_t import_count,
        struct wasm_error *error)
{
    struct wasm_store *store = instance->store;
    const struct wasm_module *module = instance->module;
    if (!wasm_rtts_intern_module(store, module, rtts) || !wasm_gc_learn(store))
        return wasm_fail_memory(error, "types");
    enum wasm_error_code code =
        wasm_link_check(store, module, instance->rtts, imports, import_count, error);
    if (code != WASM_OK)
        return code;
    take_imports(instance, imports);
    code = create_all(instance, error);
    if (code == WASM_OK && !wasm_eval_prepare(store))
        code = wasm_fail_memory(error, "constant expressions");
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
    struct wasm_store_mark mark = wasm_store_mark(store);
    const struct wasm_rtt **rtts;
    struct wasm_instance *instance = allocate(store, module, &rtts);
    if (!instance)
        return wasm_fail_memory(error, "instance");
    enum wasm_error_code code = prepare(instance, rtts, imports, import_count, error);
    if (code != WASM_OK) {
        wasm_store_undo(store, mark);
        wasm_elems_fini(instance);
        wasm_heap_free(store->port, instance);
        return code;
    }
    // From here on the collector sees what it holds.
    instance->next = store->instances;
    store->instances = instance;
    store->exception = NULL;
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
        out->memory = wasm_instance_memories(instance)[found->index];
        break;
    case WASM_KIND_GLOBAL:
        out->global = wasm_instance_global(instance, found->index);
        break;
    case WASM_KIND_TAG:
        out->tag = wasm_instance_tags(instance)[found->index];
        break;
    }
    return true;
}

const struct wasm_module *
wasm_instance_module(const struct wasm_instance *instance)
{
    return instance->module;
}
