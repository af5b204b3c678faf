// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "abi/domain.h"
#include "libos/frames.h"
#include "libos/heap.h"
#include "test/unit/libos/fake_sk.h"

#define WINDOW (1ull << 32)

struct machine {
    struct sk_boot_info boot;
    struct frames frames;
    struct heap heap;
};

static void
start(struct machine *m, uint32_t runs)
{
    m->boot = fake_boot(runs, WINDOW);
    frames_init(&m->frames, &m->boot);
    assert_true(heap_init(&m->heap, &m->frames));
}

static bool
is_filled(const uint8_t *bytes, uint8_t with, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != with)
            return false;
    }
    return true;
}

static void
test_blocks_are_zero_aligned_and_apart(void **state)
{
    (void)state;
    enum { BLOCKS = 200, ROUNDS = 20000 };
    struct machine m;
    struct block {
        uint8_t *bytes;
        size_t len;
        uint8_t with;
    } blocks[BLOCKS] = {0};
    fake_reset(1 << 16);
    start(&m, 1);
    srand(7);
    for (int round = 0; round < ROUNDS; round++) {
        struct block *b = &blocks[rand() % BLOCKS];
        if (b->bytes) {
            assert_true(is_filled(b->bytes, b->with, b->len));
            heap_free(&m.heap, b->bytes, b->len);
            b->bytes = NULL;
            continue;
        }
        b->len = (size_t)rand() % (1u << (rand() % 18)) + 1;
        b->with = (uint8_t)rand();
        b->bytes = heap_alloc(&m.heap, b->len);
        assert_non_null(b->bytes);
        assert_int_equal((uintptr_t)b->bytes % 16, 0);
        assert_true(is_filled(b->bytes, 0, b->len));
        memset(b->bytes, b->with, b->len);
    }
}

static void
test_large_blocks_merge(void **state)
{
    (void)state;
    struct machine m;
    fake_reset(4096);
    start(&m, 1);
    // Doubling a buffer again and again must not use up more than a few times its size.
    size_t len = 65536;
    uint8_t *buffer = heap_alloc(&m.heap, len);
    while (len < 4u << 20) {
        uint8_t *grown = heap_alloc(&m.heap, len * 2);
        assert_non_null(grown);
        heap_free(&m.heap, buffer, len);
        buffer = grown;
        len *= 2;
    }
    heap_free(&m.heap, buffer, len);
    assert_non_null(heap_alloc(&m.heap, 7u << 20));
    assert_true(m.heap.top - m.heap.lo <= 12u << 20);
}

static void
test_memory_runs_out_cleanly(void **state)
{
    (void)state;
    struct machine m;
    fake_reset(64);
    start(&m, 1);
    assert_null(heap_alloc(&m.heap, 1u << 20));
    assert_null(heap_alloc(&m.heap, SIZE_MAX));
    assert_null(heap_alloc(&m.heap, SIZE_MAX - 4095));
    unsigned got = 0;
    while (heap_alloc(&m.heap, 4096))
        got++;
    assert_in_range(got, 50, 64);
    void *last = heap_alloc(&m.heap, 16);
    (void)last;
    assert_true(frames_left(&m.frames) < 64);
}

static void
test_memory_is_reused_for_other_sizes(void **state)
{
    (void)state;
    enum { PAGES = 200 };
    struct machine m;
    void *pages[PAGES + 100];
    fake_reset(PAGES + 50);
    start(&m, 1);
    unsigned got = 0;
    while ((pages[got] = heap_alloc(&m.heap, 4096)))
        got++;
    assert_in_range(got, PAGES, PAGES + 50);
    // Odd ones first: they merge when the others follow.
    for (unsigned i = 1; i < got; i += 2)
        heap_free(&m.heap, pages[i], 4096);
    for (unsigned i = 0; i < got; i += 2)
        heap_free(&m.heap, pages[i], 4096);
    void *large = heap_alloc(&m.heap, (PAGES - 10) * 4096);
    assert_non_null(large);
    heap_free(&m.heap, large, (PAGES - 10) * 4096);
    for (unsigned i = 0; i < (PAGES - 10) * 4096 / 120; i++) {
        uint8_t *small = heap_alloc(&m.heap, 99);
        assert_non_null(small);
        assert_true(is_filled(small, 0, 99));
        memset(small, 0xff, 99);
    }
}

static void
test_frames_come_from_all_runs(void **state)
{
    (void)state;
    struct machine m;
    fake_reset(10);
    fake.runs[1] = 0;
    fake.runs[2] = 5;
    fake.runs[3] = 100;
    start(&m, 4);
    assert_int_equal(frames_left(&m.frames), 115);
    uint64_t va;
    assert_true(frames_reserve(&m.frames, 100, &va));
    assert_true(frames_map(&m.frames, va, 100));
    assert_true(is_filled((const uint8_t *)va, 0, 100 * SK_PAGE_SIZE));
    assert_int_equal(frames_left(&m.frames), 15);
    assert_false(frames_map(&m.frames, va, 16));
    assert_int_equal(frames_left(&m.frames), 15);
}

static void
test_page_tables_are_fed(void **state)
{
    (void)state;
    struct machine m;
    fake_reset(1000);
    fake.tables_left = 0;
    start(&m, 1);
    assert_non_null(heap_alloc(&m.heap, 100));
    assert_int_not_equal(fake.supplied, 0);
}

static void
test_reservations_keep_their_distance(void **state)
{
    (void)state;
    struct machine m;
    fake_reset(10);
    start(&m, 1);
    uint64_t a;
    uint64_t b;
    assert_true(frames_reserve(&m.frames, 3, &a));
    assert_true(frames_reserve(&m.frames, 1, &b));
    assert_int_equal(b - a, 4 * SK_PAGE_SIZE);
    assert_false(frames_reserve(&m.frames, WINDOW / SK_PAGE_SIZE, &a));
    assert_false(frames_reserve(&m.frames, UINT64_MAX, &a));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_are_zero_aligned_and_apart),
        cmocka_unit_test(test_large_blocks_merge),
        cmocka_unit_test(test_memory_runs_out_cleanly),
        cmocka_unit_test(test_memory_is_reused_for_other_sizes),
        cmocka_unit_test(test_frames_come_from_all_runs),
        cmocka_unit_test(test_page_tables_are_fed),
        cmocka_unit_test(test_reservations_keep_their_distance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
