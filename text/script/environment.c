// SPDX-License-Identifier: Apache-2.0
#include "text/script/environment.h"

#include "base/fmt.h"
#include "base/string.h"

static bool
name_is(struct wasm_name name, const char *bytes, size_t len)
{
    return name.len == len && memcmp(name.bytes, bytes, len) == 0;
}

static void *
alloc(const struct wasm_port *port, size_t len)
{
    return port->heap_alloc(port->context, len);
}

static void
free_bytes(const struct wasm_port *port, void *bytes, size_t len)
{
    port->heap_free(port->context, bytes, len);
}

// ---- The environment ----

bool
environment_init(struct script_environment *env, const struct script_host *host)
{
    *env = (struct script_environment){.host = host};
    struct wasm_store_config config = host->store_config(host->context);
    if (wasm_store_create(host->port, &config, &env->store)) {
        env->store = NULL;
        return false;
    }
    host->use_store(host->context, env->store);
    return spectest_create(&env->spectest, env->store, host->print, host->context);
}

static void
free_instances(const struct wasm_port *port, struct script_instance *list)
{
    while (list) {
        struct script_instance *next = list->next;
        free_bytes(port, list, sizeof(*list) + list->name_len + 1);
        list = next;
    }
}

void
environment_fini(struct script_environment *env)
{
    const struct wasm_port *port = env->host->port;
    env->host->use_store(env->host->context, NULL);
    if (env->store)
        wasm_store_destroy(env->store);
    while (env->modules) {
        struct script_loaded *loaded = env->modules;
        env->modules = loaded->next;
        wasm_module_destroy(loaded->module);
        free_bytes(port, loaded->bytes, loaded->len + 1);
        free_bytes(port, loaded->name, loaded->name_len + 1);
        free_bytes(port, loaded, sizeof(*loaded));
    }
    free_instances(port, env->instances);
    free_instances(port, env->registered);
}

// ---- Modules ----

static struct script_loaded *
loaded_create(const struct wasm_port *port, struct wasm_name name)
{
    struct script_loaded *loaded = alloc(port, sizeof(*loaded));
    char *copy = alloc(port, (size_t)name.len + 1);
    if (loaded && copy) {
        if (name.len)
            memcpy(copy, name.bytes, name.len);
        loaded->name = copy;
        loaded->name_len = name.len;
        return loaded;
    }
    if (loaded)
        free_bytes(port, loaded, sizeof(*loaded));
    if (copy)
        free_bytes(port, copy, (size_t)name.len + 1);
    return NULL;
}

static enum wasm_error_code
no_memory(struct wasm_error *error)
{
    *error = (struct wasm_error){.code = WASM_NO_MEMORY};
    (void)fmt_string(error->message, sizeof(error->message), "out of memory");
    return WASM_NO_MEMORY;
}

enum wasm_error_code
environment_load(struct script_environment *env, struct wasm_name name, uint8_t *bytes,
                 size_t len, struct wasm_module **out, struct wasm_error *error)
{
    const struct wasm_port *port = env->host->port;
    struct script_loaded *loaded = loaded_create(port, name);
    enum wasm_error_code code =
        loaded ? wasm_module_create(port, bytes, len, out, error) : no_memory(error);
    if (code == WASM_OK) {
        loaded->module = *out;
        loaded->bytes = bytes;
        loaded->len = len;
        loaded->next = env->modules;
        env->modules = loaded;
        return WASM_OK;
    }
    if (loaded) {
        free_bytes(port, loaded->name, loaded->name_len + 1);
        free_bytes(port, loaded, sizeof(*loaded));
    }
    free_bytes(port, bytes, len + 1);
    return code;
}

struct wasm_module *
environment_module(const struct script_environment *env, struct wasm_name name)
{
    for (const struct script_loaded *l = env->modules; l; l = l->next) {
        if (!name.len || name_is(name, l->name, l->name_len))
            return l->module;
    }
    return NULL;
}

// ---- Instances ----

const struct script_instance *
environment_instance(const struct script_environment *env, struct wasm_name name)
{
    for (const struct script_instance *i = env->instances; i; i = i->next) {
        if (name.len ? name_is(name, i->name, i->name_len) : !i->is_foreign)
            return i;
    }
    return NULL;
}

static bool
prepend(const struct wasm_port *port, struct script_instance **list,
        struct wasm_name name, const struct script_instance *instance)
{
    struct script_instance *added = alloc(port, sizeof(*added) + name.len + 1);
    if (!added)
        return false;
    *added = *instance;
    added->name_len = name.len;
    if (name.len)
        memcpy(added->name, name.bytes, name.len);
    added->next = *list;
    *list = added;
    return true;
}

bool
environment_add(struct script_environment *env, struct wasm_name name,
                const struct script_instance *instance)
{
    return prepend(env->host->port, &env->instances, name, instance);
}

bool
environment_register(struct script_environment *env, struct wasm_name name,
                     const struct script_instance *instance)
{
    return prepend(env->host->port, &env->registered, name, instance);
}

