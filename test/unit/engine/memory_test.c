// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>

#include "engine/store.h"
#include "test/unit/engine/test_port.h"

#define NO_MAX UINT64_MAX
#define LIMITS(least, most)                                                              \
    ((struct wasm_limits){.min = (least), .max = (most), .page_log2 = 16})

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
    assert_int_equal(wasm_memory_create(store, LIMITS(min, max), &memory), WASM_OK);
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
    assert_int_equal(wasm_memory_extend(memory, 3), -1);
    assert_int_equal(wasm_memory_extend(memory, UINT32_MAX), -1);
    assert_int_equal(wasm_memory_extend(memory, 2), 1);
    assert_int_equal(wasm_memory_extend(memory, 0), 3);
    assert_int_equal(wasm_memory_extend(memory, 1), -1);
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
    assert_int_equal(wasm_memory_extend(memory, 2), -1);
    assert_int_equal(wasm_memory_extend(memory, 1), 1);
    assert_int_equal(memory->reserved, 2 * WASM_PAGE_SIZE);
    struct wasm_memory *other;
    assert_int_equal(wasm_memory_create(store, LIMITS(3, 3), &other), WASM_NO_MEMORY);
    end_store(store);
}

static void
reaches_all_pages(void **state)
{
    (void)state;
    struct wasm_store *store = make_store(0);
    struct wasm_memory *memory = make_memory(store, 0, NO_MAX);
    assert_int_equal(wasm_memory_extend(memory, WASM_MEMORY_PAGES + 1), -1);
    assert_int_equal(wasm_memory_extend(memory, WASM_MEMORY_PAGES), 0);
    assert_int_equal(wasm_memory_extend(memory, 1), -1);
    wasm_memory_base(memory)[UINT32_MAX] = 1;
    end_store(store);
}

// ---- memory64, custom page sizes ----

static struct wasm_memory *
make_of(struct wasm_store *store, struct wasm_limits limits)
{
    struct wasm_memory *memory;
    assert_int_equal(wasm_memory_create(store, limits, &memory), WASM_OK);
    return memory;
}

static void
reserves_no_more_than_the_limit(void **state)
{
    (void)state;
    struct wasm_store *store = make_store(32 * WASM_PAGE_SIZE);
    struct wasm_limits limits = {.min = 1, .max = NO_MAX, .is_64 = true, .page_log2 = 16};
    struct wasm_memory *memory = make_of(store, limits);
    assert_int_equal(memory->reserved, 32 * WASM_PAGE_SIZE);
    assert_true(wasm_memory_extend(memory, 1ull << 48) == UINT64_MAX);
    assert_true(wasm_memory_extend(memory, UINT64_MAX) == UINT64_MAX);
    assert_int_equal(wasm_memory_extend(memory, 31), 1);
    assert_true(wasm_memory_extend(memory, 1) == UINT64_MAX);
    wasm_memory_base(memory)[32 * WASM_PAGE_SIZE - 1] = 1;
    assert_true(wasm_memory_limits(memory).is_64);
    end_store(store);

    store = make_store(0);
    assert_int_equal(make_of(store, limits)->reserved, 1ull << 32);
    limits.min = (1ull << 48) + 1;
    assert_int_equal(wasm_memory_create(store, limits, &memory), WASM_INVALID);
    limits.min = 1ull << 48;
    assert_int_equal(wasm_memory_create(store, limits, &memory), WASM_NO_MEMORY);
    end_store(store);

    store = make_store(8ull << 30);
    limits.min = 0;
    memory = make_of(store, limits);
    assert_int_equal(wasm_memory_extend(memory, (8ull << 30) / WASM_PAGE_SIZE), 0);
    wasm_memory_base(memory)[(8ull << 30) - 1] = 1;
    end_store(store);
}

static void
has_pages_of_one_byte(void **state)
{
    (void)state;
    struct wasm_store *store = make_store(0);
    struct wasm_memory *memory =
        make_of(store, (struct wasm_limits){.min = 5, .max = 70000, .page_log2 = 0});
    assert_int_equal(wasm_memory_len(memory), 5);
    assert_int_equal(memory->reserved, 2 * WASM_PAGE_SIZE);
    wasm_memory_base(memory)[4] = 9;
    assert_int_equal(wasm_memory_extend(memory, 1), 5);
    assert_int_equal(wasm_memory_base(memory)[5], 0);
    assert_int_equal(wasm_memory_extend(memory, 65531), 6);
    assert_true(wasm_memory_extend(memory, 4464) == UINT64_MAX);
    assert_int_equal(wasm_memory_extend(memory, 4463), 65537);
    assert_int_equal(wasm_memory_len(memory), 70000);
    assert_int_equal(wasm_memory_base(memory)[4], 9);
    wasm_memory_base(memory)[69999] = 1;
    struct wasm_limits limits = {.min = 1, .max = 1, .page_log2 = 1};
    assert_int_equal(wasm_memory_create(store, limits, &memory), WASM_INVALID);
    limits = (struct wasm_limits){.min = (1ull << 32) + 1, .max = NO_MAX};
    assert_int_equal(wasm_memory_create(store, limits, &memory), WASM_INVALID);
    end_store(store);
}

// ---- Shared memories ----

static const struct wasm_limits shared_limits = {
    .min = 1, .max = 4096, .is_shared = true, .page_log2 = 16};

