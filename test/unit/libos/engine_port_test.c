// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "abi/domain.h"
#include "libos/engine_port.h"
#include "libos/frames.h"
#include "libos/heap.h"
#include "libos/stack.h"
#include "test/unit/libos/fake_sk.h"

#define WINDOW    (1ull << 36)
#define WASM_PAGE 65536u

struct machine {
    struct sk_boot_info boot;
    struct frames frames;
    struct heap heap;
    struct engine_port port;
};

static void
start(struct machine *m, uint64_t frames, uint64_t linear_va)
{
    fake_reset(frames);
    m->boot = fake_boot(1, WINDOW);
    m->boot.linear_va = linear_va;
    m->boot.linear_len = 64ull << 30;
    frames_init(&m->frames, &m->boot);
    assert_true(heap_init(&m->heap, &m->frames));
    engine_port_init(&m->port, &m->boot, &m->frames, &m->heap);
}

static void
test_the_first_memory_has_its_own_place(void **state)
{
    (void)state;
    struct machine m;
    uint8_t *base;
    uint8_t *other;
    start(&m, 1000, 0);
    struct wasm_port *port = &m.port.port;
    assert_true(port->memory_at_zero);
    assert_false(
        port->memory_reserve(port->context, (4ull << 30) + WASM_PAGE, true, &base));
    assert_true(port->memory_reserve(port->context, 4ull << 30, true, &base));
    assert_int_equal((uintptr_t)base, 0);
    assert_true(port->memory_reserve(port->context, WASM_PAGE, true, &other));
    assert_true((uintptr_t)other >= m.boot.va_lo);
    port->memory_release(port->context, base, 0, 4ull << 30, true);
    assert_true(port->memory_reserve(port->context, WASM_PAGE, true, &base));
}

static void
test_further_memories_have_guards(void **state)
{
    (void)state;
    struct machine m;
    uint8_t *first;
    uint8_t *second;
    uint8_t *third;
    start(&m, 1000, 1ull << 40);
    struct wasm_port *port = &m.port.port;
    assert_false(port->memory_at_zero);
    assert_true(port->memory_reserve(port->context, WASM_PAGE, true, &first));
    assert_int_equal((uintptr_t)first, 1ull << 40);
    assert_true(port->memory_reserve(port->context, WASM_PAGE, true, &second));
    assert_true(port->memory_reserve(port->context, WASM_PAGE, true, &third));
    assert_true((uintptr_t)third - (uintptr_t)second > 8ull << 30);
    assert_true(port->memory_commit(port->context, second, 0, WASM_PAGE));
    second[WASM_PAGE - 1] = 1;
    assert_true(port->memory_commit(port->context, second, WASM_PAGE, 2 * WASM_PAGE));
    assert_int_equal(second[2 * WASM_PAGE - 1], 0);
    port->memory_release(port->context, second, 2 * WASM_PAGE, WASM_PAGE, true);
}

static void
test_growing_fails_when_frames_run_out(void **state)
{
    (void)state;
    struct machine m;
    uint8_t *base;
    uint8_t *code;
    start(&m, 64, 1ull << 40);
    struct wasm_port *port = &m.port.port;
    assert_true(port->memory_reserve(port->context, WASM_PAGE, true, &base));
    assert_true(port->memory_reserve(port->context, WASM_PAGE, true, &base));
    assert_true(port->memory_commit(port->context, base, 0, 2 * WASM_PAGE));
    assert_false(port->memory_commit(port->context, base, 2 * WASM_PAGE, 5 * WASM_PAGE));
    assert_true(port->code_reserve(port->context, 1u << 30, &code));
    assert_true(port->code_commit(port->context, code, 0, 4 * SK_PAGE_SIZE));
    code[4 * SK_PAGE_SIZE - 1] = 1;
    assert_false(port->code_commit(port->context, code, 4 * SK_PAGE_SIZE, 1u << 30));
    assert_true(port->code_seal(port->context, code, 4 * SK_PAGE_SIZE));
    assert_null(port->heap_alloc(port->context, 1u << 20));
}