// ---- Imports ----

static bool
find_shared(const struct script_shared *list, struct wasm_name name,
            struct wasm_extern *out)
{
    for (const struct script_shared *s = list; s; s = s->next) {
        if (name_is(name, s->name, s->name_len)) {
            *out = (struct wasm_extern){.kind = WASM_KIND_MEMORY, .memory = s->memory};
            return true;
        }
    }
    return false;
}

static bool
resolve_import(const struct script_environment *env, const struct wasm_import *import,
               struct wasm_extern *out, bool *is_skipped)
{
    for (const struct script_instance *i = env->registered; i; i = i->next) {
        if (!name_is(import->module, i->name, i->name_len))
            continue;
        *is_skipped |= i->is_skipped;
        if (i->is_foreign)
            return find_shared(i->shared, import->name, out);
        return i->instance && wasm_instance_export(i->instance, import->name.bytes,
                                                   import->name.len, out);
    }
    return name_is(import->module, "spectest", 8) &&
           spectest_export(&env->spectest, import->name, out);
}

static enum wasm_error_code
resolve_imports(struct script_environment *env, const struct wasm_module *module,
                struct wasm_extern *out, struct wasm_error *error, bool *is_skipped)
{
    for (uint32_t i = 0; i < wasm_module_import_count(module); i++) {
        struct wasm_import import;
        wasm_module_import(module, i, &import);
        if (resolve_import(env, &import, &out[i], is_skipped))
            continue;
        *error = (struct wasm_error){.code = WASM_UNLINKABLE};
        (void)fmt_string(error->message, sizeof(error->message),
                         "unknown import: %.*s.%.*s", (int)import.module.len,
                         import.module.bytes, (int)import.name.len, import.name.bytes);
        return WASM_UNLINKABLE;
    }
    return WASM_OK;
}

enum wasm_error_code
environment_instantiate(struct script_environment *env, const struct wasm_module *module,
                        struct wasm_instance **out, struct wasm_trap *trap,
                        struct wasm_error *error, bool *is_skipped)
{
    const struct wasm_port *port = env->host->port;
    uint32_t count = wasm_module_import_count(module);
    size_t len = ((size_t)count + 1) * sizeof(struct wasm_extern);
    struct wasm_extern *externs = alloc(port, len);
    *is_skipped = false;
    if (!externs)
        return no_memory(error);
    enum wasm_error_code code = resolve_imports(env, module, externs, error, is_skipped);
    if (code == WASM_OK)
        code = wasm_instance_create(env->store, module, externs, count, out, trap, error);
    free_bytes(port, externs, len);
    return code;
}

// ---- Between threads ----

static bool
share_export(const struct script_environment *env, struct wasm_instance *instance,
             const struct wasm_export *export, struct script_shared **list)
{
    struct wasm_extern value;
    if (export->type.kind != WASM_KIND_MEMORY || !export->type.limits.is_shared ||
        !wasm_instance_export(instance, export->name.bytes, export->name.len, &value))
        return true;
    struct script_shared *shared =
        alloc(env->host->port, sizeof(*shared) + export->name.len + 1);
    if (!shared)
        return false;
    shared->memory = value.memory;
    shared->name_len = export->name.len;
    if (export->name.len)
        memcpy(shared->name, export->name.bytes, export->name.len);
    shared->next = *list;
    *list = shared;
    return true;
}

// Copies a list, for an instance that is itself of another thread.
static bool
share_again(const struct script_environment *env, const struct script_shared *from,
            struct script_shared **list)
{
    for (; from; from = from->next) {
        size_t len = sizeof(*from) + from->name_len + 1;
        struct script_shared *copy = alloc(env->host->port, len);
        if (!copy)
            return false;
        memcpy(copy, from, len);
        copy->next = *list;
        *list = copy;
    }
    return true;
}

bool
environment_share(const struct script_environment *env,
                  const struct script_instance *instance, struct script_shared **out)
{
    *out = NULL;
    if (instance->is_foreign)
        return share_again(env, instance->shared, out);
    if (!instance->instance)
        return true;
    const struct wasm_module *module = wasm_instance_module(instance->instance);
    for (uint32_t i = 0; i < wasm_module_export_count(module); i++) {
        struct wasm_export export;
        wasm_module_export(module, i, &export);
        if (!share_export(env, instance->instance, &export, out))
            return false;
    }
    return true;
}

void
environment_unshare(const struct wasm_port *port, struct script_shared *shared)
{
    while (shared) {
        struct script_shared *next = shared->next;
        free_bytes(port, shared, sizeof(*shared) + shared->name_len + 1);
        shared = next;
    }
}

bool
environment_adopt(struct script_environment *env, const struct script_shared *shared)
{
    for (; shared; shared = shared->next) {
        if (wasm_memory_adopt(env->store, shared->memory))
            return false;
    }
    return true;
}
