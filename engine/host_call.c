// SPDX-License-Identifier: Apache-2.0
//
// Functions of the host that take their arguments as an array, whatever their type:
// generated code calls wasm_host_call (x86_64/host_call.S) in the convention of
// instance.h, which spills the registers, and the callback finds them in order.
#include "engine/host_call.h"

#include "engine/heap.h"

static bool
is_vector(wasm_type_t type)
{
    return type == WASM_TYPE_F32 || type == WASM_TYPE_F64 || type == WASM_TYPE_V128;
}

static union wasm_value
cut(wasm_type_t type, union wasm_value value)
{
    if (type == WASM_TYPE_I32 || type == WASM_TYPE_F32)
        return (union wasm_value){.v128 = {value.i32}};
    if (type == WASM_TYPE_V128)
        return value;
    return (union wasm_value){.v128 = {value.i64}};
}

uint64_t
wasm_host_call_room(const struct wasm_host_callback *callback)
{
    const struct wasm_functype *type = &callback->host.func.rtt->func;
    return 16 * ((uint64_t)type->param_count + type->result_count + 1);
}

// The mirror of what callers do: registers first, the rest on the stack.
static void
gather(const struct wasm_functype *type, const struct wasm_host_registers *registers,
       const uint64_t *stack, union wasm_value *args)
{
    uint32_t ints = type->result_count > 1 ? 2 : 1, vectors = 0;
    uint64_t words = 0;
    for (uint32_t i = 0; i < type->param_count; i++) {
        wasm_type_t t = type->types[i];
        bool is_wide = t == WASM_TYPE_V128;
        union wasm_value value = {.v128 = {0, 0}};
        if (is_vector(t) && vectors < WASM_HOST_VECTORS) {
            value = registers->vectors[vectors++];
        } else if (!is_vector(t) && ints < WASM_HOST_INTS) {
            value.i64 = registers->ints[ints++];
        } else {
            words += is_wide & words;
            value.v128[0] = stack[words++];
            if (is_wide)
                value.v128[1] = stack[words++];
        }
        args[i] = cut(t, value);
    }
}

void
wasm_host_call_dispatch(const struct wasm_host_callback *callback,
                        struct wasm_host_registers *registers, const uint64_t *stack,
                        union wasm_value *room)
{
    const struct wasm_functype *type = &callback->host.func.rtt->func;
    union wasm_value *results = room + type->param_count;
    union wasm_value *others = (union wasm_value *)(uintptr_t)registers->ints[1];
    gather(type, registers, stack, room);
    for (uint32_t i = 0; i <= type->result_count; i++)
        results[i] = (union wasm_value){.v128 = {0, 0}};
    void *outer = wasm_store_host_frame(callback->store, __builtin_frame_address(0));
    callback->callback(callback->context, room, results);
    wasm_store_host_frame(callback->store, outer);
    for (uint32_t i = 1; i < type->result_count; i++)
        others[i - 1] = results[i];
    registers->ints[0] = results[0].i64;
    registers->vectors[0] = results[0];
}

enum wasm_error_code
wasm_func_create_callback(struct wasm_store *store, const struct wasm_functype *type,
                          wasm_callback *callback, void *context, struct wasm_func **out)
{
    const struct wasm_rtt *rtt = wasm_rtt_of_functype(store, type);
    struct wasm_host_callback *own =
        rtt ? wasm_heap_alloc(store->port, 1, sizeof(*own)) : NULL;
    if (!own)
        return WASM_NO_MEMORY;
    own->host.func = (struct wasm_func){.code = wasm_host_call, .env = own, .rtt = rtt};
    own->store = store;
    own->callback = callback;
    own->context = context;
    own->host.next = store->funcs;
    store->funcs = &own->host;
    *out = &own->host.func;
    return WASM_OK;
}
