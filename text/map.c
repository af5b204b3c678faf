// SPDX-License-Identifier: Apache-2.0
//
// Open addressing, at most half full. The hash is seeded with an address, which whoever
// writes the text does not know.
#include "text/map.h"

#include "base/string.h"

#define SLOTS_MIN 64u

static uint64_t
mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15ull;
    return hash ^ hash >> 29;
}

static uint64_t
hash_key(const struct text_map *map, uint32_t space, uint32_t scope, const char *bytes,
         size_t len)
{
    uint64_t hash = mix(map->seed, (uint64_t)space << 32 | scope);
    uint64_t word;
    for (; len >= 8; len -= 8, bytes += 8) {
        memcpy(&word, bytes, 8);
        hash = mix(hash, word);
    }
    word = (uint64_t)len << 56;
    for (size_t i = 0; i < len; i++)
        word |= (uint64_t)(uint8_t)bytes[i] << (8 * i);
    hash = mix(hash, word);
    return mix(hash, map->seed);
}

static struct text_entry *
entry_at(const struct text_map *map, size_t entry)
{
    return &((struct text_entry *)(void *)map->entries.bytes)[entry];
}

// The slot of the key, or the free one where it would be.
static size_t
find(const struct text_map *map, const struct text_entry *key)
{
    size_t mask = map->slot_count - 1;
    size_t slot = (size_t)key->hash & mask;
    for (; map->slots[slot]; slot = (slot + 1) & mask) {
        const struct text_entry *entry = entry_at(map, map->slots[slot] - 1);
        if (entry->hash == key->hash && entry->space == key->space &&
            entry->scope == key->scope && entry->len == key->len &&
            memcmp(entry->bytes, key->bytes, key->len) == 0)
            break;
    }
    return slot;
}

static bool
grow(const struct wasm_port *port, struct text_map *map)
{
    size_t count = map->entries.len / sizeof(struct text_entry);
    if (count + 1 <= map->slot_count / 2)
        return true;
    struct text_map larger = *map;
    larger.slot_count = map->slot_count ? map->slot_count * 2 : SLOTS_MIN;
    larger.slots =
        port->heap_alloc(port->context, larger.slot_count * sizeof(larger.slots[0]));
    if (!larger.slots || count >= UINT32_MAX)
        return false;
    for (size_t i = 0; i < count; i++)
        larger.slots[find(&larger, entry_at(&larger, i))] = (uint32_t)i + 1;
    if (map->slots)
        port->heap_free(port->context, map->slots,
                        map->slot_count * sizeof(map->slots[0]));
    *map = larger;
    return true;
}

size_t
text_map_put(const struct wasm_port *port, struct text_map *map, uint32_t space,
             uint32_t scope, const char *bytes, size_t len)
{
    if (!map->seed)
        map->seed = (uintptr_t)bytes | 1;
    struct text_entry key = {bytes, len,   hash_key(map, space, scope, bytes, len),
                             0,     space, scope};
    if (!grow(port, map) || !text_buffer_reserve(port, &map->entries, sizeof(key)))
        return SIZE_MAX;
    uint32_t *slot = &map->slots[find(map, &key)];
    if (!*slot) {
        *slot = (uint32_t)(map->entries.len / sizeof(key)) + 1;
        memcpy(map->entries.bytes + map->entries.len, &key, sizeof(key));
        map->entries.len += sizeof(key);
    }
    return *slot - 1;
}

uint64_t
text_map_get(const struct text_map *map, uint32_t space, uint32_t scope,
             const char *bytes, size_t len)
{
    if (!map->slot_count)
        return 0;
    struct text_entry key = {bytes, len,   hash_key(map, space, scope, bytes, len),
                             0,     space, scope};
    uint32_t slot = map->slots[find(map, &key)];
    return slot ? entry_at(map, slot - 1)->value : 0;
}

void
text_map_fini(const struct wasm_port *port, struct text_map *map)
{
    if (map->slots)
        port->heap_free(port->context, map->slots,
                        map->slot_count * sizeof(map->slots[0]));
    text_buffer_fini(port, &map->entries);
    map->slots = NULL;
    map->slot_count = 0;
}
