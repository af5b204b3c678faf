// SPDX-License-Identifier: Apache-2.0
//
// Functions, tables and globals of concrete reference types, which wasm.h shows as
// funcref: what does not have the type must not get in, for the code trusts it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/wasm.h"
#include "test/unit/api/wat.h"

// $f has the type that everything wants, $g another one.
static const char text[] =
    "(module (type $t (func (param i64) (result i64)))"
    "(type $sub (sub (func (param i32)))) (type $below (sub $sub (func (param i32))))"
    "(func (export \"f\") (type $t) (local.get 0))"
    "(func (export \"g\") (param i32))"
    "(func (export \"call\") (param (ref null $t)) (result i64)"
    " (call_ref $t (i64.const 7) (local.get 0)))"
    "(global (export \"global\") (mut (ref null $t)) (ref.null $t))"
    "(table (export \"table\") 1 9 (ref null $t))"
    "(func (export \"below\") (type $below))"
    "(func (export \"take\") (param (ref null $sub))))";

enum { F, G, CALL, GLOBAL, TABLE, BELOW, TAKE };

struct fixture {
    wasm_engine_t *engine;
    wasm_store_t *store;
    wasm_instance_t *instance;
    wasm_extern_vec_t exports;
};

// In the test itself: cmocka puts its own signal handlers in place before it.
static struct fixture *
begin(void)
{
    static struct fixture f;
    wasm_byte_vec_t bytes;
    wasm_extern_vec_t none = WASM_EMPTY_VEC;
    f.engine = wasm_engine_new();
    f.store = wasm_store_new(f.engine);
    wat_encode(text, &bytes);
    wasm_module_t *module = wasm_module_new(f.store, &bytes);
    f.instance = wasm_instance_new(f.store, module, &none, NULL);
    wasm_instance_exports(f.instance, &f.exports);
    wasm_module_delete(module);
    wasm_byte_vec_delete(&bytes);
    return &f;
}

static void
end(struct fixture *f)
{
    wasm_extern_vec_delete(&f->exports);
    wasm_instance_delete(f->instance);
    wasm_store_delete(f->store);
    wasm_engine_delete(f->engine);
}

static wasm_ref_t *
ref(const struct fixture *f, int at)
{
    return at < 0 ? NULL : wasm_func_as_ref(wasm_extern_as_func(f->exports.data[at]));
}

// NULL: the call returned.
static wasm_trap_t *
call(const struct fixture *f, int func, int arg, int64_t *out)
{
    wasm_val_t value[] = {WASM_REF_VAL(ref(f, arg))}, result[] = {WASM_INIT_VAL};
    wasm_val_vec_t args = WASM_ARRAY_VEC(value), results = WASM_ARRAY_VEC(result);
    wasm_trap_t *trap =
        wasm_func_call(wasm_extern_as_func(f->exports.data[func]), &args, &results);
    *out = result[0].of.i64;
    return trap;
}

static void
assert_trap(wasm_trap_t *trap, const char *expected)
{
    wasm_message_t message;
    assert_non_null(trap);
    wasm_trap_message(trap, &message);
    assert_string_equal(message.data, expected);
    wasm_byte_vec_delete(&message);
    wasm_trap_delete(trap);
}

static void
test_arguments(void **state)
{
    (void)state;
    struct fixture *f = begin();
    int64_t result;
    const char *other = "call with an argument of another type";
    assert_null(call(f, CALL, F, &result));
    assert_int_equal(result, 7);
    assert_trap(call(f, CALL, G, &result), other);
    assert_trap(call(f, CALL, -1, &result), "null function reference");
    assert_null(call(f, TAKE, BELOW, &result)); // a subtype will do
    assert_null(call(f, TAKE, -1, &result));
    assert_trap(call(f, TAKE, G, &result), other); // of equal form, but no subtype
    end(f);
}

static void
test_globals(void **state)
{
    (void)state;
    struct fixture *f = begin();
    wasm_global_t *global = wasm_extern_as_global(f->exports.data[GLOBAL]);
    wasm_val_t right = WASM_REF_VAL(ref(f, F)), wrong = WASM_REF_VAL(ref(f, G)), got;
    wasm_global_set(global, &right);
    wasm_global_set(global, &wrong);
    wasm_global_get(global, &got);
    assert_true(wasm_ref_same(got.of.ref, ref(f, F)));
    wasm_val_delete(&got);
    end(f);
}

static void
test_tables(void **state)
{
    (void)state;
    struct fixture *f = begin();
    wasm_table_t *table = wasm_extern_as_table(f->exports.data[TABLE]);
    assert_true(wasm_table_set(table, 0, ref(f, F)));
    assert_false(wasm_table_set(table, 0, ref(f, G)));
    assert_false(wasm_table_grow(table, 1, ref(f, G)));
    assert_true(wasm_table_grow(table, 1, NULL));
    wasm_ref_t *got = wasm_table_get(table, 0);
    assert_true(wasm_ref_same(got, ref(f, F)));
    wasm_ref_delete(got);
    end(f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_globals),
        cmocka_unit_test(test_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
