// SPDX-License-Identifier: Apache-2.0
//
// Objects and the references to them (api.h). A store finds the object of an identity in
// a hash table; kinds are part of it, for an address may be used again.
#include "api/api.h"

#include <stdlib.h>

#define BUCKETS_FIRST 64

static struct api_object **
bucket_of(const wasm_store_t *store, const void *identity)
{
    uint64_t hash = (uintptr_t)identity / 16 * 0x9e3779b97f4a7c15u;
    return &store->buckets[hash >> 32 & (store->bucket_count - 1)];
}

// As many buckets as objects at least; without memory the chains grow longer.
static bool
make_buckets(wasm_store_t *store)
{
    if (store->object_count < store->bucket_count)
        return true;
    size_t count = store->bucket_count ? 2 * store->bucket_count : BUCKETS_FIRST;
    struct api_object **buckets = calloc(count, sizeof(struct api_object *));
    if (!buckets)
        return store->bucket_count > 0;
    struct api_object **old = store->buckets;
    size_t old_count = store->bucket_count;
    store->buckets = buckets;
    store->bucket_count = count;
    for (size_t i = 0; i < old_count; i++) {
        for (struct api_object *object = old[i], *next; object; object = next) {
            next = object->next;
            struct api_object **bucket = bucket_of(store, object->identity);
            object->next = *bucket;
            *bucket = object;
        }
    }
    free(old);
    return true;
}

static struct api_object *
find(const wasm_store_t *store, enum api_kind kind, const void *identity)
{
    if (!store->buckets || !identity)
        return NULL;
    struct api_object *object = *bucket_of(store, identity);
    while (object && (object->identity != identity || object->kind != kind))
        object = object->next;
    return object;
}

static void
release_identity(const struct api_object *object)
{
    switch (object->kind) {
    case API_MODULE:
        api_module_release(object->module);
        break;
    case API_TRAP:
        api_trap_free(object->trap);
        break;
    case API_VALUE:
        wasm_root_destroy(object->store->store, object->root);
        break;
    default:
        break; // the store's
    }
}

static void
finalize(struct api_object *object)
{
    void (*finalizer)(void *) = object->finalizer;
    object->finalizer = NULL;
    if (finalizer)
        finalizer(object->info);
}

static struct api_object *
object_new(wasm_store_t *store, enum api_kind kind, const void *identity)
{
    struct api_object *object = make_buckets(store) ? calloc(1, sizeof *object) : NULL;
    if (!object)
        return NULL;
    if (kind == API_VALUE) { // rooted, so that no other object comes to that address
        object->root = wasm_root_create(store->store, (void *)(uintptr_t)identity);
        if (!object->root) {
            free(object);
            return NULL;
        }
    }
    object->kind = kind;
    object->store = store;
    object->identity = kind == API_FOREIGN ? object : identity;
    struct api_object **bucket = bucket_of(store, object->identity);
    object->next = *bucket;
    *bucket = object;
    store->object_count++;
    return object;
}

static void
object_delete(struct api_object *object)
{
    struct api_object **at = bucket_of(object->store, object->identity);
    while (*at != object)
        at = &(*at)->next;
    *at = object->next;
    object->store->object_count--;
    finalize(object);
    release_identity(object);
    free(object);
}

// A finalizer may delete references, and objects with them, but not the one that is held.
void
api_objects_finalize(wasm_store_t *store)
{
    for (size_t i = 0; i < store->bucket_count; i++) {
        struct api_object *object = store->buckets[i];
        while (object) {
            if (!object->finalizer) {
                object = object->next;
                continue;
            }
            object->owners++;
            finalize(object);
            object->owners--;
            object = store->buckets[i]; // the list may be another
        }
    }
}

void
api_objects_destroy(wasm_store_t *store)
{
    for (size_t i = 0; i < store->bucket_count; i++) {
        while (store->buckets[i])
            object_delete(store->buckets[i]);
    }
    free(store->buckets);
}

// ---- References ----

void *
api_ref_to(struct api_object *object)
{
    wasm_ref_t *ref = object ? malloc(sizeof *ref) : NULL;
    if (!ref)
        return NULL;
    ref->object = object;
    object->owners++;
    return ref;
}

// Nobody knows the object any more, or can come to know it again.
static bool
is_forgotten(const struct api_object *object)
{
    bool is_own = object->kind == API_TRAP || object->kind == API_MODULE;
    bool is_plain = !object->info && !object->finalizer;
    return object->owners == 0 && !object->has_escaped && (is_own || is_plain);
}

void *
api_ref_new(wasm_store_t *store, enum api_kind kind, const void *identity)
{
    wasm_ref_t *ref = malloc(sizeof *ref);
    struct api_object *object = ref ? find(store, kind, identity) : NULL;
    if (ref && !object)
        object = object_new(store, kind, identity);
    if (!object) {
        free(ref);
        return NULL;
    }
    ref->object = object;
    object->owners++;
    return ref;
}

void
api_ref_delete(wasm_ref_t *ref)
{
    if (!ref)
        return;
    struct api_object *object = ref->object;
    free(ref);
    object->owners--;
    if (is_forgotten(object))
        object_delete(object);
}

static void
set_info(wasm_ref_t *ref, void *info, void (*finalizer)(void *))
{
    finalize(ref->object);
    ref->object->info = info;
    ref->object->finalizer = finalizer;
}

