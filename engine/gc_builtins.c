// SPDX-License-Identifier: Apache-2.0
#include "engine/gc_builtins.h"

#include "base/string.h"
#include "engine/invoke.h"
#include "engine/store.h"

// ---- Allocation ----

static struct wasm_object *
allocated(struct wasm_instance *instance, struct wasm_object *object)
{
    if (!object)
        wasm_trap_raise(instance->store, WASM_TRAP_OUT_OF_MEMORY);
    return object;
}

struct wasm_object *
wasm_struct_new(struct wasm_instance *instance, uint32_t type)
{
    return allocated(instance, wasm_gc_struct(instance->store, instance->rtts[type]));
}

struct wasm_object *
wasm_array_new(struct wasm_instance *instance, uint32_t type, uint32_t len)
{
    return allocated(instance, wasm_gc_array(instance->store, instance->rtts[type], len));
}

struct wasm_exception *
wasm_exn_new(struct wasm_instance *instance, uint32_t tag)
{
    struct wasm_exception *exn =
        wasm_gc_exception(instance->store, wasm_instance_tags(instance)[tag]);
    if (!exn)
        wasm_trap_raise(instance->store, WASM_TRAP_OUT_OF_MEMORY);
    return exn;
}

void
wasm_throw_ref(struct wasm_instance *instance, struct wasm_exception *exn)
{
    if (!exn)
        wasm_trap_raise(instance->store, WASM_TRAP_NULL_EXN);
    wasm_exception_raise(instance->store, exn);
}

// ---- Arrays ----

static void
check_array(struct wasm_instance *instance, const struct wasm_object *array, uint32_t at,
            uint32_t len)
{
    if (!array)
        wasm_trap_raise(instance->store, WASM_TRAP_NULL_ARRAY);
    if (!wasm_is_inside(at, len, array->len))
        wasm_trap_raise(instance->store, WASM_TRAP_ARRAY_BOUNDS);
}

static char *
element(struct wasm_object *array, uint32_t at)
{
    return (char *)array + WASM_OBJECT_FIELDS + (size_t)at * array->rtt->size;
}

void
wasm_array_fill(struct wasm_instance *instance, struct wasm_object *array, uint32_t at,
                const union wasm_value *value, uint32_t len)
{
    check_array(instance, array, at, len);
    uint32_t size = array->rtt->size;
    char *to = element(array, at);
    if (size == 1) {
        memset(to, (uint8_t)value->i32, len);
        return;
    }
    for (uint32_t i = 0; i < len; i++, to += size)
        memcpy(to, value, size);
}

void
wasm_array_copy(struct wasm_instance *instance, struct wasm_object *to, uint32_t to_at,
                struct wasm_object *from, uint32_t from_at, uint32_t len)
{
    check_array(instance, to, to_at, len);
    check_array(instance, from, from_at, len);
    memmove(element(to, to_at), element(from, from_at), (size_t)len * to->rtt->size);
}

// ---- Arrays and segments ----

static void
check_data(struct wasm_instance *instance, uint32_t data, uint32_t from, uint64_t bytes)
{
    if (!wasm_data_has(instance, data, from, bytes))
        wasm_trap_raise(instance->store, WASM_TRAP_MEMORY_BOUNDS);
}

static void
check_elem(struct wasm_instance *instance, uint32_t elem, uint32_t from, uint32_t len)
{
    if (!wasm_elem_has(instance, elem, from, len))
        wasm_trap_raise(instance->store, WASM_TRAP_TABLE_BOUNDS);
}

struct wasm_object *
wasm_array_new_data(struct wasm_instance *instance, uint32_t type, uint32_t data,
                    uint32_t from, uint32_t len)
{
    uint64_t bytes = (uint64_t)len * instance->rtts[type]->size;
    check_data(instance, data, from, bytes);
    struct wasm_object *array = wasm_array_new(instance, type, len);
    memcpy(element(array, 0), wasm_data_bytes(instance, data) + from, bytes);
    return array;
}

struct wasm_object *
wasm_array_new_elem(struct wasm_instance *instance, uint32_t type, uint32_t elem,
                    uint32_t from, uint32_t len)
{
    check_elem(instance, elem, from, len);
    struct wasm_object *array = wasm_array_new(instance, type, len);
    wasm_elem_read(instance, elem, from, len, (void **)(void *)element(array, 0));
    return array;
}

void
wasm_array_init_data(struct wasm_instance *instance, uint32_t data,
                     struct wasm_object *array, uint32_t at, uint32_t from, uint32_t len)
{
    check_array(instance, array, at, len);
    uint64_t bytes = (uint64_t)len * array->rtt->size;
    check_data(instance, data, from, bytes);
    memcpy(element(array, at), wasm_data_bytes(instance, data) + from, bytes);
}

void
wasm_array_init_elem(struct wasm_instance *instance, uint32_t elem,
                     struct wasm_object *array, uint32_t at, uint32_t from, uint32_t len)
{
    check_array(instance, array, at, len);
    check_elem(instance, elem, from, len);
    wasm_elem_read(instance, elem, from, len, (void **)(void *)element(array, at));
}
