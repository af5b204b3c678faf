// SPDX-License-Identifier: Apache-2.0
#include "engine/type_key.h"

#include "base/string.h"
#include "engine/heap.h"

// In the code of a reference: its heap type is a position in the group.
#define IN_GROUP 0x80u

#define MIN_BUCKETS 16u

struct writer {
    struct wasm_keys *keys;
    uint32_t first, len; // the group
    wasm_type_number_t number;
    const void *context;
    bool failed;
};

// ---- Words ----

static void
put(struct writer *w, uint32_t word)
{
    struct wasm_keys *keys = w->keys;
    uint64_t need = (uint64_t)keys->used + keys->fresh + 1;
    if (need > keys->word_room) {
        uint32_t *words =
            wasm_heap_grow(keys->port, keys->words, &keys->word_room, need, sizeof(word));
        if (!words) {
            w->failed = true;
            return;
        }
        keys->words = words;
    }
    keys->words[keys->used + keys->fresh++] = word;
}

static void
put_type(struct writer *w, wasm_type_t type)
{
    uint32_t heap = wasm_type_heap(type);
    if (!wasm_type_is_ref(type) || !wasm_heap_is_index(heap))
        put(w, type);
    else if (heap - w->first < w->len)
        put(w, (type & 0xff) | IN_GROUP | (heap - w->first) << 8);
    else
        put(w, (type & 0xff) | w->number(w->context, heap) << 8);
}

static void
put_super(struct writer *w, uint32_t super)
{
    if (super == WASM_NO_TYPE)
        put(w, UINT32_MAX);
    else if (super - w->first < w->len)
        put(w, (super - w->first) << 1 | 1);
    else
        put(w, w->number(w->context, super) << 1);
}

static void
put_deftype(struct writer *w, const struct wasm_deftype *type)
{
    put(w, type->kind | (type->is_final ? 0x100u : 0));
    put_super(w, type->super);
    if (type->kind == WASM_COMP_FUNC) {
        put(w, type->func.param_count);
        put(w, type->func.result_count);
        uint32_t count = type->func.param_count + type->func.result_count;
        for (uint32_t i = 0; i < count; i++)
            put_type(w, type->func.types[i]);
        return;
    }
    put(w, type->field_count);
    for (uint32_t i = 0; i < type->field_count; i++) {
        put(w, type->fields[i].is_mutable);
        put_type(w, type->fields[i].type);
    }
}

// FNV-1a, a word at a time.
static uint64_t
hash_words(const uint32_t *words, uint32_t count)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (uint32_t i = 0; i < count; i++)
        hash = (hash ^ words[i]) * 0x100000001b3;
    return hash ^ hash >> 32;
}

// ---- The tree ----

static int
compare(const struct wasm_keys *keys, const struct wasm_key_node *a,
        const struct wasm_key_node *b)
{
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    if (a->len != b->len)
        return a->len < b->len ? -1 : 1;
    return memcmp(keys->words + a->at, keys->words + b->at, a->len * sizeof(uint32_t));
}

static uint32_t *
root_of(const struct wasm_keys *keys, uint64_t hash)
{
    return &keys->roots[hash & (keys->bucket_count - 1)];
}

static uint32_t
find(const struct wasm_keys *keys, const struct wasm_key_node *key)
{
    uint32_t at = *root_of(keys, key->hash);
    while (at) {
        int order = compare(keys, key, &keys->nodes[at]);
        if (order == 0)
            break;
        at = order < 0 ? keys->nodes[at].left : keys->nodes[at].right;
    }
    return at;
}

// Turns a left child of the same level into the parent.
static uint32_t
skew(struct wasm_key_node *nodes, uint32_t top)
{
    uint32_t left = nodes[top].left;
    if (!left || nodes[left].level != nodes[top].level)
        return top;
    nodes[top].left = nodes[left].right;
    nodes[left].right = top;
    return left;
}

// Lifts the middle one of three of the same level.
static uint32_t
split(struct wasm_key_node *nodes, uint32_t top)
{
    uint32_t right = nodes[top].right;
    if (!right || nodes[nodes[right].right].level != nodes[top].level)
        return top;
    nodes[top].right = nodes[right].left;
    nodes[right].left = top;
    nodes[right].level++;
    return right;
}

// Depth is at most twice the logarithm of the count.
static uint32_t
insert(const struct wasm_keys *keys, uint32_t top, uint32_t fresh)
{
    struct wasm_key_node *nodes = keys->nodes;
    if (!top)
        return fresh;
    if (compare(keys, &nodes[fresh], &nodes[top]) < 0)
        nodes[top].left = insert(keys, nodes[top].left, fresh);
    else
        nodes[top].right = insert(keys, nodes[top].right, fresh);
    return split(nodes, skew(nodes, top));
}

static void
enter(struct wasm_keys *keys, uint32_t node)
{
    uint32_t *root = root_of(keys, keys->nodes[node].hash);
    *root = insert(keys, *root, node);
}

// Twice the buckets, so that trees stay small where hashes are spread.
static bool
spread(struct wasm_keys *keys)
{
    uint32_t count = keys->bucket_count ? 2 * keys->bucket_count : MIN_BUCKETS;
    uint32_t *roots = wasm_heap_alloc(keys->port, count, sizeof(*roots));
    if (!roots)
        return false;
    wasm_heap_free(keys->port, keys->roots);
    keys->roots = roots;
    keys->bucket_count = count;
    for (uint32_t i = 1; i < keys->count; i++) {
        struct wasm_key_node *node = &keys->nodes[i];
        node->left = node->right = 0;
        node->level = 1;
        enter(keys, i);
    }
    return true;
}

// Room for one more node, and for the empty tree before the first.
static bool
reserve_node(struct wasm_keys *keys)
{
    uint64_t need = keys->count ? (uint64_t)keys->count + 1 : 2;
    if (need > keys->node_room) {
        struct wasm_key_node *nodes = wasm_heap_grow(
            keys->port, keys->nodes, &keys->node_room, need, sizeof(*nodes));
        if (!nodes)
            return false;
        keys->nodes = nodes;
    }
    if (keys->count == 0)
        keys->count = 1;
    return keys->count < keys->bucket_count || spread(keys);
}

bool
wasm_keys_intern(struct wasm_keys *keys, const struct wasm_deftype *types, uint32_t first,
                 uint32_t len, wasm_type_number_t number, const void *context,
                 uint32_t *value)
{
    struct writer w = {keys, first, len, number, context, false};
    keys->fresh = 0;
    for (uint32_t i = 0; i < len; i++)
        put_deftype(&w, &types[first + i]);
    if (w.failed || !reserve_node(keys))
        return false;
    struct wasm_key_node key = {.hash = hash_words(keys->words + keys->used, keys->fresh),
                                .at = keys->used,
                                .len = keys->fresh,
                                .value = *value,
                                .level = 1};
    uint32_t found = find(keys, &key);
    if (found) {
        *value = keys->nodes[found].value;
        return true;
    }
    keys->used += keys->fresh;
    uint32_t fresh = keys->count++;
    keys->nodes[fresh] = key;
    enter(keys, fresh);
    return true;
}

void
wasm_keys_fini(struct wasm_keys *keys)
{
    wasm_heap_free(keys->port, keys->roots);
    wasm_heap_free(keys->port, keys->nodes);
    wasm_heap_free(keys->port, keys->words);
    *keys = (struct wasm_keys){.port = keys->port};
}
