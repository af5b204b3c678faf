// SPDX-License-Identifier: Apache-2.0
#include "engine/invoke.h"

static bool
is_vector(wasm_type_t type)
{
    return type == WASM_TYPE_F32 || type == WASM_TYPE_F64 || type == WASM_TYPE_V128;
}

// The value with what its type has, and zero beside it.
static union wasm_value
cut(wasm_type_t type, const union wasm_value *value)
{
    if (type == WASM_TYPE_V128)
        return *value;
    bool is_32 = type == WASM_TYPE_I32 || type == WASM_TYPE_F32;
    return (union wasm_value){.v128 = {is_32 ? value->i32 : value->i64}};
}

// Gives every argument its register or its place in the words at `stack`, which are left
// alone when it is NULL. Returns the bytes of stack it takes.
static uint64_t
place(struct wasm_entry *entry, uint64_t *stack)
{
    const struct wasm_functype *type = &entry->func->rtt->func;
    uint32_t ints = 0, vectors = 0, words = 0;
    entry->ints[ints++] = (uintptr_t)entry->func->env;
    if (type->result_count > 1)
        entry->ints[ints++] = (uintptr_t)(entry->results + 1);
    for (uint32_t i = 0; i < type->param_count; i++) {
        union wasm_value value = cut(type->types[i], &entry->args[i]);
        bool is_wide = type->types[i] == WASM_TYPE_V128;
        if (is_vector(type->types[i]) && vectors < WASM_VECTOR_ARGS) {
            entry->vectors[vectors][0] = value.v128[0];
            entry->vectors[vectors++][1] = value.v128[1];
        } else if (!is_vector(type->types[i]) && ints < WASM_INT_ARGS) {
            entry->ints[ints++] = value.i64;
        } else {
            words += is_wide & words;
            if (stack) {
                stack[words] = value.v128[0];
                if (is_wide)
                    stack[words + 1] = value.v128[1];
            }
            words += is_wide ? 2 : 1;
        }
    }
    return (uint64_t)(words + 1) / 2 * 16;
}

void
wasm_place_args(struct wasm_entry *entry, uint64_t *stack)
{
    place(entry, stack);
}

static void
take_results(const struct wasm_entry *entry)
{
    const struct wasm_functype *type = &entry->func->rtt->func;
    const wasm_type_t *types = type->types + type->param_count;
    if (type->result_count == 0)
        return;
    if (is_vector(types[0]))
        entry->results[0] = (union wasm_value){
            .v128 = {entry->vector_result[0], entry->vector_result[1]}};
    else
        entry->results[0].i64 = entry->int_result;
    for (uint32_t i = 0; i < type->result_count; i++)
        entry->results[i] = cut(types[i], &entry->results[i]);
}

enum wasm_error_code
wasm_func_invoke(struct wasm_store *store, struct wasm_func *func,
                 const union wasm_value *args, union wasm_value *results,
                 struct wasm_trap *trap)
{
    void *frame = __builtin_frame_address(0);
    if ((uintptr_t)frame < store->stack_limit) {
        // Small functions do not look, and host functions may call each other.
        if (trap)
            *trap = (struct wasm_trap){.code = WASM_TRAP_STACK_EXHAUSTED};
        store->exception = NULL;
        return WASM_TRAP;
    }
    struct wasm_entry entry = {
        .code = func->code,
        .outer = store->entry,
        .outer_frame = store->host_frame ? store->host_frame : frame,
        .outer_host_frame = store->host_frame,
        .trap = trap,
        .func = func,
        .args = args,
        .results = results,
    };
    entry.stack_len = place(&entry, NULL);
    store->exception = NULL;
    store->host_frame = NULL;
    store->entry = &entry;
    bool has_returned = wasm_enter(&entry);
    store->entry = entry.outer;
    store->host_frame = entry.outer_host_frame;
    if (has_returned) {
        take_results(&entry);
        return WASM_OK;
    }
    store->exception = entry.exception;
    return entry.exception ? WASM_EXCEPTION : WASM_TRAP;
}

void *
wasm_store_host_frame(struct wasm_store *store, void *frame)
{
    void *old = store->host_frame;
    store->host_frame = frame;
    return old;
}
