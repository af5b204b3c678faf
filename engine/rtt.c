// SPDX-License-Identifier: Apache-2.0
//
// Representation: a group is one block that holds its struct wasm_rtts and then their
// lists of types, fields and supertypes. Heap types in them are ids of the store.
#include "engine/rtt.h"

#include "base/string.h"
#include "engine/heap.h"
#include "engine/store.h"
#include "engine/types.h"

void
wasm_rtts_init(struct wasm_rtts *rtts, const struct wasm_port *port)
{
    *rtts = (struct wasm_rtts){.keys = {.port = port}};
}

void
wasm_rtts_fini(struct wasm_rtts *rtts)
{
    const struct wasm_port *port = rtts->keys.port;
    for (uint32_t i = 0; i < rtts->block_count; i++)
        wasm_heap_free(port, rtts->blocks[i]);
    wasm_heap_free(port, rtts->blocks);
    wasm_heap_free(port, rtts->types);
    wasm_keys_fini(&rtts->keys);
}

// ---- Groups ----

// A group on its way into the store.
struct group {
    struct wasm_rtts *rtts;
    const struct wasm_deftype *types;
    const struct wasm_rtt *const *known; // by type index; those before the group stand
    uint32_t first, len;
    uint32_t first_id;
    struct wasm_rtt *made;
    char *at; // in the block, behind what is used
};

static uint32_t
number_of(const void *known, uint32_t index)
{
    const struct wasm_rtt *const *rtts = known;
    return rtts[index]->id;
}

static uint64_t
aligned(uint64_t len)
{
    return (len + 7) & ~7ull;
}

static bool
is_index(wasm_type_t type)
{
    return wasm_type_is_ref(type) && wasm_heap_is_index(wasm_type_heap(type));
}

static uint64_t
len_of(const struct wasm_deftype *type)
{
    uint64_t values = (uint64_t)type->func.param_count + type->func.result_count;
    return 2 * aligned(values * sizeof(wasm_type_t)) +
           aligned((uint64_t)type->field_count * sizeof(struct wasm_field)) +
           ((uint64_t)type->depth + 1) * sizeof(struct wasm_rtt *);
}

static void *
take(struct group *g, uint64_t len)
{
    char *at = g->at;
    g->at += aligned(len);
    return at;
}

static wasm_type_t
to_store(const struct group *g, wasm_type_t type)
{
    uint32_t heap = wasm_type_heap(type);
    if (!is_index(type))
        return type;
    uint32_t at = heap - g->first;
    return (type & 0xff) | (at < g->len ? g->first_id + at : g->known[heap]->id) << 8;
}

// What the embedder is shown: it means the same in every module.
static wasm_type_t
to_shown(const struct group *g, wasm_type_t type)
{
    if (!is_index(type))
        return type;
    return wasm_type_ref(wasm_heap_of_kind(g->types[wasm_type_heap(type)].kind),
                         wasm_type_is_nullable(type));
}

static void
fill_functype(struct group *g, struct wasm_rtt *rtt, const struct wasm_functype *from)
{
    uint32_t count = from->param_count + from->result_count;
    wasm_type_t *types = take(g, count * sizeof(*types));
    wasm_type_t *shown = take(g, count * sizeof(*shown));
    for (uint32_t i = 0; i < count; i++) {
        types[i] = to_store(g, from->types[i]);
        shown[i] = to_shown(g, from->types[i]);
    }
    rtt->shown = shown;
    rtt->func = (struct wasm_functype){from->param_count, from->result_count, types};
}

static void
fill_fields(struct group *g, struct wasm_rtt *rtt, const struct wasm_deftype *type)
{
    struct wasm_field *fields = take(g, type->field_count * sizeof(*fields));
    for (uint32_t i = 0; i < type->field_count; i++) {
        fields[i] = type->fields[i];
        fields[i].type = to_store(g, fields[i].type);
    }
    rtt->fields = fields;
    rtt->field_count = type->field_count;
}

