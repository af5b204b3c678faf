// SPDX-License-Identifier: Apache-2.0
//
// Calls of host functions from outside: arguments, results, nesting, and ways out.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <xmmintrin.h>

#include <cmocka.h>

#include "test/unit/engine/test_port.h"

static struct test_port port;
static struct wasm_store *store;

static int
setup(void **state)
{
    (void)state;
    struct wasm_store_config config = {.stack_limit = test_port_stack_limit()};
    if (wasm_store_create(test_port_init(&port), &config, &store) != WASM_OK)
        return -1;
    test_port_set_store(store);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    wasm_store_destroy(store);
    return port.live == 0 ? 0 : -1;
}

// Parameters and results are told as letters: i32 i, i64 l, f32 f, f64 d, v128 v,
// externref r.
static struct wasm_func *
host_func(const char *params, const char *results, void (*code)(void), void *env)
{
    static const wasm_type_t codes[128] = {
        ['i'] = WASM_TYPE_I32, ['l'] = WASM_TYPE_I64,       ['f'] = WASM_TYPE_F32,
        ['d'] = WASM_TYPE_F64, ['r'] = WASM_TYPE_EXTERNREF, ['v'] = WASM_TYPE_V128};
    wasm_type_t types[64];
    size_t count = 0;
    for (const char *p = params; *p; p++)
        types[count++] = codes[(unsigned char)*p];
    for (const char *r = results; *r; r++)
        types[count++] = codes[(unsigned char)*r];
    struct wasm_functype type = {(uint32_t)strlen(params), (uint32_t)strlen(results),
                                 types};
    struct wasm_func *func;
    assert_int_equal(wasm_func_create(store, &type, code, env, &func), WASM_OK);
    return func;
}
#define HOST_FUNC(params, results, code, env)                                            \
    host_func(params, results, (void (*)(void))(code), env)

static uint64_t
many(void *env, uint32_t a, float b, uint64_t c, double d, uint32_t e, uint32_t f,
     uint32_t g, uint32_t h, double i, double j, double k, double l, double m, double n,
     float o, void *p)
{
    assert_int_equal(a, 1);
    assert_true(b == 2 && d == 4 && i == 9 && j == 10 && k == 11 && l == 12 && m == 13);
    assert_true(n == 14 && o == 15);
    assert_int_equal(c, 3ull << 40);
    assert_int_equal(e + f + g + h, 5 + 6 + 7 + 8);
    assert_ptr_equal(p, env);
    return 1ull << 63;
}

static void
places_every_argument(void **state)
{
    (void)state;
    struct wasm_func *func = HOST_FUNC("ifldiiiiddddddfr", "l", many, &port);
    union wasm_value args[] = {
        {.i32 = 1},  {.f32 = 2},  {.i64 = 3ull << 40}, {.f64 = 4},
        {.i32 = 5},  {.i32 = 6},  {.i32 = 7},          {.i32 = 8},
        {.f64 = 9},  {.f64 = 10}, {.f64 = 11},         {.f64 = 12},
        {.f64 = 13}, {.f64 = 14}, {.f32 = 15},         {.ref = &port}};
    union wasm_value result;
    assert_int_equal(wasm_func_invoke(store, func, args, &result, NULL), WASM_OK);
    assert_true(result.i64 == 1ull << 63);
}

typedef uint64_t wide __attribute__((vector_size(16)));

static wide
vectors(void *env, wide a, double b, wide c, wide d, wide e, wide f, wide g, wide h,
        float on_stack, wide i, uint32_t j, wide k)
{
    (void)env;
    assert_true(a[0] == 1 && a[1] == 2 && b == 3 && c[1] == 4 && d[1] == 5 && e[1] == 6);
    assert_true(f[1] == 7 && g[1] == 8 && h[0] == 9 && on_stack == 10 && j == 12);
    assert_true(i[0] == 11 && i[1] == 110 && k[0] == 13);
    return (wide){k[1], i[1]};
}

