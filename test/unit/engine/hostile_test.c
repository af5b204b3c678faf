// SPDX-License-Identifier: Apache-2.0
//
// What hostile modules may cost: every allocation of a module with all features fails in
// turn, and things that could be asked for again and again take no time that grows with
// the module.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/store.h"
#include "test/unit/engine/fixture.h"
#include "text/text.h"

static struct fixture f;

static struct wasm_module *
module_of(const char *text, struct text_bytes *bytes)
{
    struct text_error wrong;
    struct wasm_error error;
    struct wasm_module *module;
    if (!text_module_encode(&f.port.port, text, strlen(text), bytes, &wrong))
        fail_msg("%u:%u: %s", wrong.line, wrong.column, wrong.message);
    if (wasm_module_create(&f.port.port, bytes->bytes, bytes->len, &module, &error) !=
        WASM_OK)
        fail_msg("%s", error.message);
    f.modules[f.module_count++] = module;
    return module;
}

static void
finish(struct text_bytes *bytes)
{
    text_bytes_free(&f.port.port, bytes);
    fixture_fini(&f);
}

static double
seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
call(struct wasm_instance *instance, const char *name)
{
    if (fixture_call(&f, instance, name, NULL) != WASM_OK)
        fail_msg("%s: %s", name, wasm_trap_text(f.trap.code));
}

// ---- Failing allocations ----

static const char everything[] =
    "(module (rec (type $list (sub (struct (field (mut i64))"
    "  (field (mut (ref null $list)))))) (type $refs (array (mut anyref))))"
    "(type $long (sub $list (struct (field (mut i64))"
    "  (field (mut (ref null $list))) (field f64))))"
    "(type $bytes (array (mut i8))) (type $f (func (param i64) (result i64)))"
    "(memory $shared 1 3 shared) (memory $far i64 1 4) (memory $small 0)"
    "(table $anys 3 20 anyref (struct.new $list (i64.const 3) (ref.null $list)))"
    "(table $funcs 2 funcref) (table $far_table i64 2 5 externref)"
    "(tag $e (param i64 (ref null $list))) (tag $none)"
    "(global $g (mut (ref null $list)) (struct.new $long (i64.const 1)"
    "  (struct.new_default $list) (f64.const 1)))"
    "(global $c (ref $list) (struct.new_default $list))"
    "(global $a (ref $refs) (array.new_fixed $refs 2 (ref.i31 (i32.const 4))"
    "  (global.get $c)))"
    "(elem (table $anys) (offset (i32.const 1)) (ref null $bytes)"
    "  (item (array.new $bytes (i32.const 1) (i32.const 3000))))"
    "(elem $passive (ref null $list) (item (struct.new_default $list))"
    "  (item (ref.null $list)))"
    "(elem $indices func $twice $throw) (elem declare func $fill)"
    "(data (memory $far) (i64.const 8) \"abc\") (data $d \"0123456789\")"
    "(func $twice (type $f) (i64.mul (local.get 0) (i64.const 2)))"
    "(func $throw (throw $e (i64.const 5)"
    "  (struct.new $list (i64.const 7) (global.get $g))))"
    "(func $fill (drop (array.new_data $bytes $d (i32.const 2) (i32.const 4)))"
    "  (drop (array.new_elem $refs $passive (i32.const 0) (i32.const 2)))"
    "  (drop (array.new_default $refs (i32.const 2000))))"
    "(func $start (local $i i32)"
    "  (table.init $funcs $indices (i32.const 0) (i32.const 0) (i32.const 2))"
    "  (drop (table.grow $anys (global.get $a) (i32.const 4)))"
    "  (drop (memory.grow $shared (i32.const 1)))"
    "  (drop (memory.grow $small (i32.const 1)))"
    "  (drop (i32.atomic.rmw.add $shared (i32.const 8) (i32.const 1)))"
    "  (loop $l (call $fill)"
    "    (block $h (result i64 (ref null $list))"
    "      (try_table (catch $e $h) (call_indirect $funcs (i32.const 1)))"
    "      (unreachable))"
    "    (global.set $g) (drop)"
    "    (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))"
    "      (i32.const 20)))))"
    "(func (export \"sum\") (result i64) (local $l (ref null $list)) (local $s i64)"
    "  (local.set $l (global.get $g))"
    "  (block $end (loop $again (br_if $end (ref.is_null (local.get $l)))"
    "    (local.set $s (i64.add (local.get $s) (struct.get $list 0 (local.get $l))))"
    "    (local.set $l (struct.get $list 1 (local.get $l))) (br $again)))"
    "  (local.get $s))"
    "(start $start))";