// Supertypes come before their subtypes, in the group as well.
static void
fill_supers(struct group *g, struct wasm_rtt *rtt, const struct wasm_deftype *type)
{
    const struct wasm_rtt **supers = take(g, (type->depth + 1u) * sizeof(*supers));
    if (type->depth) {
        uint32_t at = type->super - g->first;
        const struct wasm_rtt *super = at < g->len ? &g->made[at] : g->known[type->super];
        memcpy(supers, super->supers, type->depth * sizeof(*supers));
    }
    supers[type->depth] = rtt;
    rtt->supers = supers;
}

static void
fill(struct group *g, uint32_t i)
{
    const struct wasm_deftype *type = &g->types[g->first + i];
    struct wasm_rtt *rtt = &g->made[i];
    rtt->id = g->first_id + i;
    rtt->kind = type->kind;
    rtt->is_final = type->is_final;
    rtt->depth = (uint8_t)type->depth;
    rtt->size = type->size;
    fill_functype(g, rtt, &type->func);
    fill_fields(g, rtt, type);
    fill_supers(g, rtt, type);
    g->rtts->types[rtt->id] = rtt;
}

static bool
reserve_ids(struct wasm_rtts *rtts, uint32_t count)
{
    uint64_t need = (uint64_t)rtts->count + count;
    if (need > WASM_HEAP(0))
        return false;
    if (need <= rtts->room)
        return true;
    const struct wasm_rtt **types =
        wasm_heap_grow(rtts->keys.port, rtts->types, &rtts->room, need, sizeof(*types));
    if (types)
        rtts->types = types;
    return types != NULL;
}

// Everything that may fail, before the key is entered. *block is the group's.
static bool
prepare(struct group *g, void **block)
{
    struct wasm_rtts *rtts = g->rtts;
    const struct wasm_port *port = rtts->keys.port;
    uint64_t len = (uint64_t)g->len * sizeof(struct wasm_rtt);
    for (uint32_t i = 0; i < g->len; i++)
        len += len_of(&g->types[g->first + i]);
    if (!reserve_ids(rtts, g->len))
        return false;
    if (rtts->block_count == rtts->block_room) {
        void **blocks = wasm_heap_grow(port, rtts->blocks, &rtts->block_room,
                                       (uint64_t)rtts->block_count + 1, sizeof(*blocks));
        if (!blocks)
            return false;
        rtts->blocks = blocks;
    }
    *block = wasm_heap_alloc(port, len, 1);
    return *block != NULL;
}

// The first id of the group; UINT32_MAX: failed.
static uint32_t
intern(struct group *g)
{
    struct wasm_rtts *rtts = g->rtts;
    uint32_t id = rtts->count;
    void *block;
    if (!prepare(g, &block))
        return UINT32_MAX;
    bool ok = wasm_keys_intern(&rtts->keys, g->types, g->first, g->len, number_of,
                               g->known, &id);
    if (!ok || id != rtts->count) {
        wasm_heap_free(rtts->keys.port, block);
        return ok ? id : UINT32_MAX;
    }
    g->first_id = id;
    g->made = block;
    g->at = (char *)block + g->len * sizeof(struct wasm_rtt);
    rtts->blocks[rtts->block_count++] = block;
    rtts->count += g->len;
    for (uint32_t i = 0; i < g->len; i++)
        fill(g, i);
    return id;
}

// ---- Public ----

bool
wasm_rtts_intern_module(struct wasm_store *store, const struct wasm_module *module,
                        const struct wasm_rtt **out)
{
    struct group g = {.rtts = &store->rtts, .types = module->types, .known = out};
    for (uint32_t i = 0; i < module->type_count; i += g.len) {
        const struct wasm_deftype *type = &module->types[i];
        g.first = i;
        g.len = type->group_len;
        bool is_new = type->canon == i;
        uint32_t id = is_new ? intern(&g) : 0;
        if (id == UINT32_MAX)
            return false;
        for (uint32_t k = 0; k < g.len; k++)
            out[i + k] = is_new ? store->rtts.types[id + k] : out[type->canon + k];
    }
    return true;
}