static void
passes_vectors(void **state)
{
    (void)state;
    struct wasm_func *func = HOST_FUNC("vdvvvvvvfviv", "v", vectors, NULL);
    union wasm_value args[] = {
        {.v128 = {1, 2}}, {.f64 = 3},          {.v128 = {0, 4}}, {.v128 = {0, 5}},
        {.v128 = {0, 6}}, {.v128 = {0, 7}},    {.v128 = {0, 8}}, {.v128 = {9, 0}},
        {.f32 = 10},      {.v128 = {11, 110}}, {.i32 = 12},      {.v128 = {13, 130}}};
    union wasm_value result;
    assert_int_equal(wasm_func_invoke(store, func, args, &result, NULL), WASM_OK);
    assert_true(result.v128[0] == 130 && result.v128[1] == 110);
}

static uint32_t
swap(void *env, union wasm_value *results, double a, uint32_t b)
{
    (void)env;
    results[0].f64 = a;
    results[1].f32 = 0.5f;
    return b;
}

static void
takes_several_results(void **state)
{
    (void)state;
    struct wasm_func *func = HOST_FUNC("di", "idf", swap, NULL);
    union wasm_value values[3] = {{.f64 = 1.25}, {.i32 = 7}, {.v128 = {UINT64_MAX, 1}}};
    assert_int_equal(wasm_func_invoke(store, func, values, values, NULL), WASM_OK);
    assert_int_equal(values[0].i64, 7);
    assert_true(values[1].f64 == 1.25);
    assert_true(values[2].f32 == 0.5f);
    assert_true(values[2].v128[0] >> 32 == 0 && values[2].v128[1] == 0);
}

// Its type says i32: the upper half of rax is undefined.
static uint64_t
dirty(void)
{
    return 0xffffffff00000001;
}

static void
cuts_results_to_their_type(void **state)
{
    (void)state;
    struct wasm_func *func = HOST_FUNC("", "i", dirty, NULL);
    union wasm_value result = {.v128 = {1, 1}};
    assert_int_equal(wasm_func_invoke(store, func, NULL, &result, NULL), WASM_OK);
    assert_true(result.v128[0] == 1 && result.v128[1] == 0);
}

static void throw(void *env)
{
    wasm_trap_throw(store, env);
}

static uint32_t
call_inner(struct wasm_func *inner)
{
    struct wasm_trap trap;
    assert_int_equal(wasm_func_invoke(store, inner, NULL, NULL, &trap), WASM_TRAP);
    assert_string_equal(trap.host_message, "inner");
    return 5;
}

static void
call_and_throw(struct wasm_func *inner)
{
    call_inner(inner);
    wasm_trap_throw(store, "outer");
}

static void
unwinds_to_the_innermost_call(void **state)
{
    (void)state;
    char message[] = "inner";
    struct wasm_func *inner = HOST_FUNC("", "", throw, message);
    union wasm_value result;
    assert_int_equal(wasm_func_invoke(store, HOST_FUNC("", "i", call_inner, inner), NULL,
                                      &result, NULL),
                     WASM_OK);
    assert_int_equal(result.i32, 5);

    struct wasm_trap trap;
    assert_int_equal(wasm_func_invoke(store, HOST_FUNC("", "", call_and_throw, inner),
                                      NULL, NULL, &trap),
                     WASM_TRAP);
    assert_int_equal(trap.code, WASM_TRAP_HOST);
    assert_string_equal(trap.host_message, "outer");
    assert_int_equal(trap.frame_count, 0);
    assert_int_equal(wasm_func_invoke(store, inner, NULL, NULL, NULL), WASM_TRAP);
}

// ---- Exceptions ----

static struct wasm_tag *tag;

static void
throw_exception(void *env)
{
    (void)env;
    union wasm_value value = {.v128 = {42}};
    wasm_exception_throw(store, wasm_exception_create(store, tag, &value));
}

static void
catch_and_rethrow(struct wasm_func *inner)
{
    struct wasm_trap trap;
    assert_int_equal(wasm_func_invoke(store, inner, NULL, NULL, &trap), WASM_EXCEPTION);
    wasm_exception_throw(store, wasm_store_exception(store));
}

