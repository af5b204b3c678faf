// SPDX-License-Identifier: Apache-2.0
//
// Vectors. Those of pointers own what is pointed to; those of values what values refer
// to.
#include "api/api.h"

#include <stdlib.h>

static void *
elements(size_t count, size_t size)
{
    return count ? calloc(count, size) : NULL;
}

// `drop` is for elements that were taken over when there is no room for them.
#define DEFINE_NEW(name, star, drop)                                                     \
    void wasm_##name##_vec_new_empty(wasm_##name##_vec_t *out)                           \
    {                                                                                    \
        *out = (wasm_##name##_vec_t){0, NULL};                                           \
    }                                                                                    \
    void wasm_##name##_vec_new_uninitialized(wasm_##name##_vec_t *out, size_t size)      \
    {                                                                                    \
        out->data = elements(size, sizeof *out->data);                                   \
        out->size = out->data ? size : 0;                                                \
    }                                                                                    \
    void wasm_##name##_vec_new(wasm_##name##_vec_t *out, size_t size,                    \
                               wasm_##name##_t star const elems[])                       \
    {                                                                                    \
        wasm_##name##_vec_new_uninitialized(out, size);                                  \
        for (size_t i = 0; i < out->size; i++)                                           \
            out->data[i] = elems[i];                                                     \
        for (size_t i = out->size; i < size; i++)                                        \
            drop(elems[i]);                                                              \
    }

static void
drop_byte(byte_t byte)
{
    (void)byte;
}

static void
drop_val(wasm_val_t value)
{
    wasm_val_delete(&value);
}

// Vectors of pointers: `copy` and `delete` are the element's.
#define DEFINE_VEC(name)                                                                 \
    DEFINE_NEW(name, *, wasm_##name##_delete)                                            \
    void wasm_##name##_vec_copy(wasm_##name##_vec_t *out,                                \
                                const wasm_##name##_vec_t *from)                         \
    {                                                                                    \
        wasm_##name##_vec_t copy;                                                        \
        bool ok = true;                                                                  \
        wasm_##name##_vec_new_uninitialized(&copy, from->size);                          \
        for (size_t i = 0; i < copy.size; i++) {                                         \
            copy.data[i] = from->data[i] ? wasm_##name##_copy(from->data[i]) : NULL;     \
            ok &= copy.data[i] || !from->data[i];                                        \
        }                                                                                \
        if (!ok)                                                                         \
            wasm_##name##_vec_delete(&copy);                                             \
        *out = copy;                                                                     \
    }                                                                                    \
    void wasm_##name##_vec_delete(wasm_##name##_vec_t *vec)                              \
    {                                                                                    \
        for (size_t i = 0; vec->data && i < vec->size; i++)                              \
            wasm_##name##_delete(vec->data[i]);                                          \
        free(vec->data);                                                                 \
        *vec = (wasm_##name##_vec_t){0, NULL};                                           \
    }

DEFINE_VEC(valtype)
DEFINE_VEC(functype)
DEFINE_VEC(globaltype)
DEFINE_VEC(tabletype)
DEFINE_VEC(memorytype)
DEFINE_VEC(externtype)
DEFINE_VEC(importtype)
DEFINE_VEC(exporttype)
DEFINE_VEC(frame)
DEFINE_VEC(extern)

DEFINE_NEW(byte, , drop_byte)

void
wasm_byte_vec_copy(wasm_byte_vec_t *out, const wasm_byte_vec_t *from)
{
    wasm_byte_vec_new(out, from->size, from->data);
}

void
wasm_byte_vec_delete(wasm_byte_vec_t *vec)
{
    free(vec->data);
    *vec = (wasm_byte_vec_t){0, NULL};
}

DEFINE_NEW(val, , drop_val)

void
wasm_val_vec_copy(wasm_val_vec_t *out, const wasm_val_vec_t *from)
{
    wasm_val_vec_t copy;
    bool ok = true;
    wasm_val_vec_new_uninitialized(&copy, from->size);
    for (size_t i = 0; i < copy.size; i++) {
        wasm_val_copy(&copy.data[i], &from->data[i]);
        ok &= !wasm_valkind_is_ref(copy.data[i].kind) || copy.data[i].of.ref ||
              !from->data[i].of.ref;
    }
    if (!ok)
        wasm_val_vec_delete(&copy);
    *out = copy;
}

void
wasm_val_vec_delete(wasm_val_vec_t *vec)
{
    for (size_t i = 0; vec->data && i < vec->size; i++)
        wasm_val_delete(&vec->data[i]);
    free(vec->data);
    *vec = (wasm_val_vec_t){0, NULL};
}
