// SPDX-License-Identifier: Apache-2.0
#include "test/spec/environment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/spec/file.h"

bool
environment_init(struct environment *env, uint32_t room)
{
    *env = (struct environment){0};
    const struct wasm_port *port = test_port_init(&env->port);
    struct wasm_store_config config = {.stack_limit = test_port_stack_limit()};
    env->modules = calloc(room, sizeof(*env->modules));
    env->instances = calloc(room, sizeof(*env->instances));
    env->registered = calloc(room, sizeof(*env->registered));
    if (!env->modules || !env->instances || !env->registered ||
        wasm_store_create(port, &config, &env->store))
        return false;
    test_port_set_store(env->store);
    return spectest_create(&env->spectest, env->store);
}

uint64_t
environment_fini(struct environment *env)
{
    test_port_set_store(NULL);
    wasm_store_destroy(env->store);
    for (uint32_t i = 0; i < env->module_count; i++) {
        wasm_module_destroy(env->modules[i].module);
        free(env->modules[i].bytes);
    }
    free(env->modules);
    free(env->instances);
    free(env->registered);
    return env->port.live;
}

enum wasm_error_code
environment_load(struct environment *env, const char *path, const char *name,
                 struct wasm_module **out, struct wasm_error *error)
{
    size_t len = 0;
    uint8_t *bytes = file_read(path, 0, &len);
    if (!bytes) {
        snprintf(error->message, sizeof(error->message), "no file %s", path);
        return error->code = WASM_NO_MEMORY;
    }
    enum wasm_error_code code =
        wasm_module_create(&env->port.port, bytes, len, out, error);
    if (code) {
        free(bytes);
        return code;
    }
    env->modules[env->module_count++] = (struct loaded_module){name, bytes, *out};
    return WASM_OK;
}

struct wasm_module *
environment_module(const struct environment *env, const char *name)
{
    for (uint32_t i = env->module_count; i-- > 0;) {
        if (*name == '\0' || strcmp(env->modules[i].name, name) == 0)
            return env->modules[i].module;
    }
    return NULL;
}

const struct named_instance *
environment_instance(const struct environment *env, const char *name)
{
    for (uint32_t i = env->instance_count; i-- > 0;) {
        if (*name == '\0' || strcmp(env->instances[i].name, name) == 0)
            return &env->instances[i];
    }
    return NULL;
}

static const struct named_instance *
find_registered(const struct environment *env, struct wasm_name name)
{
    for (uint32_t i = env->registered_count; i-- > 0;) {
        const char *own = env->registered[i].name;
        if (strlen(own) == name.len && memcmp(own, name.bytes, name.len) == 0)
            return &env->registered[i];
    }
    return NULL;
}

static bool
resolve_import(const struct environment *env, const struct wasm_import *import,
               struct wasm_extern *out, bool *is_skipped)
{
    const struct named_instance *from = find_registered(env, import->module);
    if (from && from->instance)
        return wasm_instance_export(from->instance, import->name.bytes, import->name.len,
                                    out);
    if (from)
        *is_skipped = from->is_skipped;
    bool is_spectest = import->module.len == strlen("spectest") &&
                       memcmp(import->module.bytes, "spectest", import->module.len) == 0;
    return is_spectest && spectest_export(&env->spectest, import->name, out);
}

enum wasm_error_code
environment_instantiate(struct environment *env, const struct wasm_module *module,
                        struct wasm_instance **out, struct wasm_trap *trap,
                        struct wasm_error *error, bool *is_skipped)
{
    uint32_t count = wasm_module_import_count(module);
    struct wasm_extern *externs = calloc(count + 1, sizeof(*externs));
    enum wasm_error_code code = WASM_OK;
    *is_skipped = false;
    for (uint32_t i = 0; i < count && code == WASM_OK; i++) {
        struct wasm_import import;
        wasm_module_import(module, i, &import);
        if (!resolve_import(env, &import, &externs[i], is_skipped)) {
            snprintf(error->message, sizeof(error->message), "unknown import");
            code = error->code = WASM_UNLINKABLE;
        }
    }
    if (code == WASM_OK)
        code = wasm_instance_create(env->store, module, externs, count, out, trap, error);
    free(externs);
    return code;
}

void
environment_add(struct environment *env, struct named_instance instance)
{
    env->instances[env->instance_count++] = instance;
}

void
environment_register(struct environment *env, struct named_instance instance)
{
    env->registered[env->registered_count++] = instance;
}
