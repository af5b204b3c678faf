// SPDX-License-Identifier: Apache-2.0
//
// A store on a test port, and modules and instances in it, for tests that expect those to
// work. Whatever does not fails the test with the engine's message.
#pragma once

#include "test/unit/engine/builder.h"
#include "test/unit/engine/test_port.h"

#define FIXTURE_MODULES 4

struct fixture {
    struct test_port port;
    struct wasm_store *store;
    struct wasm_module *modules[FIXTURE_MODULES];
    uint32_t module_count;
    struct wasm_trap trap;   // of the last call or instantiation
    struct wasm_error error; // of the last instantiation
};

// The struct must stay where it is; signals become traps of its store.
void fixture_init(struct fixture *f);
// Destroys all, and looks that the port got everything back.
void fixture_fini(struct fixture *f);

struct wasm_module *fixture_module(struct fixture *f, const struct builder *b);
struct wasm_instance *fixture_instantiate(struct fixture *f,
                                          const struct wasm_module *module,
                                          const struct wasm_extern *imports,
                                          uint32_t count);
struct wasm_extern fixture_export(struct wasm_instance *instance, const char *name);
// Calls an export without parameters and with at most one result.
enum wasm_error_code fixture_call(struct fixture *f, struct wasm_instance *instance,
                                  const char *name, union wasm_value *result);

struct wasm_extern fixture_func(struct fixture *f, const struct wasm_functype *type,
                                void (*code)(void), void *env);
struct wasm_extern fixture_table(struct fixture *f, wasm_type_t type, uint64_t min,
                                 uint64_t max);
struct wasm_extern fixture_memory(struct fixture *f, uint64_t min, uint64_t max);
struct wasm_extern fixture_global(struct fixture *f, wasm_type_t type, bool is_mutable,
                                  uint64_t value);
