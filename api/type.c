// SPDX-License-Identifier: Apache-2.0
//
// Value types, and the types of functions, globals, tables and memories. Every type of an
// external begins with its kind, so that the pointers convert.
#include "api/api.h"

#include <stdlib.h>

// ---- Value types ----

wasm_valtype_t *
wasm_valtype_new(wasm_valkind_t kind)
{
    bool is_known = kind <= WASM_F64 || kind == WASM_EXTERNREF || kind == WASM_FUNCREF;
    wasm_valtype_t *type = is_known ? malloc(sizeof *type) : NULL;
    if (type)
        type->kind = kind;
    return type;
}

wasm_valtype_t *
wasm_valtype_copy(const wasm_valtype_t *type)
{
    return wasm_valtype_new(type->kind);
}

void
wasm_valtype_delete(wasm_valtype_t *type)
{
    free(type);
}

wasm_valkind_t
wasm_valtype_kind(const wasm_valtype_t *type)
{
    return type->kind;
}

wasm_valkind_t
api_kind_of(wasm_type_t type)
{
    switch (type) {
    case WASM_TYPE_I32:
        return WASM_I32;
    case WASM_TYPE_F32:
        return WASM_F32;
    case WASM_TYPE_F64:
        return WASM_F64;
    case WASM_TYPE_FUNCREF:
        return WASM_FUNCREF;
    default:
        return wasm_type_is_ref(type) ? WASM_EXTERNREF : WASM_I64;
    }
}

bool
api_has_kind(wasm_type_t type)
{
    return api_type_of(api_kind_of(type)) == type;
}

wasm_type_t
api_type_of(wasm_valkind_t kind)
{
    switch (kind) {
    case WASM_I32:
        return WASM_TYPE_I32;
    case WASM_I64:
        return WASM_TYPE_I64;
    case WASM_F32:
        return WASM_TYPE_F32;
    case WASM_F64:
        return WASM_TYPE_F64;
    case WASM_FUNCREF:
        return WASM_TYPE_FUNCREF;
    default:
        return WASM_TYPE_EXTERNREF;
    }
}

// ---- Function types ----

static bool
is_whole(const wasm_valtype_vec_t *types)
{
    for (size_t i = 0; i < types->size; i++)
        if (!types->data[i])
            return false;
    return true;
}

wasm_functype_t *
wasm_functype_new(wasm_valtype_vec_t *params, wasm_valtype_vec_t *results)
{
    bool ok = is_whole(params) && is_whole(results);
    wasm_functype_t *type = ok ? malloc(sizeof *type) : NULL;
    if (!type) {
        wasm_valtype_vec_delete(params);
        wasm_valtype_vec_delete(results);
        return NULL;
    }
    *type = (wasm_functype_t){{WASM_EXTERN_FUNC}, *params, *results};
    return type;
}

wasm_functype_t *
wasm_functype_copy(const wasm_functype_t *type)
{
    wasm_valtype_vec_t params, results;
    wasm_valtype_vec_copy(&params, &type->params);
    wasm_valtype_vec_copy(&results, &type->results);
    bool ok = params.size == type->params.size && results.size == type->results.size;
    wasm_functype_t *copy = wasm_functype_new(&params, &results);
    if (copy && !ok) {
        wasm_functype_delete(copy);
        return NULL;
    }
    return copy;
}

void
wasm_functype_delete(wasm_functype_t *type)
{
    if (!type)
        return;
    wasm_valtype_vec_delete(&type->params);
    wasm_valtype_vec_delete(&type->results);
    free(type);
}

const wasm_valtype_vec_t *
wasm_functype_params(const wasm_functype_t *type)
{
    return &type->params;
}

const wasm_valtype_vec_t *
wasm_functype_results(const wasm_functype_t *type)
{
    return &type->results;
}

static bool
valtypes(wasm_valtype_vec_t *out, const wasm_type_t *types, uint32_t count)
{
    wasm_valtype_vec_new_uninitialized(out, count);
    if (out->size < count)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        out->data[i] = wasm_valtype_new(api_kind_of(types[i]));
        if (!out->data[i])
            return false;
    }
    return true;
}

wasm_functype_t *
api_functype(const struct wasm_functype *type)
{
    wasm_valtype_vec_t params, results;
    bool ok = valtypes(&params, type->types, type->param_count);
    ok &= valtypes(&results, type->types + type->param_count, type->result_count);
    wasm_functype_t *out = wasm_functype_new(&params, &results);
    if (out && !ok) {
        wasm_functype_delete(out);
        return NULL;
    }
    return out;
}

