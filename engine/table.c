// SPDX-License-Identifier: Apache-2.0
#include "base/string.h"
#include "engine/heap.h"
#include "engine/store.h"

// All tables of a store share one limit: their elements cost memory that no byte of a
// module stands for.
static bool
is_within_limit(const struct wasm_store *store, uint64_t more)
{
    return more <= WASM_LIMIT_TABLE_ENTRIES - store->table_entries;
}

enum wasm_error_code
wasm_table_create_typed(struct wasm_store *store, wasm_type_t type,
                        struct wasm_limits limits, struct wasm_table **out)
{
    if (limits.min > limits.max)
        return WASM_INVALID;
    if (!is_within_limit(store, limits.min))
        return WASM_NO_MEMORY;
    struct wasm_table *table = wasm_heap_alloc(store->port, 1, sizeof(*table));
    if (!table)
        return WASM_NO_MEMORY;
    table->elems = wasm_heap_alloc(store->port, limits.min, sizeof(*table->elems));
    if (!table->elems) {
        wasm_heap_free(store->port, table);
        return WASM_NO_MEMORY;
    }
    table->len = table->room = limits.min;
    table->limits = limits;
    table->type = type;
    table->store = store;
    table->next = store->tables;
    store->tables = table;
    store->table_entries += limits.min;
    *out = table;
    return WASM_OK;
}

enum wasm_error_code
wasm_table_create(struct wasm_store *store, wasm_type_t type, struct wasm_limits limits,
                  struct wasm_table **out)
{
    if (!wasm_type_is_ref(type) || !wasm_type_is_abstract(type))
        return WASM_INVALID;
    return wasm_table_create_typed(store, type, limits, out);
}

void
wasm_tables_destroy_until(struct wasm_store *store, struct wasm_table *kept)
{
    while (store->tables != kept) {
        struct wasm_table *table = store->tables;
        store->tables = table->next;
        store->table_entries -= table->len;
        wasm_heap_free(store->port, table->elems);
        wasm_heap_free(store->port, table);
    }
}

// Twice the room at least, so that growing one by one stays linear.
static bool
make_room(struct wasm_table *table, uint64_t len)
{
    if (len <= table->room)
        return true;
    uint64_t room = 2 * table->room > len ? 2 * table->room : len;
    void **elems = wasm_heap_alloc(table->store->port, room, sizeof(*elems));
    if (!elems)
        return false;
    memcpy(elems, table->elems, table->len * sizeof(*elems));
    wasm_heap_free(table->store->port, table->elems);
    table->elems = elems;
    table->room = room;
    return true;
}

uint64_t
wasm_table_extend(struct wasm_table *table, void *init, uint64_t delta)
{
    uint64_t old_len = table->len;
    if (!is_within_limit(table->store, delta) || delta > table->limits.max - old_len ||
        !make_room(table, old_len + delta))
        return UINT64_MAX;
    uint64_t len = old_len + delta;
    for (uint64_t i = old_len; i < len; i++)
        table->elems[i] = init;
    table->len = len;
    table->store->table_entries += delta;
    return old_len;
}

uint64_t
wasm_table_len(const struct wasm_table *table)
{
    return table->len;
}

struct wasm_limits
wasm_table_limits(const struct wasm_table *table)
{
    return table->limits;
}

wasm_type_t
wasm_table_elem_type(const struct wasm_table *table)
{
    return wasm_rtt_abstract(table->store, table->type);
}

bool
wasm_table_elem(const struct wasm_table *table, uint64_t index, union wasm_value *out)
{
    if (index >= table->len)
        return false;
    *out = (union wasm_value){.v128 = {(uintptr_t)table->elems[index]}};
    return true;
}

bool
wasm_table_set_elem(struct wasm_table *table, uint64_t index, union wasm_value value)
{
    if (index >= table->len)
        return false;
    table->elems[index] = value.ref;
    return true;
}
