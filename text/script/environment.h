// SPDX-License-Identifier: Apache-2.0
//
// What a script has made so far: a store, modules, and instances under the names that the
// script gave them. All lists have the newest first.
#pragma once

#include "text/script/script.h"
#include "text/script/spectest.h"

// A module and the bytes that it is read from; both live as long as the environment.
struct script_loaded {
    struct script_loaded *next;
    struct wasm_module *module;
    uint8_t *bytes;
    size_t len;
    char *name;
    uint32_t name_len;
};

// A shared memory that another thread's instance exports.
struct script_shared {
    struct script_shared *next;
    struct wasm_memory *memory;
    uint32_t name_len;
    char name[];
};

struct script_instance {
    struct script_instance *next;
    struct wasm_instance *instance; // NULL: it could not be made, or is `is_foreign`
    bool is_skipped;                // and that was expected
    bool is_foreign;                // of another thread: it has `shared` and no more
    const struct script_shared *shared;
    uint32_t name_len;
    char name[];
};

struct script_environment {
    const struct script_host *host;
    struct wasm_store *store;
    struct spectest spectest;
    struct script_loaded *modules;
    struct script_instance *instances;
    struct script_instance *registered;
};

// False: no memory. The environment stays in place.
bool environment_init(struct script_environment *env, const struct script_host *host);
void environment_fini(struct script_environment *env);

// Compiles bytes of the port's heap, which belong to the environment from now on.
enum wasm_error_code environment_load(struct script_environment *env,
                                      struct wasm_name name, uint8_t *bytes, size_t len,
                                      struct wasm_module **out, struct wasm_error *error);

// The latest module of that name, or the latest of all when it is empty. NULL: none.
struct wasm_module *environment_module(const struct script_environment *env,
                                       struct wasm_name name);
// Likewise for instances; those of other threads have to be named.
const struct script_instance *environment_instance(const struct script_environment *env,
                                                   struct wasm_name name);

// Resolves the imports and instantiates. *is_skipped: an import is from an instance that
// was skipped, so the outcome means nothing.
enum wasm_error_code environment_instantiate(struct script_environment *env,
                                             const struct wasm_module *module,
                                             struct wasm_instance **out,
                                             struct wasm_trap *trap,
                                             struct wasm_error *error, bool *is_skipped);

// Adds a copy of `instance` under the name, to be found as an instance, or as a module
// that imports come from. False: no memory.
bool environment_add(struct script_environment *env, struct wasm_name name,
                     const struct script_instance *instance);
bool environment_register(struct script_environment *env, struct wasm_name name,
                          const struct script_instance *instance);

// The shared memories that an instance exports, for an environment of another thread.
// False: no memory; *out is to be destroyed in any case.
bool environment_share(const struct script_environment *env,
                       const struct script_instance *instance,
                       struct script_shared **out);
void environment_unshare(const struct wasm_port *port, struct script_shared *shared);
// Makes them usable in this environment's store.
bool environment_adopt(struct script_environment *env,
                       const struct script_shared *shared);
