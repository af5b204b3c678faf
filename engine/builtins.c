// SPDX-License-Identifier: Apache-2.0
//
// Instructions that generated code leaves to C. Bounds are checked in 64 bits, before
// anything is written.
#include "base/string.h"
#include "engine/store.h"

static uint32_t
trap(struct wasm_instance *instance, enum wasm_trap_code code)
{
    instance->store->builtin_trap = code;
    return code;
}

static bool
is_inside(uint32_t from, uint32_t len, uint64_t end)
{
    return (uint64_t)from + len <= end;
}

static uint32_t
memory_grow(struct wasm_instance *instance, uint32_t delta)
{
    return wasm_memory_extend(instance->memory0, delta);
}

static uint32_t
memory_copy(struct wasm_instance *instance, uint32_t to, uint32_t from, uint32_t len)
{
    struct wasm_memory *memory = instance->memory0;
    if (!is_inside(to, len, memory->len) || !is_inside(from, len, memory->len))
        return trap(instance, WASM_TRAP_MEMORY_BOUNDS);
    memmove(memory->base + to, memory->base + from, len);
    return WASM_TRAP_NONE;
}

static uint32_t
memory_fill(struct wasm_instance *instance, uint32_t to, uint32_t byte, uint32_t len)
{
    struct wasm_memory *memory = instance->memory0;
    if (!is_inside(to, len, memory->len))
        return trap(instance, WASM_TRAP_MEMORY_BOUNDS);
    memset(memory->base + to, (uint8_t)byte, len);
    return WASM_TRAP_NONE;
}

static uint32_t
memory_init(struct wasm_instance *instance, uint32_t data, uint32_t to, uint32_t from,
            uint32_t len)
{
    if (!wasm_memory_init(instance, data, to, from, len))
        return trap(instance, WASM_TRAP_MEMORY_BOUNDS);
    return WASM_TRAP_NONE;
}

static uint32_t
table_grow(struct wasm_instance *instance, uint32_t table, void *init, uint32_t delta)
{
    return wasm_table_extend(wasm_instance_tables(instance)[table], init, delta);
}

static uint32_t
table_fill(struct wasm_instance *instance, uint32_t table_index, uint32_t to, void *value,
           uint32_t len)
{
    struct wasm_table *table = wasm_instance_tables(instance)[table_index];
    if (!is_inside(to, len, table->len))
        return trap(instance, WASM_TRAP_TABLE_BOUNDS);
    for (uint32_t i = 0; i < len; i++)
        table->elems[to + i] = value;
    return WASM_TRAP_NONE;
}

static uint32_t
table_copy(struct wasm_instance *instance, uint32_t to_table, uint32_t from_table,
           uint32_t to, uint32_t from, uint32_t len)
{
    struct wasm_table *target = wasm_instance_tables(instance)[to_table];
    struct wasm_table *source = wasm_instance_tables(instance)[from_table];
    if (!is_inside(to, len, target->len) || !is_inside(from, len, source->len))
        return trap(instance, WASM_TRAP_TABLE_BOUNDS);
    memmove(target->elems + to, source->elems + from, (size_t)len * sizeof(void *));
    return WASM_TRAP_NONE;
}

static uint32_t
table_init(struct wasm_instance *instance, uint32_t table, uint32_t elem, uint32_t to,
           uint32_t from, uint32_t len)
{
    if (!wasm_table_init(instance, table, elem, to, from, len))
        return trap(instance, WASM_TRAP_TABLE_BOUNDS);
    return WASM_TRAP_NONE;
}

const struct wasm_builtins wasm_builtins = {
    .memory_grow = memory_grow,
    .memory_copy = memory_copy,
    .memory_fill = memory_fill,
    .memory_init = memory_init,
    .data_drop = wasm_data_drop,
    .table_grow = table_grow,
    .table_fill = table_fill,
    .table_copy = table_copy,
    .table_init = table_init,
    .elem_drop = wasm_elem_drop,
};
