// SPDX-License-Identifier: Apache-2.0
#include "engine/invoke.h"

static bool
is_float(uint8_t type)
{
    return type == WASM_TYPE_F32 || type == WASM_TYPE_F64;
}

// The bits of a value that its type has.
static uint64_t
bits(uint8_t type, const union wasm_value *value)
{
    return type == WASM_TYPE_I32 || type == WASM_TYPE_F32 ? value->i32 : value->i64;
}

// Integer registers that the environment and the result pointer take.
static uint32_t
hidden_args(const struct wasm_functype *type)
{
    return type->result_count > 1 ? 2 : 1;
}

static uint64_t
stack_len(const struct wasm_functype *type)
{
    uint32_t ints = hidden_args(type), vectors = 0;
    for (uint32_t i = 0; i < type->param_count; i++) {
        if (is_float(type->types[i]))
            vectors++;
        else
            ints++;
    }
    uint64_t words = (ints > WASM_INT_ARGS ? ints - WASM_INT_ARGS : 0) +
                     (vectors > WASM_VECTOR_ARGS ? vectors - WASM_VECTOR_ARGS : 0);
    return (words + 1) / 2 * 16;
}

void
wasm_place_args(struct wasm_entry *entry, uint64_t *stack)
{
    const struct wasm_functype *type = entry->func->type;
    uint32_t ints = hidden_args(type), vectors = 0;
    entry->ints[0] = (uintptr_t)entry->func->env;
    if (ints > 1)
        entry->ints[1] = (uintptr_t)(entry->results + 1);
    for (uint32_t i = 0; i < type->param_count; i++) {
        uint64_t value = bits(type->types[i], &entry->args[i]);
        if (is_float(type->types[i]) && vectors < WASM_VECTOR_ARGS)
            entry->vectors[vectors++] = value;
        else if (!is_float(type->types[i]) && ints < WASM_INT_ARGS)
            entry->ints[ints++] = value;
        else
            *stack++ = value;
    }
}

// Leaves of every result what its type has, and zero beside it.
static void
take_results(const struct wasm_entry *entry)
{
    const struct wasm_functype *type = entry->func->type;
    const uint8_t *types = type->types + type->param_count;
    if (type->result_count == 0)
        return;
    entry->results[0].i64 = is_float(types[0]) ? entry->vector_result : entry->int_result;
    for (uint32_t i = 0; i < type->result_count; i++)
        entry->results[i] =
            (union wasm_value){.v128 = {bits(types[i], &entry->results[i])}};
}

enum wasm_error_code
wasm_func_invoke(struct wasm_store *store, struct wasm_func *func,
                 const union wasm_value *args, union wasm_value *results,
                 struct wasm_trap *trap)
{
    struct wasm_entry entry = {
        .code = func->code,
        .stack_len = stack_len(func->type),
        .outer = store->entry,
        .trap = trap,
        .func = func,
        .args = args,
        .results = results,
    };
    store->entry = &entry;
    bool has_returned = wasm_enter(&entry);
    store->entry = entry.outer;
    if (!has_returned)
        return WASM_TRAP;
    take_results(&entry);
    return WASM_OK;
}
