// SPDX-License-Identifier: Apache-2.0
//
// What a script has made so far: a store, modules, and instances under the names that the
// script gave them.
#pragma once

#include "test/spec/spectest.h"
#include "test/unit/engine/test_port.h"

struct loaded_module {
    const char *name; // "" when it has none
    uint8_t *bytes;
    struct wasm_module *module;
};

struct named_instance {
    const char *name;               // "" when it has none
    struct wasm_instance *instance; // NULL: it could not be made
    bool is_skipped;                // and that was expected
};

struct environment {
    struct test_port port;
    struct wasm_store *store;
    struct spectest spectest;
    struct loaded_module *modules; // those that compiled
    uint32_t module_count;
    struct named_instance *instances; // in the order of the script
    uint32_t instance_count;
    struct named_instance *registered;
    uint32_t registered_count;
};

// `room`: commands of the script, which bounds what it can make.
bool environment_init(struct environment *env, uint32_t room);
// Returns how many blocks the engine did not give back.
uint64_t environment_fini(struct environment *env);

// Reads the file and compiles it; the module stays until environment_fini. `name` must
// stay.
enum wasm_error_code environment_load(struct environment *env, const char *path,
                                      const char *name, struct wasm_module **out,
                                      struct wasm_error *error);

// The latest module of that name, or the latest of all when it is "". NULL: there is
// none.
struct wasm_module *environment_module(const struct environment *env, const char *name);
// Likewise for instances.
const struct named_instance *environment_instance(const struct environment *env,
                                                  const char *name);

// Resolves the imports and instantiates. *is_skipped: an import is from an instance that
// was skipped, so the outcome means nothing.
enum wasm_error_code environment_instantiate(struct environment *env,
                                             const struct wasm_module *module,
                                             struct wasm_instance **out,
                                             struct wasm_trap *trap,
                                             struct wasm_error *error, bool *is_skipped);
void environment_add(struct environment *env, struct named_instance instance);
void environment_register(struct environment *env, struct named_instance instance);