bool
api_engine_functype(const wasm_functype_t *type, struct wasm_functype *out)
{
    size_t params = type->params.size, results = type->results.size;
    wasm_type_t *types = malloc((params + results + 1) * sizeof *types);
    if (!types || params > WASM_LIMIT_PARAMS || results > WASM_LIMIT_RESULTS) {
        free(types);
        return false;
    }
    for (size_t i = 0; i < params; i++)
        types[i] = api_type_of(type->params.data[i]->kind);
    for (size_t i = 0; i < results; i++)
        types[params + i] = api_type_of(type->results.data[i]->kind);
    *out = (struct wasm_functype){(uint32_t)params, (uint32_t)results, types};
    return true;
}

// ---- Global types ----

wasm_globaltype_t *
wasm_globaltype_new(wasm_valtype_t *content, wasm_mutability_t mutability)
{
    wasm_globaltype_t *type = content ? malloc(sizeof *type) : NULL;
    if (!type) {
        wasm_valtype_delete(content);
        return NULL;
    }
    *type = (wasm_globaltype_t){{WASM_EXTERN_GLOBAL}, content, mutability};
    return type;
}

wasm_globaltype_t *
wasm_globaltype_copy(const wasm_globaltype_t *type)
{
    return wasm_globaltype_new(wasm_valtype_copy(type->content), type->mutability);
}

void
wasm_globaltype_delete(wasm_globaltype_t *type)
{
    if (!type)
        return;
    wasm_valtype_delete(type->content);
    free(type);
}

const wasm_valtype_t *
wasm_globaltype_content(const wasm_globaltype_t *type)
{
    return type->content;
}

wasm_mutability_t
wasm_globaltype_mutability(const wasm_globaltype_t *type)
{
    return type->mutability;
}

wasm_globaltype_t *
api_globaltype(wasm_type_t content, bool is_mutable)
{
    return wasm_globaltype_new(wasm_valtype_new(api_kind_of(content)),
                               is_mutable ? WASM_VAR : WASM_CONST);
}

// ---- Table and memory types ----

struct wasm_limits
api_limits(const wasm_limits_t *limits, uint8_t page_log2)
{
    bool has_max = limits->max != wasm_limits_max_default;
    return (struct wasm_limits){.min = limits->min,
                                .max = has_max ? limits->max : UINT64_MAX,
                                .page_log2 = page_log2};
}

// What does not fit 32 bits is shown as the greatest that does.
static uint32_t
limit_shown(uint64_t limit)
{
    return limit < wasm_limits_max_default ? (uint32_t)limit : wasm_limits_max_default;
}

static wasm_limits_t
limits_shown(struct wasm_limits limits)
{
    return (wasm_limits_t){limit_shown(limits.min), limit_shown(limits.max)};
}

wasm_tabletype_t *
wasm_tabletype_new(wasm_valtype_t *element, const wasm_limits_t *limits)
{
    wasm_tabletype_t *type = element ? malloc(sizeof *type) : NULL;
    if (!type) {
        wasm_valtype_delete(element);
        return NULL;
    }
    *type = (wasm_tabletype_t){{WASM_EXTERN_TABLE}, element, *limits};
    return type;
}

wasm_tabletype_t *
wasm_tabletype_copy(const wasm_tabletype_t *type)
{
    return wasm_tabletype_new(wasm_valtype_copy(type->element), &type->limits);
}

void
wasm_tabletype_delete(wasm_tabletype_t *type)
{
    if (!type)
        return;
    wasm_valtype_delete(type->element);
    free(type);
}

const wasm_valtype_t *
wasm_tabletype_element(const wasm_tabletype_t *type)
{
    return type->element;
}

const wasm_limits_t *
wasm_tabletype_limits(const wasm_tabletype_t *type)
{
    return &type->limits;
}

wasm_tabletype_t *
api_tabletype(wasm_type_t element, struct wasm_limits limits)
{
    wasm_limits_t shown = limits_shown(limits);
    return wasm_tabletype_new(wasm_valtype_new(api_kind_of(element)), &shown);
}

wasm_memorytype_t *
wasm_memorytype_new(const wasm_limits_t *limits)
{
    wasm_memorytype_t *type = malloc(sizeof *type);
    if (type)
        *type = (wasm_memorytype_t){{WASM_EXTERN_MEMORY}, *limits};
    return type;
}

wasm_memorytype_t *
wasm_memorytype_copy(const wasm_memorytype_t *type)
{
    return wasm_memorytype_new(&type->limits);
}

void
wasm_memorytype_delete(wasm_memorytype_t *type)
{
    free(type);
}

const wasm_limits_t *
wasm_memorytype_limits(const wasm_memorytype_t *type)
{
    return &type->limits;
}

wasm_memorytype_t *
api_memorytype(struct wasm_limits limits)
{
    wasm_limits_t shown = limits_shown(limits);
    return wasm_memorytype_new(&shown);
}