static void
assert_works(const struct wasm_module *module)
{
    struct wasm_instance *instance = fixture_instantiate(&f, module, NULL, 0);
    union wasm_value sum;
    assert_int_equal(fixture_call(&f, instance, "sum", &sum), WASM_OK);
    assert_int_equal(sum.i64, 20 * 7 + 1);
}

// After each failure the store serves as if nothing had been; so it does when the module
// of the failure is gone.
static void
survives_any_failed_allocation(void **state)
{
    (void)state;
    bool has_failed = true;
    for (uint64_t k = 1; has_failed; k++) {
        struct text_bytes bytes;
        struct wasm_instance *instance;
        fixture_init(&f);
        struct wasm_module *module = module_of(everything, &bytes);
        f.port.fail_at = f.port.requests + k;
        enum wasm_error_code code =
            wasm_instance_create(f.store, module, NULL, 0, &instance, &f.trap, &f.error);
        has_failed = f.port.requests >= f.port.fail_at;
        f.port.fail_at = 0;
        if (code == WASM_TRAP)
            assert_int_equal(f.trap.code, WASM_TRAP_OUT_OF_MEMORY);
        else if (code != WASM_OK)
            assert_int_equal(code, WASM_NO_MEMORY);
        if (code == WASM_NO_MEMORY) {
            assert_memory_equal(f.error.message, "out of memory", 13);
            assert_null(f.store->instances);
            assert_int_equal(f.store->module_count, 0);
        }
        wasm_store_collect(f.store);
        assert_works(module);
        finish(&bytes);
    }
}

// ---- Time ----

// Types that the store knows are looked up and nothing else.
static void
knows_types_again(void **state)
{
    (void)state;
    char text[64 * 40 + 20] = "(module ";
    struct text_bytes bytes;
    for (int i = 0; i < 64; i++)
        sprintf(text + strlen(text), "(type (array (mut (ref null %d))))", i);
    strcat(text, ")");
    fixture_init(&f);
    const struct wasm_module *module = module_of(text, &bytes);
    fixture_instantiate(&f, module, NULL, 0);
    uint64_t before = f.port.requests;
    fixture_instantiate(&f, module, NULL, 0);
    assert_true(f.port.requests - before < 64 + 8);
    finish(&bytes);
}

// The last function of a long list is as near as the first.
static void
reads_far_elements(void **state)
{
    (void)state;
    enum { COUNT = 200000 };
    char *text = calloc(1, COUNT * 3 + 2000);
    struct text_bytes bytes;
    strcpy(text, "(module (table 1 funcref) (func $f) (func (export \"go\") (local i32)"
                 "(loop $l (table.init 0 (i32.const 0) (i32.const 199999) (i32.const 1))"
                 "(br_if $l (i32.lt_u (local.tee 0 (i32.add (local.get 0)"
                 "(i32.const 1))) (i32.const 100000))))) (elem func");
    char *at = text + strlen(text);
    for (int i = 0; i < COUNT; i++, at += 2)
        memcpy(at, " 0", 2);
    strcpy(at, "))");
    fixture_init(&f);
    struct wasm_instance *instance =
        fixture_instantiate(&f, module_of(text, &bytes), NULL, 0);
    double start = seconds();
    call(instance, "go");
    assert_true(seconds() - start < 2);
    finish(&bytes);
    free(text);
}

// Collections under deep recursion at the end of a function with very many calls.
static void
finds_late_calls(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    char *text = calloc(1, COUNT * 9 + 2000);
    struct text_bytes bytes;
    strcpy(text, "(module (type $s (struct)) (func $n)"
                 "(func (export \"go\") (call $g (i32.const 1000)))"
                 "(func $g (param $n i32) (local $o (ref null $s))"
                 "(local.set $o (struct.new $s))"
                 "(block $end (br_if $end (local.get $n))");
    char *at = text + strlen(text);
    for (int i = 0; i < COUNT; i++, at += 9)
        memcpy(at, "(call $n)", 9);
    strcpy(at, ") (if (local.get $n) (then (call $g"
               " (i32.sub (local.get $n) (i32.const 1))))) (drop (local.get $o))))");
    fixture_init(&f);
    struct wasm_instance *instance =
        fixture_instantiate(&f, module_of(text, &bytes), NULL, 0);
    f.store->gc.is_stressed = true;
    double start = seconds();
    call(instance, "go");
    assert_true(seconds() - start < 3);
    finish(&bytes);
    free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(survives_any_failed_allocation),
        cmocka_unit_test(knows_types_again),
        cmocka_unit_test(reads_far_elements),
        cmocka_unit_test(finds_late_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