static void
test_unguarded_memories_take_what_they_may_grow_to(void **state)
{
    (void)state;
    struct machine m;
    uint8_t *first, *second;
    start(&m, 1000, 0);
    struct wasm_port *port = &m.port.port;
    assert_true(port->memory_reserve(port->context, 2 * WASM_PAGE, false, &first));
    assert_true(port->memory_reserve(port->context, WASM_PAGE, false, &second));
    assert_true((uintptr_t)first >= m.boot.va_lo);
    assert_true((uintptr_t)second - (uintptr_t)first < 4 * WASM_PAGE);
    assert_true(port->memory_commit(port->context, first, 0, 2 * WASM_PAGE));
    first[2 * WASM_PAGE - 1] = 1;
    assert_false(port->memory_reserve(port->context, 1ull << 47, false, &first));
}

static void
test_waiting_ends_at_the_deadline(void **state)
{
    (void)state;
    struct machine m;
    start(&m, 1000, 0);
    struct wasm_port *port = &m.port.port;
    uint64_t value = 7ull << 32 | 5;
    uint8_t *at = (uint8_t *)&value;
    fake.clock_ns = 100;
    assert_int_equal(port->memory_wait(port->context, at, 4, 6, -1), 1);
    assert_int_equal(port->memory_wait(port->context, at, 8, 5, -1), 1);
    assert_int_equal(port->memory_wait(port->context, at, 8, value, 1000), 2);
    assert_int_equal(fake.clock_ns, 1100);
    assert_int_equal(port->memory_wait(port->context, at, 4, 5, 0), 2);
    assert_int_equal(fake.clock_ns, 1100);
    assert_int_equal(port->memory_notify(port->context, at, 1), 0);
}

// A boot stack of which the upper quarter is mapped.
static void
test_the_stack_grows_to_its_floor(void **state)
{
    (void)state;
    struct machine m;
    struct stack stack;
    uint64_t quarter = SK_INIT_STACK_LEN / 4;
    start(&m, 1000, 0);
    m.boot.stack_hi = m.boot.va_lo + SK_INIT_STACK_LEN;
    m.boot.stack_lo = m.boot.stack_hi - quarter;
    uint64_t floor = m.boot.va_lo;
    uint64_t before = frames_left(&m.frames);
    stack_init(&stack, &m.boot, &m.frames);
    assert_int_equal(stack.floor, floor);
    assert_int_equal(before - frames_left(&m.frames), 3 * quarter / SK_PAGE_SIZE);
    assert_false(stack_grow(&stack, stack.lo));
    assert_false(stack_grow(&stack, floor - 1));
    assert_true(stack_grow(&stack, stack.lo - 1));
    assert_true(stack.lo < m.boot.stack_lo);
    memset((void *)stack.lo, 1, m.boot.stack_lo - stack.lo);
    assert_true(stack_grow(&stack, floor + 5));
    memset((void *)floor, 1, 3 * quarter);
    assert_int_equal(stack.lo, floor);
    assert_false(stack_grow(&stack, floor + 5));
}

static void
test_a_stack_without_frames_stays(void **state)
{
    (void)state;
    struct machine m;
    struct stack stack;
    start(&m, 10, 0);
    m.boot.stack_hi = m.boot.va_lo + SK_INIT_STACK_LEN;
    m.boot.stack_lo = m.boot.stack_hi - SK_INIT_STACK_LEN / 4;
    stack_init(&stack, &m.boot, &m.frames);
    assert_int_equal(stack.floor, m.boot.stack_lo);
    assert_false(stack_grow(&stack, stack.lo - 1));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_memory_has_its_own_place),
        cmocka_unit_test(test_further_memories_have_guards),
        cmocka_unit_test(test_unguarded_memories_take_what_they_may_grow_to),
        cmocka_unit_test(test_waiting_ends_at_the_deadline),
        cmocka_unit_test(test_growing_fails_when_frames_run_out),
        cmocka_unit_test(test_the_stack_grows_to_its_floor),
        cmocka_unit_test(test_a_stack_without_frames_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
