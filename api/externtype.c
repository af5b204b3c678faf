// SPDX-License-Identifier: Apache-2.0
//
// Types of externals under their general name, and of imports and exports.
#include "api/api.h"

#include <stdlib.h>

wasm_externkind_t
wasm_externtype_kind(const wasm_externtype_t *type)
{
    return type->kind;
}

wasm_externtype_t *
wasm_externtype_copy(const wasm_externtype_t *type)
{
    switch (type->kind) {
    case WASM_EXTERN_FUNC: {
        wasm_functype_t *copy = wasm_functype_copy((const wasm_functype_t *)type);
        return copy ? &copy->externtype : NULL;
    }
    case WASM_EXTERN_GLOBAL: {
        wasm_globaltype_t *copy = wasm_globaltype_copy((const wasm_globaltype_t *)type);
        return copy ? &copy->externtype : NULL;
    }
    case WASM_EXTERN_TABLE: {
        wasm_tabletype_t *copy = wasm_tabletype_copy((const wasm_tabletype_t *)type);
        return copy ? &copy->externtype : NULL;
    }
    default: {
        wasm_memorytype_t *copy = wasm_memorytype_copy((const wasm_memorytype_t *)type);
        return copy ? &copy->externtype : NULL;
    }
    }
}

void
wasm_externtype_delete(wasm_externtype_t *type)
{
    if (!type)
        return;
    switch (type->kind) {
    case WASM_EXTERN_FUNC:
        wasm_functype_delete((wasm_functype_t *)type);
        break;
    case WASM_EXTERN_GLOBAL:
        wasm_globaltype_delete((wasm_globaltype_t *)type);
        break;
    case WASM_EXTERN_TABLE:
        wasm_tabletype_delete((wasm_tabletype_t *)type);
        break;
    default:
        wasm_memorytype_delete((wasm_memorytype_t *)type);
        break;
    }
}

#define DEFINE_CONVERSIONS(name, its_kind)                                               \
    wasm_externtype_t *wasm_##name##_as_externtype(wasm_##name##_t *type)                \
    {                                                                                    \
        return (wasm_externtype_t *)type;                                                \
    }                                                                                    \
    const wasm_externtype_t *wasm_##name##_as_externtype_const(                          \
        const wasm_##name##_t *type)                                                     \
    {                                                                                    \
        return (const wasm_externtype_t *)type;                                          \
    }                                                                                    \
    wasm_##name##_t *wasm_externtype_as_##name(wasm_externtype_t *type)                  \
    {                                                                                    \
        return type->kind == its_kind ? (wasm_##name##_t *)type : NULL;                  \
    }                                                                                    \
    const wasm_##name##_t *wasm_externtype_as_##name##_const(                            \
        const wasm_externtype_t *type)                                                   \
    {                                                                                    \
        return type->kind == its_kind ? (const wasm_##name##_t *)type : NULL;            \
    }

DEFINE_CONVERSIONS(functype, WASM_EXTERN_FUNC)
DEFINE_CONVERSIONS(globaltype, WASM_EXTERN_GLOBAL)
DEFINE_CONVERSIONS(tabletype, WASM_EXTERN_TABLE)
DEFINE_CONVERSIONS(memorytype, WASM_EXTERN_MEMORY)

wasm_externtype_t *
api_externtype(const struct wasm_externtype *type)
{
    switch (type->kind) {
    case WASM_KIND_FUNC: {
        wasm_functype_t *out = api_functype(&type->functype);
        return out ? &out->externtype : NULL;
    }
    case WASM_KIND_GLOBAL: {
        wasm_globaltype_t *out = api_globaltype(type->type, type->is_mutable);
        return out ? &out->externtype : NULL;
    }
    case WASM_KIND_TABLE: {
        wasm_tabletype_t *out = api_tabletype(type->type, type->limits);
        return out ? &out->externtype : NULL;
    }
    case WASM_KIND_MEMORY: {
        wasm_memorytype_t *out = api_memorytype(type->limits);
        return out ? &out->externtype : NULL;
    }
    case WASM_KIND_TAG:
        break;
    }
    return NULL; // wasm.h has no name for tags
}

// ---- Imports and exports ----

wasm_importtype_t *
wasm_importtype_new(wasm_name_t *module, wasm_name_t *name, wasm_externtype_t *type)
{
    wasm_importtype_t *import = type ? malloc(sizeof *import) : NULL;
    if (!import) {
        wasm_byte_vec_delete(module);
        wasm_byte_vec_delete(name);
        wasm_externtype_delete(type);
        return NULL;
    }
    *import = (wasm_importtype_t){*module, *name, type};
    return import;
}

wasm_importtype_t *
wasm_importtype_copy(const wasm_importtype_t *import)
{
    wasm_name_t module, name;
    wasm_byte_vec_copy(&module, &import->module);
    wasm_byte_vec_copy(&name, &import->name);
    bool ok = module.size == import->module.size && name.size == import->name.size;
    return wasm_importtype_new(&module, &name,
                               ok ? wasm_externtype_copy(import->type) : NULL);
}

void
wasm_importtype_delete(wasm_importtype_t *import)
{
    if (!import)
        return;
    wasm_byte_vec_delete(&import->module);
    wasm_byte_vec_delete(&import->name);
    wasm_externtype_delete(import->type);
    free(import);
}

const wasm_name_t *
wasm_importtype_module(const wasm_importtype_t *import)
{
    return &import->module;
}

const wasm_name_t *
wasm_importtype_name(const wasm_importtype_t *import)
{
    return &import->name;
}

const wasm_externtype_t *
wasm_importtype_type(const wasm_importtype_t *import)
{
    return import->type;
}

wasm_exporttype_t *
wasm_exporttype_new(wasm_name_t *name, wasm_externtype_t *type)
{
    wasm_exporttype_t *export = type ? malloc(sizeof *export) : NULL;
    if (!export) {
        wasm_byte_vec_delete(name);
        wasm_externtype_delete(type);
        return NULL;
    }
    *export = (wasm_exporttype_t){*name, type};
    return export;
}

wasm_exporttype_t *
wasm_exporttype_copy(const wasm_exporttype_t *export)
{
    wasm_name_t name;
    wasm_byte_vec_copy(&name, &export->name);
    bool ok = name.size == export->name.size;
    return wasm_exporttype_new(&name, ok ? wasm_externtype_copy(export->type) : NULL);
}

void
wasm_exporttype_delete(wasm_exporttype_t *export)
{
    if (!export)
        return;
    wasm_byte_vec_delete(&export->name);
    wasm_externtype_delete(export->type);
    free(export);
}

const wasm_name_t *
wasm_exporttype_name(const wasm_exporttype_t *export)
{
    return &export->name;
}

const wasm_externtype_t *
wasm_exporttype_type(const wasm_exporttype_t *export)
{
    return export->type;
}
