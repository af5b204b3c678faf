// SPDX-License-Identifier: Apache-2.0
//
// What other engines have mixed up: index spaces with imports, types of several modules,
// and memory of instances that are gone.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "test/unit/engine/builder.h"
#include "test/unit/engine/test_port.h"

static struct test_port port;
static struct wasm_store *store;
static struct wasm_trap trap;

static void
begin_store(void)
{
    struct wasm_store_config config = {.stack_limit = test_port_stack_limit()};
    assert_int_equal(wasm_store_create(&port.port, &config, &store), WASM_OK);
    test_port_set_store(store);
}

static struct wasm_module *
make_module(const struct builder *b)
{
    struct wasm_module *module;
    struct wasm_error error;
    if (wasm_module_create(&port.port, b->bytes, b->len, &module, &error) != WASM_OK)
        fail_msg("%s", error.message);
    return module;
}

static struct wasm_instance *
instantiate(const struct wasm_module *module, const struct wasm_extern *imports,
            uint32_t count)
{
    struct wasm_instance *instance = NULL;
    struct wasm_error error;
    if (wasm_instance_create(store, module, imports, count, &instance, &trap, &error) !=
        WASM_OK)
        fail_msg("%s", error.message);
    return instance;
}

static enum wasm_error_code
call(struct wasm_instance *instance, const char *name, uint32_t *result)
{
    struct wasm_extern found;
    assert_true(wasm_instance_export(instance, name, 1, &found));
    union wasm_value value = {0};
    enum wasm_error_code code = wasm_func_call(store, found.func, NULL, &value, &trap);
    *result = value.i32;
    return code;
}

static uint32_t
call_ok(struct wasm_instance *instance, const char *name)
{
    uint32_t result;
    assert_int_equal(call(instance, name, &result), WASM_OK);
    return result;
}

static void
keeps_index_spaces_apart(void **state)
{
    (void)state;
    struct builder b;
    builder_init(&b);
    builder_section(&b, 1, BYTES(1, 0x60, 0, 1, 0x7f));
    builder_section(&b, 2,
                    BYTES(2, 1, 'm', 1, 't', 1, 0x6f, 0, 1, //
                          1, 'm', 1, 'g', 3, 0x7f, 0));
    builder_section(&b, 3, BYTES(5, 0, 0, 0, 0, 0));
    builder_section(&b, 4, BYTES(2, 0x6f, 0, 2, 0x6f, 0, 3));
    builder_section(&b, 6, BYTES(1, 0x7f, 0, 0x41, 9, 0x0b));
    builder_section(&b, 7,
                    BYTES(5, 1, '0', 0, 0, 1, '1', 0, 1, 1, '2', 0, 2, 1, 'g', 0, 3, //
                          1, 's', 0, 4));
    builder_section(&b, 10,
                    BYTES(5,                                            //
                          5, 0, 0xfc, 16, 0, 0x0b,                      // table.size
                          5, 0, 0xfc, 16, 1, 0x0b,                      //
                          5, 0, 0xfc, 16, 2, 0x0b,                      //
                          9, 0, 0xd0, 0x6f, 0x41, 5, 0xfc, 15, 1, 0x0b, // table.grow
                          10, 0, 0x23, 0, 0x41, 10, 0x6c, 0x23, 1, 0x6a, 0x0b));

    test_port_init(&port);
    begin_store();
    struct wasm_module *module = make_module(&b);
    struct wasm_extern imports[2] = {{.kind = WASM_KIND_TABLE},
                                     {.kind = WASM_KIND_GLOBAL}};
    assert_int_equal(wasm_table_create(store, WASM_EXTERNREF, (struct wasm_limits){1, 1},
                                       &imports[0].table),
                     WASM_OK);
    assert_int_equal(wasm_global_create(store, WASM_I32, false,
                                        (union wasm_value){.i32 = 4}, &imports[1].global),
                     WASM_OK);
    struct wasm_instance *instance = instantiate(module, imports, 2);
    assert_int_equal(call_ok(instance, "g"), 2);
    assert_int_equal(call_ok(instance, "0"), 1);
    assert_int_equal(call_ok(instance, "1"), 7);
    assert_int_equal(call_ok(instance, "2"), 3);
    assert_int_equal(call_ok(instance, "s"), 49);
    wasm_store_destroy(store);
    wasm_module_destroy(module);
    assert_int_equal(port.live, 0);
}