#define DEFINE_REF_BASE(name, ref_of)                                                    \
    void wasm_##name##_delete(wasm_##name##_t *it)                                       \
    {                                                                                    \
        api_ref_delete((wasm_ref_t *)it);                                                \
    }                                                                                    \
    wasm_##name##_t *wasm_##name##_copy(const wasm_##name##_t *it)                       \
    {                                                                                    \
        return api_ref_to(((const wasm_ref_t *)it)->object);                             \
    }                                                                                    \
    bool wasm_##name##_same(const wasm_##name##_t *a, const wasm_##name##_t *b)          \
    {                                                                                    \
        return ((const wasm_ref_t *)a)->object == ((const wasm_ref_t *)b)->object;       \
    }                                                                                    \
    void *wasm_##name##_get_host_info(const wasm_##name##_t *it)                         \
    {                                                                                    \
        return ((const wasm_ref_t *)it)->object->info;                                   \
    }                                                                                    \
    void wasm_##name##_set_host_info(wasm_##name##_t *it, void *info)                    \
    {                                                                                    \
        set_info((wasm_ref_t *)it, info, NULL);                                          \
    }                                                                                    \
    void wasm_##name##_set_host_info_with_finalizer(wasm_##name##_t *it, void *info,     \
                                                    void (*finalizer)(void *))           \
    {                                                                                    \
        set_info((wasm_ref_t *)it, info, finalizer);                                     \
    }

#define DEFINE_REF(name, is_kind)                                                        \
    DEFINE_REF_BASE(name, )                                                              \
    wasm_ref_t *wasm_##name##_as_ref(wasm_##name##_t *it)                                \
    {                                                                                    \
        return (wasm_ref_t *)it;                                                         \
    }                                                                                    \
    const wasm_ref_t *wasm_##name##_as_ref_const(const wasm_##name##_t *it)              \
    {                                                                                    \
        return (const wasm_ref_t *)it;                                                   \
    }                                                                                    \
    wasm_##name##_t *wasm_ref_as_##name(wasm_ref_t *ref)                                 \
    {                                                                                    \
        enum api_kind kind = ref ? ref->object->kind : API_VALUE;                        \
        return is_kind ? (wasm_##name##_t *)ref : NULL;                                  \
    }                                                                                    \
    const wasm_##name##_t *wasm_ref_as_##name##_const(const wasm_ref_t *ref)             \
    {                                                                                    \
        enum api_kind kind = ref ? ref->object->kind : API_VALUE;                        \
        return is_kind ? (const wasm_##name##_t *)ref : NULL;                            \
    }

DEFINE_REF_BASE(ref, )
DEFINE_REF(func, kind == API_FUNC)
DEFINE_REF(global, kind == API_GLOBAL)
DEFINE_REF(table, kind == API_TABLE)
DEFINE_REF(memory, kind == API_MEMORY)
DEFINE_REF(extern, kind <= API_MEMORY)
DEFINE_REF(instance, kind == API_INSTANCE)
DEFINE_REF(module, kind == API_MODULE)
DEFINE_REF(trap, kind == API_TRAP)
DEFINE_REF(foreign, kind == API_FOREIGN)

wasm_foreign_t *
wasm_foreign_new(wasm_store_t *store)
{
    return api_ref_new(store, API_FOREIGN, NULL);
}

// ---- Externals ----

wasm_externkind_t
wasm_extern_kind(const wasm_extern_t *it)
{
    switch (it->ref.object->kind) {
    case API_FUNC:
        return WASM_EXTERN_FUNC;
    case API_GLOBAL:
        return WASM_EXTERN_GLOBAL;
    case API_TABLE:
        return WASM_EXTERN_TABLE;
    default:
        return WASM_EXTERN_MEMORY;
    }
}

#define DEFINE_EXTERN(name, its_kind)                                                    \
    wasm_extern_t *wasm_##name##_as_extern(wasm_##name##_t *it)                          \
    {                                                                                    \
        return (wasm_extern_t *)it;                                                      \
    }                                                                                    \
    const wasm_extern_t *wasm_##name##_as_extern_const(const wasm_##name##_t *it)        \
    {                                                                                    \
        return (const wasm_extern_t *)it;                                                \
    }                                                                                    \
    wasm_##name##_t *wasm_extern_as_##name(wasm_extern_t *it)                            \
    {                                                                                    \
        return it && it->ref.object->kind == its_kind ? (wasm_##name##_t *)it : NULL;    \
    }                                                                                    \
    const wasm_##name##_t *wasm_extern_as_##name##_const(const wasm_extern_t *it)        \
    {                                                                                    \
        return it && it->ref.object->kind == its_kind ? (const wasm_##name##_t *)it      \
                                                      : NULL;                            \
    }

DEFINE_EXTERN(func, API_FUNC)
DEFINE_EXTERN(global, API_GLOBAL)
DEFINE_EXTERN(table, API_TABLE)
DEFINE_EXTERN(memory, API_MEMORY)

wasm_externtype_t *
wasm_extern_type(const wasm_extern_t *it)
{
    switch (it->ref.object->kind) {
    case API_FUNC:
        return wasm_functype_as_externtype(wasm_func_type((const wasm_func_t *)it));
    case API_GLOBAL:
        return wasm_globaltype_as_externtype(wasm_global_type((const wasm_global_t *)it));
    case API_TABLE:
        return wasm_tabletype_as_externtype(wasm_table_type((const wasm_table_t *)it));
    default:
        return wasm_memorytype_as_externtype(wasm_memory_type((const wasm_memory_t *)it));
    }
}
