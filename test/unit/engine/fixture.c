// SPDX-License-Identifier: Apache-2.0
#include "test/unit/engine/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

void
fixture_init(struct fixture *f)
{
    struct wasm_store_config config = {.stack_limit = test_port_stack_limit()};
    memset(f, 0, sizeof(*f));
    assert_int_equal(wasm_store_create(test_port_init(&f->port), &config, &f->store),
                     WASM_OK);
    test_port_set_store(f->store);
}

void
fixture_fini(struct fixture *f)
{
    test_port_set_store(NULL);
    wasm_store_destroy(f->store);
    while (f->module_count)
        wasm_module_destroy(f->modules[--f->module_count]);
    assert_int_equal(f->port.live, 0);
}

struct wasm_module *
fixture_module(struct fixture *f, const struct builder *b)
{
    struct wasm_module *module;
    struct wasm_error error;
    assert_true(f->module_count < FIXTURE_MODULES);
    if (wasm_module_create(&f->port.port, b->bytes, b->len, &module, &error) != WASM_OK)
        fail_msg("%s", error.message);
    f->modules[f->module_count++] = module;
    return module;
}

struct wasm_instance *
fixture_instantiate(struct fixture *f, const struct wasm_module *module,
                    const struct wasm_extern *imports, uint32_t count)
{
    struct wasm_instance *instance;
    if (wasm_instance_create(f->store, module, imports, count, &instance, &f->trap,
                             &f->error) != WASM_OK)
        fail_msg("%s", f->error.message);
    return instance;
}

struct wasm_extern
fixture_export(struct wasm_instance *instance, const char *name)
{
    struct wasm_extern found;
    assert_true(wasm_instance_export(instance, name, strlen(name), &found));
    return found;
}

enum wasm_error_code
fixture_call(struct fixture *f, struct wasm_instance *instance, const char *name,
             union wasm_value *result)
{
    struct wasm_func *func = fixture_export(instance, name).func;
    return wasm_func_invoke(f->store, func, NULL, result, &f->trap);
}

struct wasm_extern
fixture_func(struct fixture *f, const struct wasm_functype *type, void (*code)(void),
             void *env)
{
    struct wasm_extern made = {.kind = WASM_KIND_FUNC};
    assert_int_equal(wasm_func_create(f->store, type, code, env, &made.func), WASM_OK);
    return made;
}

struct wasm_extern
fixture_table(struct fixture *f, wasm_type_t type, uint64_t min, uint64_t max)
{
    struct wasm_extern made = {.kind = WASM_KIND_TABLE};
    assert_int_equal(wasm_table_create(f->store, type,
                                       (struct wasm_limits){.min = min, .max = max},
                                       &made.table),
                     WASM_OK);
    return made;
}

struct wasm_extern
fixture_memory(struct fixture *f, uint64_t min, uint64_t max)
{
    struct wasm_extern made = {.kind = WASM_KIND_MEMORY};
    assert_int_equal(
        wasm_memory_create(f->store,
                           (struct wasm_limits){.min = min, .max = max, .page_log2 = 16},
                           &made.memory),
        WASM_OK);
    return made;
}

struct wasm_extern
fixture_global(struct fixture *f, wasm_type_t type, bool is_mutable, uint64_t value)
{
    struct wasm_extern made = {.kind = WASM_KIND_GLOBAL};
    assert_int_equal(wasm_global_create(f->store, type, is_mutable,
                                        (union wasm_value){.i64 = value}, &made.global),
                     WASM_OK);
    return made;
}