static void
outlives_the_store_that_made_it(void **state)
{
    (void)state;
    struct wasm_store *first = make_store(0);
    struct wasm_store_config config = {0};
    struct wasm_store *second;
    assert_int_equal(wasm_store_create(&port.port, &config, &second), WASM_OK);
    struct wasm_memory *memory = make_of(first, shared_limits);
    assert_int_equal(wasm_memory_adopt(second, memory), WASM_OK);
    assert_int_equal(wasm_memory_adopt(second, memory), WASM_OK);
    assert_int_equal(memory->holders, 2);
    assert_int_equal(wasm_memory_adopt(second, make_memory(first, 1, 1)), WASM_INVALID);
    struct wasm_memory *other;
    for (uint64_t k = 1; k <= 4; k++) { // struct, addresses, pages, list
        uint64_t live = port.live;
        port.fail_at = port.requests + k;
        assert_int_equal(wasm_memory_create(second, shared_limits, &other),
                         WASM_NO_MEMORY);
        assert_int_equal(port.live, live);
    }
    wasm_store_destroy(first);
    wasm_memory_base(memory)[7] = 7;
    assert_int_equal(wasm_memory_extend(memory, 1), 1);
    end_store(second);
}

#define GROWTHS 1000

static void *
grow_by_one(void *memory)
{
    uintptr_t failed = 0;
    for (uint32_t i = 0; i < GROWTHS; i++) {
        uint64_t old = wasm_memory_extend(memory, 1);
        // What was grown is this thread's own: it writes where nobody else does.
        if (old == UINT64_MAX || wasm_memory_base(memory)[old * WASM_PAGE_SIZE]++ != 0)
            failed++;
    }
    return (void *)failed;
}

static void
grows_in_several_threads(void **state)
{
    (void)state;
    struct wasm_store *store = make_store(0);
    struct wasm_memory *memory = make_of(store, shared_limits);
    pthread_t threads[3];
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, grow_by_one, memory), 0);
    for (size_t i = 0; i < 3; i++) {
        void *failed;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    assert_int_equal(wasm_memory_len(memory), (1 + 3 * GROWTHS) * WASM_PAGE_SIZE);
    end_store(store);
}

static void
refuses_bad_limits(void **state)
{
    (void)state;
    struct wasm_store *store = make_store(0);
    struct wasm_memory *memory;
    assert_int_equal(wasm_memory_create(store, LIMITS(2, 1), &memory), WASM_INVALID);
    assert_int_equal(
        wasm_memory_create(store, LIMITS(WASM_MEMORY_PAGES + 1, NO_MAX), &memory),
        WASM_INVALID);
    assert_int_equal(make_memory(store, 0, 0)->max_len, 0);
    end_store(store);
}

static bool
is_zero(const struct wasm_memory *memory)
{
    const uint8_t *bytes = wasm_memory_base(memory);
    for (uint64_t i = 0; i < wasm_memory_len(memory); i++)
        if (bytes[i])
            return false;
    return true;
}

// What another engine left in memory that it used again (CVE-2022-39393, CVE-2026-34988):
// written to the end, grown, written, given back; and what comes next is empty, at first
// and when it grows.
static void
comes_empty_after_one_that_was_used(void **state)
{
    (void)state;
    static const struct wasm_limits kinds[] = {
        {.min = 1, .max = 4, .page_log2 = 16},
        {.min = 0, .max = 4, .page_log2 = 16},
        {.min = 1, .max = 4, .page_log2 = 16, .is_64 = true},
        {.min = 1, .max = 4, .page_log2 = 16, .is_shared = true},
        {.min = 5, .max = 300000, .page_log2 = 0},
        {.min = 70000, .max = 300000, .page_log2 = 0, .is_64 = true},
    };
    for (size_t i = 0; i < 2 * sizeof(kinds) / sizeof(kinds[0]); i++) {
        const struct wasm_limits *kind = &kinds[i / 2];
        uint64_t more = kind->page_log2 ? 2 : 100001;
        struct wasm_store *store = make_store(0);
        struct wasm_memory *memory;
        assert_int_equal(wasm_memory_create(store, *kind, &memory), WASM_OK);
        assert_int_equal(wasm_memory_len(memory), kind->min << kind->page_log2);
        assert_true(is_zero(memory));
        assert_int_equal(wasm_memory_extend(memory, more), kind->min);
        assert_true(is_zero(memory));
        memset(wasm_memory_base(memory), 0xa5, wasm_memory_len(memory));
        end_store(store);
    }
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
        code = wasm_memory_create(store, LIMITS(1, 2), &memory);
        if (code != WASM_OK) {
            assert_int_equal(code, WASM_NO_MEMORY);
            assert_int_equal(port.live, live);
        }
    }
    port.fail_at = port.requests + 1;
    assert_int_equal(wasm_memory_extend(memory, 1), -1);
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
        cmocka_unit_test(reserves_no_more_than_the_limit),
        cmocka_unit_test(has_pages_of_one_byte),
        cmocka_unit_test(outlives_the_store_that_made_it),
        cmocka_unit_test(grows_in_several_threads),
        cmocka_unit_test(refuses_bad_limits),
        cmocka_unit_test(comes_empty_after_one_that_was_used),
        cmocka_unit_test(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
