// SPDX-License-Identifier: Apache-2.0
//
// Segments at run time. A dropped segment is one of length 0. Elements are evaluated at
// instantiation; only an active segment of function indices, which is read once and as a
// whole, is not.
#include "base/cursor.h"
#include "base/string.h"
#include "engine/heap.h"
#include "engine/store.h"

static bool
is_dropped(const uint64_t *bitmap, uint32_t index)
{
    return bitmap[index / 64] >> index % 64 & 1;
}

static void
drop(uint64_t *bitmap, uint32_t index)
{
    bitmap[index / 64] |= 1ull << index % 64;
}

void
wasm_elem_drop(struct wasm_instance *instance, uint32_t elem)
{
    drop(instance->dropped_elems, elem);
    wasm_heap_free(instance->store->port, instance->elem_values[elem]);
    instance->elem_values[elem] = NULL;
}

void
wasm_elems_fini(struct wasm_instance *instance)
{
    for (uint32_t i = 0; i < instance->module->elem_count; i++)
        wasm_heap_free(instance->store->port, instance->elem_values[i]);
}

void
wasm_data_drop(struct wasm_instance *instance, uint32_t data)
{
    drop(instance->dropped_datas, data);
}

bool
wasm_elem_has(struct wasm_instance *instance, uint32_t elem, uint64_t from, uint64_t len)
{
    uint64_t count = is_dropped(instance->dropped_elems, elem)
                         ? 0
                         : instance->module->elems[elem].count;
    return wasm_is_inside(from, len, count);
}

bool
wasm_data_has(struct wasm_instance *instance, uint32_t data, uint64_t from, uint64_t len)
{
    const struct wasm_data_decl *decl = &instance->module->datas[data];
    uint64_t count =
        is_dropped(instance->dropped_datas, data) ? 0 : decl->bytes.hi - decl->bytes.lo;
    return wasm_is_inside(from, len, count);
}

void
wasm_elem_functions(struct wasm_instance *instance, uint32_t elem, void **to)
{
    const struct wasm_elem_decl *decl = &instance->module->elems[elem];
    struct cursor c =
        cursor_make(instance->module->bytes, decl->items.lo, decl->items.hi);
    for (uint32_t i = 0; i < decl->count; i++)
        to[i] = wasm_instance_func(instance, cursor_leb_u32(&c));
}

void
wasm_elem_read(struct wasm_instance *instance, uint32_t elem, uint64_t from, uint64_t len,
               void **to)
{
    if (len == 0)
        return;
    if (instance->elem_values[elem])
        memcpy(to, instance->elem_values[elem] + from, len * sizeof(*to));
    else
        wasm_elem_functions(instance, elem, to);
}

const uint8_t *
wasm_data_bytes(struct wasm_instance *instance, uint32_t data)
{
    return instance->module->bytes + instance->module->datas[data].bytes.lo;
}

bool
wasm_table_init(struct wasm_instance *instance, uint32_t table_index, uint32_t elem,
                uint64_t to, uint64_t from, uint64_t len)
{
    struct wasm_table *table = wasm_instance_tables(instance)[table_index];
    if (!wasm_elem_has(instance, elem, from, len) || !wasm_is_inside(to, len, table->len))
        return false;
    wasm_elem_read(instance, elem, from, len, table->elems + to);
    return true;
}

bool
wasm_memory_init(struct wasm_instance *instance, uint32_t data, uint32_t memory_index,
                 uint64_t to, uint64_t from, uint64_t len)
{
    const struct wasm_memory *memory = wasm_instance_memories(instance)[memory_index];
    if (!wasm_data_has(instance, data, from, len) ||
        !wasm_is_inside(to, len, wasm_memory_len(memory)))
        return false;
    memmove(memory->base + to, wasm_data_bytes(instance, data) + from, len);
    return true;
}
