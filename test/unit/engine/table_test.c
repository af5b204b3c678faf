// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/store.h"
#include "test/unit/engine/test_port.h"

static struct test_port port;
static struct wasm_store *store;

static int
setup(void **state)
{
    (void)state;
    struct wasm_store_config config = {0};
    return wasm_store_create(test_port_init(&port), &config, &store) == WASM_OK ? 0 : -1;
}

static int
teardown(void **state)
{
    (void)state;
    wasm_store_destroy(store);
    return port.live == 0 ? 0 : -1;
}

static struct wasm_table *
make_table(uint64_t min, uint64_t max)
{
    struct wasm_table *table;
    assert_int_equal(wasm_table_create(store, WASM_TYPE_EXTERNREF,
                                       (struct wasm_limits){.min = min, .max = max},
                                       &table),
                     WASM_OK);
    return table;
}

static void
grows_to_its_maximum(void **state)
{
    (void)state;
    struct wasm_table *table = make_table(2, 5);
    assert_int_equal(wasm_table_extend(table, &port, 4), -1);
    assert_int_equal(wasm_table_extend(table, &port, 3), 2);
    assert_int_equal(wasm_table_extend(table, NULL, 0), 5);
    assert_int_equal(wasm_table_len(table), 5);
    union wasm_value value;
    assert_true(wasm_table_elem(table, 1, &value));
    assert_null(value.ref);
    assert_true(wasm_table_elem(table, 4, &value));
    assert_ptr_equal(value.ref, &port);
    assert_false(wasm_table_elem(table, 5, &value));
}

static void
grows_one_by_one(void **state)
{
    (void)state;
    struct wasm_table *table = make_table(0, UINT64_MAX);
    for (uint32_t i = 0; i < 1000; i++)
        assert_int_equal(wasm_table_extend(table, (void *)(uintptr_t)i, 1), i);
    assert_true(port.requests < 30);
    for (uint32_t i = 0; i < 1000; i++) {
        union wasm_value value;
        assert_true(wasm_table_elem(table, i, &value));
        assert_int_equal((uintptr_t)value.ref, i);
    }
}

static void
has_a_limit(void **state)
{
    (void)state;
    struct wasm_table *table;
    struct wasm_limits limits = {.min = UINT32_MAX, .max = UINT64_MAX};
    assert_int_equal(wasm_table_create(store, WASM_TYPE_FUNCREF, limits, &table),
                     WASM_NO_MEMORY);
    limits = (struct wasm_limits){.min = 2, .max = 1};
    assert_int_equal(wasm_table_create(store, WASM_TYPE_FUNCREF, limits, &table),
                     WASM_INVALID);
    table = make_table(0, UINT64_MAX);
    assert_int_equal(wasm_table_extend(table, NULL, UINT32_MAX), -1);
    assert_int_equal(wasm_table_len(table), 0);
    make_table(WASM_LIMIT_TABLE_ENTRIES - 1, UINT64_MAX);
    assert_int_equal(wasm_table_extend(table, NULL, 2), -1);
    assert_int_equal(wasm_table_extend(table, NULL, 1), 0);
    limits = (struct wasm_limits){.min = 1, .max = 1};
    assert_int_equal(wasm_table_create(store, WASM_TYPE_FUNCREF, limits, &table),
                     WASM_NO_MEMORY);
}

static void
survives_any_failed_allocation(void **state)
{
    (void)state;
    struct wasm_table *table;
    enum wasm_error_code code = WASM_NO_MEMORY;
    for (uint64_t k = 1; code != WASM_OK; k++) {
        uint64_t live = port.live;
        port.fail_at = port.requests + k;
        code = wasm_table_create(store, WASM_TYPE_FUNCREF,
                                 (struct wasm_limits){.min = 1, .max = 9}, &table);
        assert_true(code == WASM_OK || port.live == live);
    }
    port.fail_at = port.requests + 1;
    assert_int_equal(wasm_table_extend(table, NULL, 3), -1);
    assert_int_equal(wasm_table_extend(table, NULL, 3), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(grows_to_its_maximum),
        TEST(grows_one_by_one),
        TEST(has_a_limit),
        TEST(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
