// SPDX-License-Identifier: Apache-2.0
//
// What names stand for: a hash table whose key is a space, a scope in it, and bytes.
// Internal to text/.
#pragma once

#include "text/buffer.h"

struct text_entry {
    const char *bytes;
    size_t len;
    uint64_t hash;
    uint64_t value; // 0: nothing yet
    uint32_t space;
    uint32_t scope;
};

struct text_map {
    struct text_buffer entries; // struct text_entry
    uint32_t *slots;            // 1 + entry; 0: free
    size_t slot_count;          // a power of two, or 0
    uint64_t seed;
};

// Number of the entry, which is made unless it is there; its value is at
// text_map_value(). The bytes must stay. SIZE_MAX: no memory.
size_t text_map_put(const struct wasm_port *port, struct text_map *map, uint32_t space,
                    uint32_t scope, const char *bytes, size_t len);
// The value; 0: there is none.
uint64_t text_map_get(const struct text_map *map, uint32_t space, uint32_t scope,
                      const char *bytes, size_t len);

static inline uint64_t *
text_map_value(struct text_map *map, size_t entry)
{
    return &((struct text_entry *)(void *)map->entries.bytes)[entry].value;
}

void text_map_fini(const struct wasm_port *port, struct text_map *map);
