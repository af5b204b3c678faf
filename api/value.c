// SPDX-License-Identifier: Apache-2.0
//
// Values across the border. A function reference is the engine's struct wasm_func; any
// other object of the host passes as an externref whose word is the object's address;
// what comes out as an externref and is neither is an object of the collected heap, and
// rooted.
#include "api/api.h"

#include <stdlib.h>
#include <string.h>

void
wasm_val_delete(wasm_val_t *value)
{
    if (wasm_valkind_is_ref(value->kind)) {
        wasm_ref_delete(value->of.ref);
        value->of.ref = NULL;
    }
}

void
wasm_val_copy(wasm_val_t *out, const wasm_val_t *value)
{
    wasm_val_t copy = *value;
    if (wasm_valkind_is_ref(value->kind) && value->of.ref)
        copy.of.ref = wasm_ref_copy(value->of.ref);
    *out = copy;
}

void *
api_ref_in(wasm_store_t *store, wasm_ref_t *ref, bool is_func, bool *fits)
{
    *fits = true;
    if (!ref)
        return NULL;
    struct api_object *object = ref->object;
    *fits = object->store == store && (!is_func || object->kind == API_FUNC);
    if (!*fits)
        return NULL;
    if (is_func)
        return object->func;
    if (object->kind == API_VALUE)
        return wasm_root_ref(object->root);
    object->has_escaped = true;
    return WASM_EXTERN_REF(object);
}

bool
api_value_in(wasm_store_t *store, wasm_type_t type, const wasm_val_t *value,
             union wasm_value *out)
{
    bool fits = true;
    union wasm_value in = {.v128 = {0, 0}};
    // References of both kinds are told by what they refer to: WASM_REF_VAL says
    // externref of any.
    bool is_ref = wasm_valkind_is_ref(value->kind);
    if (!api_has_kind(type) || is_ref != wasm_type_is_ref(type) ||
        (!is_ref && api_kind_of(type) != value->kind))
        return false;
    if (is_ref)
        in.ref = api_ref_in(store, value->of.ref, type == WASM_TYPE_FUNCREF, &fits);
    else if (type == WASM_TYPE_I32 || type == WASM_TYPE_F32)
        in.i32 = (uint32_t)value->of.i32;
    else
        in.i64 = (uint64_t)value->of.i64;
    *out = in;
    return fits;
}

static wasm_ref_t *
ref_out(wasm_store_t *store, wasm_type_t type, void *ref)
{
    if (type == WASM_TYPE_FUNCREF)
        return api_ref_new(store, API_FUNC, ref);
    if (WASM_IS_EXTERN(ref))
        return api_ref_to((struct api_object *)WASM_EXTERN_WORD(ref));
    return api_ref_new(store, API_VALUE, ref);
}

bool
api_value_out(wasm_store_t *store, wasm_type_t type, union wasm_value value,
              wasm_val_t *out)
{
    wasm_val_t result = {.kind = api_kind_of(type), .of = {.i64 = 0}};
    if (wasm_type_is_ref(type)) {
        bool passes = api_has_kind(type) && value.ref;
        result.of.ref = passes ? ref_out(store, type, value.ref) : NULL;
        *out = result;
        return !passes || result.of.ref;
    }
    if (type == WASM_TYPE_I32 || type == WASM_TYPE_F32)
        result.of.i32 = (int32_t)value.i32;
    else
        result.of.i64 = (int64_t)value.i64;
    *out = result;
    return true;
}
