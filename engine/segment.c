// SPDX-License-Identifier: Apache-2.0
//
// Segments at run time. A dropped segment is one of length 0. Elements are evaluated when
// they are used: they depend on immutable globals and functions only, so the values are
// those of instantiation.
#include "base/string.h"
#include "engine/const_expr.h"
#include "engine/store.h"

static bool
is_dropped(const uint64_t *bitmap, uint32_t index)
{
    return bitmap[index / 64] >> index % 64 & 1;
}

static void
drop(uint64_t *bitmap, uint32_t index)
{
    bitmap[index / 64] |= 1ull << index % 64;
}

void
wasm_elem_drop(struct wasm_instance *instance, uint32_t elem)
{
    drop(instance->dropped_elems, elem);
}

void
wasm_data_drop(struct wasm_instance *instance, uint32_t data)
{
    drop(instance->dropped_datas, data);
}

static bool
is_inside(uint64_t from, uint64_t len, uint64_t end)
{
    return from <= end && len <= end - from;
}

static void *
next_item(struct wasm_instance *instance, const struct wasm_elem_decl *decl,
          struct cursor *c)
{
    if (decl->is_expressions)
        return wasm_const_expr_eval(instance, c).ref;
    return wasm_instance_func(instance, cursor_leb_u32(c));
}

bool
wasm_table_init(struct wasm_instance *instance, uint32_t table_index, uint32_t elem,
                uint64_t to, uint64_t from, uint64_t len)
{
    struct wasm_table *table = wasm_instance_tables(instance)[table_index];
    const struct wasm_elem_decl *decl = &instance->module->elems[elem];
    uint64_t count = is_dropped(instance->dropped_elems, elem) ? 0 : decl->count;
    if (!is_inside(from, len, count) || !is_inside(to, len, table->len))
        return false;
    struct cursor c =
        cursor_make(instance->module->bytes, decl->items.lo, decl->items.hi);
    for (uint64_t i = 0; i < from && len; i++)
        next_item(instance, decl, &c);
    for (uint64_t i = 0; i < len; i++)
        table->elems[to + i] = next_item(instance, decl, &c);
    return true;
}

bool
wasm_memory_init(struct wasm_instance *instance, uint32_t data, uint64_t to,
                 uint64_t from, uint64_t len)
{
    struct wasm_memory *memory = instance->memory0;
    const struct wasm_data_decl *decl = &instance->module->datas[data];
    uint64_t count =
        is_dropped(instance->dropped_datas, data) ? 0 : decl->bytes.hi - decl->bytes.lo;
    if (!is_inside(from, len, count) || !is_inside(to, len, memory->len))
        return false;
    memmove(memory->base + to, instance->module->bytes + decl->bytes.lo + from, len);
    return true;
}
