// SPDX-License-Identifier: Apache-2.0
//
// Instructions that generated code leaves to C: on memories and tables. Those on objects
// are in gc_builtins.c. Bounds are checked in 64 bits, before anything is written.
#include "engine/gc_builtins.h"

#include "base/string.h"
#include "engine/invoke.h"
#include "engine/store.h"

static struct wasm_memory *
memory_of(struct wasm_instance *instance, uint32_t index)
{
    return wasm_instance_memories(instance)[index];
}

static struct wasm_table *
table_of(struct wasm_instance *instance, uint32_t index)
{
    return wasm_instance_tables(instance)[index];
}

static void
check_memory(struct wasm_instance *instance, const struct wasm_memory *memory,
             uint64_t at, uint64_t len)
{
    if (!wasm_is_inside(at, len, wasm_memory_len(memory)))
        wasm_trap_raise(instance->store, WASM_TRAP_MEMORY_BOUNDS);
}

static void
check_table(struct wasm_instance *instance, const struct wasm_table *table, uint64_t at,
            uint64_t len)
{
    if (!wasm_is_inside(at, len, table->len))
        wasm_trap_raise(instance->store, WASM_TRAP_TABLE_BOUNDS);
}

static uint64_t
memory_grow(struct wasm_instance *instance, uint32_t memory, uint64_t delta)
{
    return wasm_memory_extend(memory_of(instance, memory), delta);
}

static void
memory_copy(struct wasm_instance *instance, uint32_t to_memory, uint32_t from_memory,
            uint64_t to, uint64_t from, uint64_t len)
{
    struct wasm_memory *target = memory_of(instance, to_memory);
    struct wasm_memory *source = memory_of(instance, from_memory);
    check_memory(instance, target, to, len);
    check_memory(instance, source, from, len);
    memmove(target->base + to, source->base + from, len);
}

static void
memory_fill(struct wasm_instance *instance, uint32_t memory_index, uint64_t to,
            uint32_t byte, uint64_t len)
{
    struct wasm_memory *memory = memory_of(instance, memory_index);
    check_memory(instance, memory, to, len);
    memset(memory->base + to, (uint8_t)byte, len);
}

static void
memory_init(struct wasm_instance *instance, uint32_t data, uint32_t memory, uint64_t to,
            uint32_t from, uint32_t len)
{
    if (!wasm_memory_init(instance, data, memory, to, from, len))
        wasm_trap_raise(instance->store, WASM_TRAP_MEMORY_BOUNDS);
}

static uint64_t
table_grow(struct wasm_instance *instance, uint32_t table, void *init, uint64_t delta)
{
    return wasm_table_extend(table_of(instance, table), init, delta);
}

static void
table_fill(struct wasm_instance *instance, uint32_t table_index, uint64_t to, void *value,
           uint64_t len)
{
    struct wasm_table *table = table_of(instance, table_index);
    check_table(instance, table, to, len);
    for (uint64_t i = 0; i < len; i++)
        table->elems[to + i] = value;
}

static void
table_copy(struct wasm_instance *instance, uint32_t to_table, uint32_t from_table,
           uint64_t to, uint64_t from, uint64_t len)
{
    struct wasm_table *target = table_of(instance, to_table);
    struct wasm_table *source = table_of(instance, from_table);
    check_table(instance, target, to, len);
    check_table(instance, source, from, len);
    memmove(target->elems + to, source->elems + from, len * sizeof(void *));
}

static void
table_init(struct wasm_instance *instance, uint32_t elem, uint32_t table, uint64_t to,
           uint32_t from, uint32_t len)
{
    if (!wasm_table_init(instance, table, elem, to, from, len))
        wasm_trap_raise(instance->store, WASM_TRAP_TABLE_BOUNDS);
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
    .memory_wait32 = wasm_memory_wait32,
    .memory_wait64 = wasm_memory_wait64,
    .memory_notify = wasm_memory_notify,
    .struct_new = wasm_struct_new,
    .array_new = wasm_array_new,
    .array_fill = wasm_array_fill,
    .array_copy = wasm_array_copy,
    .array_new_data = wasm_array_new_data,
    .array_new_elem = wasm_array_new_elem,
    .array_init_data = wasm_array_init_data,
    .array_init_elem = wasm_array_init_elem,
    .exn_new = wasm_exn_new,
    .throw_ref = wasm_throw_ref,
    .tail_return = wasm_tail_return,
};
