// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/store.h"
#include "test/unit/engine/test_port.h"

#define NO_MAX UINT64_MAX

static struct test_port port;

static struct wasm_store *
make_store(uint64_t memory_limit)
{
    struct wasm_store_config config = {.memory_limit = memory_limit};
    struct wasm_store *store;
    assert_int_equal(wasm_store_create(test_port_init(&port), &config, &store), WASM_OK);
    return store;
}

static struct wasm_memory *
make_memory(struct wasm_store *store, uint64_t min, uint64_t max)
{
    struct wasm_memory *memory;
    assert_int_equal(wasm_memory_create(store, (struct wasm_limits){min, max}, &memory),
                     WASM_OK);
    return memory;
}

static void
end_store(struct wasm_store *store)
{
    wasm_store_destroy(store);
    assert_int_equal(port.live, 0);
}

static void
grows_to_its_maximum(void **state)
{
    (void)state;
    struct wasm_store *store = make_store(0);
    struct wasm_memory *memory = make_memory(store, 1, 3);
    assert_int_equal(wasm_memory_len(memory), WASM_PAGE_SIZE);
    wasm_memory_base(memory)[WASM_PAGE_SIZE - 1] = 7;
    assert_int_equal(wasm_memory_extend(memory, 3), UINT32_MAX);
    assert_int_equal(wasm_memory_extend(memory, UINT32_MAX), UINT32_MAX);
    assert_int_equal(wasm_memory_extend(memory, 2), 1);
    assert_int_equal(wasm_memory_extend(memory, 0), 3);
    assert_int_equal(wasm_memory_extend(memory, 1), UINT32_MAX);
    assert_int_equal(wasm_memory_base(memory)[WASM_PAGE_SIZE - 1], 7);
    assert_int_equal(wasm_memory_base(memory)[3 * WASM_PAGE_SIZE - 1], 0);
    end_store(store);
}

static void
obeys_the_stores_limit(void **state)
{
    (void)state;
    struct wasm_store *store = make_store(2 * WASM_PAGE_SIZE + 5);
    struct wasm_memory *memory = make_memory(store, 1, NO_MAX);
    assert_int_equal(wasm_memory_extend(memory, 2), UINT32_MAX);
    assert_int_equal(wasm_memory_extend(memory, 1), 1);
    assert_int_equal(memory->reserved, 2 * WASM_PAGE_SIZE);
    struct wasm_memory *other;
    assert_int_equal(wasm_memory_create(store, (struct wasm_limits){3, 3}, &other),
                     WASM_NO_MEMORY);
    end_store(store);
}

static void
reaches_all_pages(void **state)
{
    (void)state;
    struct wasm_store *store = make_store(0);
    struct wasm_memory *memory = make_memory(store, 0, NO_MAX);
    assert_int_equal(wasm_memory_extend(memory, WASM_MEMORY_PAGES + 1), UINT32_MAX);
    assert_int_equal(wasm_memory_extend(memory, WASM_MEMORY_PAGES), 0);
    assert_int_equal(wasm_memory_extend(memory, 1), UINT32_MAX);
    wasm_memory_base(memory)[UINT32_MAX] = 1;
    end_store(store);
}

static void
refuses_bad_limits(void **state)
{
    (void)state;
    struct wasm_store *store = make_store(0);
    struct wasm_memory *memory;
    assert_int_equal(wasm_memory_create(store, (struct wasm_limits){2, 1}, &memory),
                     WASM_INVALID);
    assert_int_equal(
        wasm_memory_create(store, (struct wasm_limits){WASM_MEMORY_PAGES + 1, NO_MAX},
                           &memory),
        WASM_INVALID);
    assert_int_equal(make_memory(store, 0, 0)->max_len, 0);
    end_store(store);
}

static void
survives_any_failed_allocation(void **state)
{
    (void)state;
    struct wasm_store *store = make_store(0);
    struct wasm_memory *memory;
    enum wasm_error_code code = WASM_NO_MEMORY;
    for (uint64_t k = 1; code != WASM_OK; k++) {
        uint64_t live = port.live;
        port.fail_at = port.requests + k;
        code = wasm_memory_create(store, (struct wasm_limits){1, 2}, &memory);
        if (code != WASM_OK) {
            assert_int_equal(code, WASM_NO_MEMORY);
            assert_int_equal(port.live, live);
        }
    }
    port.fail_at = port.requests + 1;
    assert_int_equal(wasm_memory_extend(memory, 1), UINT32_MAX);
    assert_int_equal(wasm_memory_len(memory), WASM_PAGE_SIZE);
    assert_int_equal(wasm_memory_extend(memory, 1), 1);
    end_store(store);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_to_its_maximum),
        cmocka_unit_test(obeys_the_stores_limit),
        cmocka_unit_test(reaches_all_pages),
        cmocka_unit_test(refuses_bad_limits),
        cmocka_unit_test(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