const struct wasm_rtt *
wasm_rtt_of_functype(struct wasm_store *store, const struct wasm_functype *functype)
{
    struct wasm_deftype type = {.kind = WASM_COMP_FUNC,
                                .is_final = true,
                                .super = WASM_NO_TYPE,
                                .group_len = 1,
                                .func = *functype};
    struct group g = {.rtts = &store->rtts, .types = &type, .len = 1};
    uint32_t id = intern(&g);
    return id == UINT32_MAX ? NULL : store->rtts.types[id];
}

wasm_type_t
wasm_rtt_abstract(const struct wasm_store *store, wasm_type_t type)
{
    uint32_t heap = wasm_type_heap(type);
    if (!is_index(type))
        return type;
    return wasm_type_ref(wasm_heap_of_kind(store->rtts.types[heap]->kind),
                         wasm_type_is_nullable(type));
}

static bool
heap_matches(const struct wasm_rtts *rtts, uint32_t sub, uint32_t super)
{
    if (sub == super)
        return true;
    const struct wasm_rtt *sub_rtt = wasm_heap_is_index(sub) ? rtts->types[sub] : NULL;
    if (wasm_heap_is_index(super)) {
        const struct wasm_rtt *super_rtt = rtts->types[super];
        return sub_rtt ? wasm_rtt_matches(sub_rtt, super_rtt)
                       : wasm_heap_is_below_kind(sub, super_rtt->kind);
    }
    return wasm_heap_code_matches(sub_rtt ? wasm_heap_of_kind(sub_rtt->kind) : sub,
                                  super);
}

bool
wasm_store_type_matches(const struct wasm_store *store, wasm_type_t sub,
                        wasm_type_t super)
{
    if (sub == super)
        return true;
    if (!wasm_type_is_ref(sub) || !wasm_type_is_ref(super))
        return false;
    if (wasm_type_is_nullable(sub) && !wasm_type_is_nullable(super))
        return false;
    return heap_matches(&store->rtts, wasm_type_heap(sub), wasm_type_heap(super));
}

// ---- References ----

// The type of what a reference leads to; NULL: it has none.
static const struct wasm_rtt *
type_of(const void *ref, uint8_t wanted_kind)
{
    if (wanted_kind == WASM_COMP_FUNC)
        return ((const struct wasm_func *)ref)->rtt;
    return (uintptr_t)ref & 3 ? NULL : ((const struct wasm_object *)ref)->rtt;
}

bool
wasm_ref_has_rtt(const void *ref, const struct wasm_rtt *wanted)
{
    const struct wasm_rtt *given = type_of(ref, wanted->kind);
    return given && wasm_rtt_matches(given, wanted);
}

bool
wasm_store_ref_matches(const struct wasm_store *store, const void *ref, wasm_type_t type)
{
    uint32_t heap = wasm_type_heap(type);
    if (!ref)
        return wasm_type_is_nullable(type);
    return wasm_heap_is_index(heap) ? wasm_ref_has_rtt(ref, store->rtts.types[heap])
                                    : wasm_ref_is(ref, heap);
}

bool
wasm_func_takes(const struct wasm_store *store, const struct wasm_func *func,
                uint32_t index, const void *ref)
{
    return wasm_store_ref_matches(store, ref, func->rtt->func.types[index]);
}

bool
wasm_global_takes(const struct wasm_store *store, const struct wasm_global *global,
                  const void *ref)
{
    return wasm_store_ref_matches(store, ref, global->type);
}

bool
wasm_table_takes(const struct wasm_table *table, const void *ref)
{
    return wasm_store_ref_matches(table->store, ref, table->type);
}