static void
compares_types_not_their_indices(void **state)
{
    (void)state;
    struct builder a, b;
    // a: function 0 () -> i32, which gives 42, in slot 0 of the table.
    builder_init(&a);
    builder_section(&a, 1, BYTES(1, 0x60, 0, 1, 0x7f));
    builder_section(&a, 2, BYTES(1, 1, 'm', 1, 't', 1, 0x70, 0, 1));
    builder_section(&a, 3, BYTES(1, 0));
    builder_section(&a, 9, BYTES(1, 0, 0x41, 0, 0x0b, 1, 0));
    builder_code(&a, BYTES(0, 0x41, 42, 0x0b));
    // b: calls it as type 1, () -> i32, and as type 0, () -> i64.
    builder_init(&b);
    builder_section(&b, 1, BYTES(2, 0x60, 0, 1, 0x7e, 0x60, 0, 1, 0x7f));
    builder_section(&b, 2, BYTES(1, 1, 'm', 1, 't', 1, 0x70, 0, 1));
    builder_section(&b, 3, BYTES(2, 1, 1));
    builder_section(&b, 7, BYTES(2, 1, 'r', 0, 0, 1, 'w', 0, 1));
    builder_section(&b, 10,
                    BYTES(2, 7, 0, 0x41, 0, 0x11, 1, 0, 0x0b, //
                          8, 0, 0x41, 0, 0x11, 0, 0, 0xa7, 0x0b));

    test_port_init(&port);
    begin_store();
    struct wasm_module *modules[2] = {make_module(&a), make_module(&b)};
    struct wasm_extern table = {.kind = WASM_KIND_TABLE};
    assert_int_equal(
        wasm_table_create(store, WASM_FUNCREF, (struct wasm_limits){1, 1}, &table.table),
        WASM_OK);
    instantiate(modules[0], &table, 1);
    struct wasm_instance *caller = instantiate(modules[1], &table, 1);
    uint32_t result;
    assert_int_equal(call_ok(caller, "r"), 42);
    assert_int_equal(call(caller, "w", &result), WASM_TRAP);
    assert_int_equal(trap.code, WASM_TRAP_INDIRECT_TYPE);
    wasm_store_destroy(store);
    wasm_module_destroy(modules[0]);
    wasm_module_destroy(modules[1]);
    assert_int_equal(port.live, 0);
}

// "w" grows memory by a page and writes to it; "r" reads the first page; "o" the second.
static void
leaves_nothing_to_the_next_instance(void **state)
{
    (void)state;
    struct builder b;
    builder_init(&b);
    builder_section(&b, 1, BYTES(1, 0x60, 0, 1, 0x7f));
    builder_section(&b, 3, BYTES(3, 0, 0, 0));
    builder_section(&b, 5, BYTES(1, 0, 1));
    builder_section(&b, 7, BYTES(3, 1, 'w', 0, 0, 1, 'r', 0, 1, 1, 'o', 0, 2));
    builder_section(&b, 10,
                    BYTES(3,                                        //
                          22, 0, 0x41, 1, 0x40, 0,                  //
                          0x41, 0xf0, 0xff, 3, 0x41, 7, 0x36, 0, 0, //
                          0x41, 8, 0x41, 7, 0x36, 0, 0, 0x0b,       //
                          7, 0, 0x41, 8, 0x28, 0, 0, 0x0b,          //
                          9, 0, 0x41, 0x80, 0x80, 4, 0x28, 0, 0, 0x0b));

    test_port_init(&port);
    struct wasm_module *module = make_module(&b);
    for (int round = 0; round < 3; round++) {
        begin_store();
        struct wasm_instance *instance = instantiate(module, NULL, 0);
        uint32_t result;
        assert_int_equal(call_ok(instance, "r"), 0);
        assert_int_equal(call(instance, "o", &result), WASM_TRAP);
        assert_int_equal(call_ok(instance, "w"), 1);
        assert_int_equal(call_ok(instance, "r"), 7);
        assert_int_equal(call_ok(instance, "o"), 0);
        wasm_store_destroy(store);
    }
    wasm_module_destroy(module);
    assert_int_equal(port.live, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_index_spaces_apart),
        cmocka_unit_test(compares_types_not_their_indices),
        cmocka_unit_test(leaves_nothing_to_the_next_instance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