static void
lets_exceptions_out(void **state)
{
    (void)state;
    struct wasm_functype type = {1, 0, (const wasm_type_t[]){WASM_TYPE_I32}};
    assert_int_equal(wasm_tag_create(store, &type, &tag), WASM_OK);
    struct wasm_func *inner = HOST_FUNC("", "", throw_exception, NULL);
    struct wasm_trap trap;
    assert_int_equal(wasm_func_invoke(store, HOST_FUNC("", "", catch_and_rethrow, inner),
                                      NULL, NULL, &trap),
                     WASM_EXCEPTION);
    wasm_store_collect(store); // the store keeps it
    void *exn = wasm_store_exception(store);
    assert_ptr_equal(wasm_exception_tag(exn), tag);
    assert_int_equal(wasm_exception_value(exn, 0).i32, 42);
    assert_true(wasm_store_heap_bytes(store) > 0);
    assert_int_equal(wasm_func_invoke(store, HOST_FUNC("", "i", dirty, NULL), NULL,
                                      &(union wasm_value){.i32 = 0}, NULL),
                     WASM_OK);
    assert_null(wasm_store_exception(store));
    wasm_store_collect(store);
    assert_int_equal(wasm_store_heap_bytes(store), 0);
}

static void
spoil_rounding(void)
{
    assert_int_equal(_mm_getcsr() & ~0x3fu, 0x1f80);
    _mm_setcsr(0x9fc0);
}

static void
keeps_floating_point_control(void **state)
{
    (void)state;
    unsigned before = _mm_getcsr();
    _mm_setcsr(0x3f80); // round down
    struct wasm_func *func = HOST_FUNC("", "", spoil_rounding, NULL);
    assert_int_equal(wasm_func_invoke(store, func, NULL, NULL, NULL), WASM_OK);
    assert_int_equal(_mm_getcsr(), 0x3f80);
    _mm_setcsr(before);
}

static void
knows_no_fault_outside(void **state)
{
    (void)state;
    struct wasm_fault fault = {.pc = (uintptr_t)many, .is_memory = true};
    assert_false(wasm_store_fault(store, &fault));
    fault = (struct wasm_fault){.pc = UINT64_MAX};
    assert_false(wasm_store_fault(store, &fault));
}

static void
gives_equal_types_equal_ids(void **state)
{
    (void)state;
    struct wasm_functype type;
    for (uint32_t round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < 3000; i++) {
            wasm_type_t types[12];
            for (uint32_t k = 0; k < 12; k++)
                types[k] = i >> k & 1 ? WASM_TYPE_I32 : WASM_TYPE_F64;
            type = (struct wasm_functype){i % 13, 12 - i % 13, types};
            struct wasm_func *func;
            assert_int_equal(wasm_func_create(store, &type, NULL, NULL, &func), WASM_OK);
            struct wasm_functype found;
            wasm_func_functype(func, &found);
            assert_int_equal(found.param_count, i % 13);
            assert_memory_equal(found.types, types, sizeof(types));
        }
    }
}

static void
reports_failed_allocations(void **state)
{
    (void)state;
    struct wasm_func *func;
    struct wasm_functype type = {0};
    enum wasm_error_code code = WASM_NO_MEMORY;
    for (uint64_t k = 1; code != WASM_OK; k++) {
        port.fail_at = port.requests + k;
        code = wasm_func_create(store, &type, NULL, NULL, &func);
        assert_true(code == WASM_OK || code == WASM_NO_MEMORY);
    }
    port.fail_at = port.requests + 1;
    struct wasm_global *global;
    assert_int_equal(
        wasm_global_create(store, WASM_TYPE_I32, true, (union wasm_value){0}, &global),
        WASM_NO_MEMORY);
    port.fail_at = 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(places_every_argument),         TEST(passes_vectors),
        TEST(takes_several_results),         TEST(cuts_results_to_their_type),
        TEST(unwinds_to_the_innermost_call), TEST(lets_exceptions_out),
        TEST(keeps_floating_point_control),  TEST(knows_no_fault_outside),
        TEST(gives_equal_types_equal_ids),   TEST(reports_failed_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
