// SPDX-License-Identifier: Apache-2.0
//
// Globals, tables, memories.
#include "api/api.h"

#define PAGE_LOG2 16

// ---- Globals ----

wasm_global_t *
wasm_global_new(wasm_store_t *store, const wasm_globaltype_t *type,
                const wasm_val_t *value)
{
    wasm_type_t content = api_type_of(type->content->kind);
    union wasm_value in;
    struct wasm_global *global;
    if (!api_value_in(store, content, value, &in) ||
        wasm_global_create(store->store, content, type->mutability == WASM_VAR, in,
                           &global) != WASM_OK)
        return NULL;
    return api_ref_new(store, API_GLOBAL, global);
}

wasm_globaltype_t *
wasm_global_type(const wasm_global_t *global)
{
    const struct wasm_global *it = global->ref.object->global;
    return api_globaltype(wasm_global_valtype(it), wasm_global_is_mutable(it));
}

void
wasm_global_get(const wasm_global_t *global, wasm_val_t *out)
{
    const struct wasm_global *it = global->ref.object->global;
    if (!api_value_out(global->ref.object->store, wasm_global_valtype(it),
                       wasm_global_value(it), out))
        *out = (wasm_val_t)WASM_INIT_VAL;
}

void
wasm_global_set(wasm_global_t *global, const wasm_val_t *value)
{
    struct wasm_global *it = global->ref.object->global;
    wasm_store_t *store = global->ref.object->store;
    wasm_type_t type = wasm_global_valtype(it);
    union wasm_value in;
    if (wasm_global_is_mutable(it) && api_value_in(store, type, value, &in) &&
        (!wasm_type_is_ref(type) || wasm_global_takes(store->store, it, in.ref)))
        wasm_global_set_value(it, in);
}

// ---- Tables ----

// A reference as an element. False: the table is of another type.
static bool
element_in(wasm_store_t *store, wasm_type_t type, wasm_ref_t *ref, union wasm_value *out)
{
    bool fits;
    *out = (union wasm_value){.v128 = {0, 0}};
    if (!api_has_kind(type))
        return false;
    out->ref = api_ref_in(store, ref, type == WASM_TYPE_FUNCREF, &fits);
    return fits;
}

wasm_table_t *
wasm_table_new(wasm_store_t *store, const wasm_tabletype_t *type, wasm_ref_t *init)
{
    wasm_type_t element = api_type_of(type->element->kind);
    struct wasm_limits limits = api_limits(&type->limits, 0);
    struct wasm_table *table;
    union wasm_value value;
    if (!wasm_type_is_ref(element) || !element_in(store, element, init, &value) ||
        wasm_table_create(store->store, element, limits, &table) != WASM_OK)
        return NULL;
    for (uint64_t i = 0; i < limits.min; i++)
        wasm_table_set_elem(table, i, value);
    return api_ref_new(store, API_TABLE, table);
}

wasm_tabletype_t *
wasm_table_type(const wasm_table_t *table)
{
    const struct wasm_table *it = table->ref.object->table;
    return api_tabletype(wasm_table_elem_type(it), wasm_table_limits(it));
}

wasm_ref_t *
wasm_table_get(const wasm_table_t *table, wasm_table_size_t index)
{
    const struct api_object *object = table->ref.object;
    union wasm_value value;
    wasm_val_t out;
    if (!wasm_table_elem(object->table, index, &value) ||
        !api_value_out(object->store, wasm_table_elem_type(object->table), value, &out))
        return NULL;
    return out.of.ref;
}

// As an element of a table that is there.
static bool
element_of(const wasm_table_t *table, wasm_ref_t *ref, union wasm_value *out)
{
    const struct api_object *object = table->ref.object;
    return element_in(object->store, wasm_table_elem_type(object->table), ref, out) &&
           wasm_table_takes(object->table, out->ref);
}

bool
wasm_table_set(wasm_table_t *table, wasm_table_size_t index, wasm_ref_t *ref)
{
    union wasm_value value;
    return element_of(table, ref, &value) &&
           wasm_table_set_elem(table->ref.object->table, index, value);
}

wasm_table_size_t
wasm_table_size(const wasm_table_t *table)
{
    return (wasm_table_size_t)wasm_table_len(table->ref.object->table);
}

bool
wasm_table_grow(wasm_table_t *table, wasm_table_size_t delta, wasm_ref_t *init)
{
    union wasm_value value;
    return element_of(table, init, &value) &&
           wasm_table_extend(table->ref.object->table, value.ref, delta) != UINT64_MAX;
}

// ---- Memories ----

wasm_memory_t *
wasm_memory_new(wasm_store_t *store, const wasm_memorytype_t *type)
{
    struct wasm_memory *memory;
    if (wasm_memory_create(store->store, api_limits(&type->limits, PAGE_LOG2), &memory) !=
        WASM_OK)
        return NULL;
    return api_ref_new(store, API_MEMORY, memory);
}

wasm_memorytype_t *
wasm_memory_type(const wasm_memory_t *memory)
{
    return api_memorytype(wasm_memory_limits(memory->ref.object->memory));
}

byte_t *
wasm_memory_data(wasm_memory_t *memory)
{
    return (byte_t *)wasm_memory_base(memory->ref.object->memory);
}

size_t
wasm_memory_data_size(const wasm_memory_t *memory)
{
    return wasm_memory_len(memory->ref.object->memory);
}

wasm_memory_pages_t
wasm_memory_size(const wasm_memory_t *memory)
{
    const struct wasm_memory *it = memory->ref.object->memory;
    return (wasm_memory_pages_t)(wasm_memory_len(it) >> wasm_memory_limits(it).page_log2);
}

bool
wasm_memory_grow(wasm_memory_t *memory, wasm_memory_pages_t delta)
{
    return wasm_memory_extend(memory->ref.object->memory, delta) != UINT64_MAX;
}
