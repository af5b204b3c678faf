// SPDX-License-Identifier: Apache-2.0
//
// libselkis through wasm.h: ownership, identity, host information, calls both ways, and
// what wrong use gets.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "api/wasm.h"
#include "test/unit/api/wat.h"

struct fixture {
    wasm_engine_t *engine;
    wasm_store_t *store;
};

static int
setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->engine = wasm_engine_new_with_config(wasm_config_new());
    f->store = wasm_store_new(f->engine);
    *state = f;
    return f->store ? 0 : -1;
}

static int
teardown(void **state)
{
    struct fixture *f = *state;
    wasm_store_delete(f->store);
    wasm_engine_delete(f->engine);
    free(f);
    return 0;
}

static wasm_module_t *
compile(wasm_store_t *store, const char *text)
{
    wasm_byte_vec_t bytes;
    wat_encode(text, &bytes);
    wasm_module_t *module = wasm_module_new(store, &bytes);
    wasm_byte_vec_delete(&bytes);
    assert_non_null(module);
    return module;
}

static wasm_instance_t *
instantiate(wasm_store_t *store, const char *text, wasm_extern_t *import,
            wasm_trap_t **trap)
{
    wasm_module_t *module = compile(store, text);
    wasm_extern_vec_t imports = {import ? 1 : 0, &import};
    wasm_instance_t *instance = wasm_instance_new(store, module, &imports, trap);
    wasm_module_delete(module);
    return instance;
}

// The message of a trap, which is deleted.
static void
assert_message(wasm_trap_t *trap, const char *expected)
{
    wasm_message_t message;
    assert_non_null(trap);
    wasm_trap_message(trap, &message);
    assert_string_equal(message.data, expected);
    assert_int_equal(message.size, strlen(expected) + 1);
    wasm_byte_vec_delete(&message);
    wasm_trap_delete(trap);
}

// ---- Types ----

static void
test_types_are_copied_deeply(void **state)
{
    (void)state;
    wasm_functype_t *type = wasm_functype_new_3_2(
        wasm_valtype_new_i32(), wasm_valtype_new_i64(), wasm_valtype_new_f32(),
        wasm_valtype_new_f64(), wasm_valtype_new_externref());
    wasm_externtype_t *copy = wasm_externtype_copy(wasm_functype_as_externtype(type));
    wasm_functype_delete(type);
    const wasm_functype_t *again = wasm_externtype_as_functype_const(copy);
    assert_int_equal(wasm_functype_params(again)->size, 3);
    assert_int_equal(wasm_valtype_kind(wasm_functype_params(again)->data[1]), WASM_I64);
    assert_int_equal(wasm_valtype_kind(wasm_functype_results(again)->data[1]),
                     WASM_EXTERNREF);
    assert_null(wasm_externtype_as_memorytype(copy));
    wasm_externtype_delete(copy);
    assert_null(wasm_valtype_new(77));
}

static void
test_imports_and_exports_are_described(void **state)
{
    struct fixture *f = *state;
    wasm_module_t *module =
        compile(f->store, "(module (import \"a\" \"b\" (global (mut i64)))"
                          "(import \"c\" \"d\" (table 2 9 externref))"
                          "(memory (export \"m\") 3) (tag (export \"t\"))"
                          "(func (export \"f\") (param f32) (result f64) unreachable))");
    wasm_importtype_vec_t imports;
    wasm_exporttype_vec_t exports;
    wasm_module_imports(module, &imports);
    wasm_module_exports(module, &exports);
    assert_int_equal(imports.size, 2);
    assert_memory_equal(wasm_importtype_name(imports.data[1])->data, "d", 1);
    const wasm_tabletype_t *table =
        wasm_externtype_as_tabletype_const(wasm_importtype_type(imports.data[1]));
    assert_int_equal(wasm_tabletype_limits(table)->min, 2);
    assert_int_equal(wasm_tabletype_limits(table)->max, 9);
    assert_int_equal(exports.size, 2); // no tag
    const wasm_memorytype_t *memory =
        wasm_externtype_as_memorytype_const(wasm_exporttype_type(exports.data[0]));
    assert_int_equal(wasm_memorytype_limits(memory)->max, wasm_limits_max_default);
    wasm_importtype_vec_delete(&imports);
    wasm_exporttype_vec_delete(&exports);
    wasm_module_delete(module);
}

// ---- Modules ----

static void
test_damaged_bytes_are_no_module(void **state)
{
    struct fixture *f = *state;
    wasm_byte_vec_t bytes;
    wasm_byte_vec_new(&bytes, 9, "\0asm\1\0\0\0\1");
    assert_false(wasm_module_validate(f->store, &bytes));
    assert_null(wasm_module_new(f->store, &bytes));
    assert_null(wasm_module_deserialize(f->store, &bytes));
    wasm_byte_vec_delete(&bytes);
}

static void
test_serialized_modules_come_back(void **state)
{
    struct fixture *f = *state;
    wasm_module_t *module = compile(f->store, "(module (func (export \"f\")))");
    wasm_byte_vec_t bytes;
    wasm_module_serialize(module, &bytes);
    wasm_module_t *again = wasm_module_deserialize(f->store, &bytes);
    wasm_exporttype_vec_t exports;
    wasm_module_exports(again, &exports);
    assert_int_equal(exports.size, 1);
    assert_false(wasm_module_same(module, again));
    bytes.data[3] ^= 1;
    assert_null(wasm_module_deserialize(f->store, &bytes));
    wasm_exporttype_vec_delete(&exports);
    wasm_byte_vec_delete(&bytes);
    wasm_module_delete(again);
    wasm_module_delete(module);
}

static void
test_shared_modules_outlive_their_store(void **state)
{
    struct fixture *f = *state;
    wasm_store_t *other = wasm_store_new(f->engine);
    wasm_module_t *module = compile(other, "(module (func (export \"f\")))");
    wasm_shared_module_t *shared = wasm_module_share(module);
    wasm_module_delete(module);
    wasm_store_delete(other);
    wasm_module_t *here = wasm_module_obtain(f->store, shared);
    wasm_module_t *twice = wasm_module_obtain(f->store, shared);
    wasm_shared_module_delete(shared);
    assert_true(wasm_module_same(here, twice));
    wasm_module_delete(here);
    wasm_extern_vec_t none = WASM_EMPTY_VEC;
    wasm_instance_t *instance = wasm_instance_new(f->store, twice, &none, NULL);
    wasm_module_delete(twice);
    assert_non_null(instance);
    wasm_instance_delete(instance);
}

// ---- Calls ----

static wasm_trap_t *
add_all(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results)
{
    int64_t *calls = env;
    ++*calls;
    results->data[0] = (wasm_val_t)WASM_I64_VAL(
        args->data[0].of.i32 + args->data[1].of.i64 + (int64_t)args->data[2].of.f32 +
        (int64_t)args->data[3].of.f64 + args->data[11].of.i64);
    results->data[1] = (wasm_val_t)WASM_F32_VAL(0.5f);
    results->data[2] = args->data[0];
    return NULL;
}

static int finalized;

static void
finalize(void *data)
{
    finalized += (int)(intptr_t)data;
}

static wasm_functype_t *
wide_type(void)
{
    wasm_valtype_t *p[12],
        *r[] = {wasm_valtype_new_i64(), wasm_valtype_new_f32(), wasm_valtype_new_i32()};
    p[0] = wasm_valtype_new_i32();
    for (int i = 1; i < 12; i++)
        p[i] = wasm_valtype_new_i64();
    wasm_valtype_delete(p[2]);
    p[2] = wasm_valtype_new_f32();
    wasm_valtype_delete(p[3]);
    p[3] = wasm_valtype_new_f64();
    wasm_valtype_vec_t params, results;
    wasm_valtype_vec_new(&params, 12, p);
    wasm_valtype_vec_new(&results, 3, r);
    return wasm_functype_new(&params, &results);
}

// Arguments beyond the registers and three results, out of the module and into it.
static void
test_wide_calls_go_both_ways(void **state)
{
    struct fixture *f = *state;
    int64_t calls = 0;
    wasm_functype_t *type = wide_type();
    wasm_func_t *func = wasm_func_new_with_env(f->store, type, add_all, &calls, NULL);
    wasm_functype_delete(type);
    wasm_instance_t *instance = instantiate(
        f->store,
        "(module (type $t (func (param i32 i64 f32 f64 i64 i64 i64 i64 i64 i64 i64 i64)"
        " (result i64 f32 i32))) (import \"\" \"\" (func $f (type $t)))"
        "(func (export \"go\") (type $t) (call $f (local.get 0) (local.get 1)"
        "(local.get 2) (local.get 3) (local.get 4) (local.get 5) (local.get 6)"
        "(local.get 7) (local.get 8) (local.get 9) (local.get 10) (local.get 11))))",
        wasm_func_as_extern(func), NULL);
    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    wasm_val_t arg[12] = {WASM_I32_VAL(-1), WASM_I64_VAL(1000), WASM_F32_VAL(20.0f),
                          WASM_F64_VAL(300.0)};
    for (int i = 4; i < 12; i++)
        arg[i] = (wasm_val_t)WASM_I64_VAL(1000000 * i);
    wasm_val_t result[3] = {WASM_INIT_VAL, WASM_INIT_VAL, WASM_INIT_VAL};
    wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
    assert_null(wasm_func_call(wasm_extern_as_func(exports.data[0]), &args, &results));
    assert_int_equal(calls, 1);
    assert_int_equal(result[0].of.i64, 11001319);
    assert_true(result[1].of.f32 == 0.5f);
    assert_int_equal(result[2].of.i32, -1);
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
    wasm_func_delete(func);
}

static wasm_trap_t *
trap_always(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results)
{
    (void)args, (void)results;
    wasm_message_t message;
    wasm_name_new_from_string_nt(&message, "enough");
    wasm_trap_t *trap = wasm_trap_new(env, &message);
    wasm_byte_vec_delete(&message);
    return trap;
}

static void
test_traps_of_the_host_pass_through_wasm(void **state)
{
    struct fixture *f = *state;
    wasm_functype_t *type = wasm_functype_new_0_0();
    wasm_func_t *func =
        wasm_func_new_with_env(f->store, type, trap_always, f->store, finalize);
    wasm_functype_delete(type);
    wasm_trap_t *trap = NULL;
    assert_null(instantiate(f->store, "(module (import \"\" \"\" (func $f)) (start $f))",
                            wasm_func_as_extern(func), &trap));
    assert_message(trap, "enough");
    wasm_func_delete(func);
}

// A callback that gives back something else than its type says (CVE-2026-115384).
static wasm_trap_t *
give_another_kind(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results)
{
    assert_int_equal(args->size, 0);
    assert_int_equal(results->size, 1);
    results->data[0] = *(const wasm_val_t *)env;
    return NULL;
}

static void
test_callbacks_give_what_their_type_says(void **state)
{
    struct fixture *f = *state;
    wasm_val_t values[] = {WASM_I64_VAL(0x1234567890), WASM_F32_VAL(1.0f),
                           WASM_F64_VAL(1.0), WASM_REF_VAL(NULL), WASM_I32_VAL(7)};
    const size_t right = sizeof(values) / sizeof(values[0]) - 1;
    for (size_t i = 0; i <= right; i++) {
        wasm_trap_t *trap = NULL;
        wasm_functype_t *type = wasm_functype_new_0_1(wasm_valtype_new_i32());
        wasm_func_t *func =
            wasm_func_new_with_env(f->store, type, give_another_kind, &values[i], NULL);
        wasm_functype_delete(type);
        wasm_instance_t *instance =
            instantiate(f->store,
                        "(module (import \"\" \"\" (func $f (result i32)))"
                        "(func $g (drop (call $f))) (start $g))",
                        wasm_func_as_extern(func), &trap);
        if (i == right) {
            assert_non_null(instance);
            wasm_instance_delete(instance);
        } else {
            assert_null(instance);
            assert_message(trap, "host function returned a value of another type");
        }
        wasm_func_delete(func);
    }
}

static void
test_wrong_calls_trap(void **state)
{
    struct fixture *f = *state;
    wasm_instance_t *instance =
        instantiate(f->store,
                    "(module (func (export \"f\") (param i32) (result i32) local.get 0)"
                    "(func (export \"v\") (param v128)))",
                    NULL, NULL);
    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    const wasm_func_t *func = wasm_extern_as_func(exports.data[0]);
    wasm_val_t value[] = {WASM_F32_VAL(1.0f)}, result[] = {WASM_INIT_VAL};
    wasm_val_vec_t none = WASM_EMPTY_VEC, args = WASM_ARRAY_VEC(value),
                   results = WASM_ARRAY_VEC(result);
    assert_int_equal(wasm_func_param_arity(func), 1);
    assert_int_equal(wasm_func_result_arity(func), 1);
    assert_message(wasm_func_call(func, &none, &results),
                   "call with a wrong number of arguments");
    assert_message(wasm_func_call(func, &args, &none),
                   "call with too little room for results");
    assert_message(wasm_func_call(func, &args, &results),
                   "call with an argument of another type");
    assert_message(wasm_func_call(wasm_extern_as_func(exports.data[1]), &args, &results),
                   "call of a function with types beyond wasm.h");
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
}

static void
test_imports_that_do_not_fit_are_told(void **state)
{
    struct fixture *f = *state;
    wasm_trap_t *trap = NULL;
    assert_null(
        instantiate(f->store, "(module (import \"a\" \"b\" (func)))", NULL, &trap));
    assert_message(trap, "unknown import: function \"a\" \"b\"");
    wasm_limits_t limits = {1, 1};
    wasm_memorytype_t *type = wasm_memorytype_new(&limits);
    wasm_store_t *other = wasm_store_new(f->engine);
    wasm_memory_t *memory = wasm_memory_new(other, type);
    wasm_memorytype_delete(type);
    assert_null(instantiate(f->store, "(module (import \"a\" \"b\" (memory 1)))",
                            wasm_memory_as_extern(memory), NULL)); // of another store
    wasm_memory_delete(memory);
    wasm_store_delete(other);
}

// ---- References ----

static void
test_foreign_objects_travel_through_wasm(void **state)
{
    struct fixture *f = *state;
    wasm_instance_t *instance =
        instantiate(f->store,
                    "(module (global (export \"g\") (mut externref) (ref.null extern))"
                    "(table (export \"t\") 2 externref))",
                    NULL, NULL);
    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    wasm_global_t *global = wasm_extern_as_global(exports.data[0]);
    wasm_table_t *table = wasm_extern_as_table(exports.data[1]);
    wasm_foreign_t *foreign = wasm_foreign_new(f->store);
    wasm_foreign_set_host_info(foreign, &finalized);
    wasm_val_t value = WASM_REF_VAL(wasm_foreign_as_ref(foreign)), back;
    wasm_global_set(global, &value);
    assert_true(wasm_table_set(table, 1, wasm_foreign_as_ref(foreign)));
    assert_false(wasm_table_set(table, 2, wasm_foreign_as_ref(foreign)));
    wasm_foreign_delete(foreign); // the store's externrefs keep it
    wasm_global_get(global, &back);
    wasm_ref_t *from_table = wasm_table_get(table, 1);
    assert_ptr_equal(wasm_ref_get_host_info(back.of.ref), &finalized);
    assert_true(wasm_ref_same(back.of.ref, from_table));
    assert_non_null(wasm_ref_as_foreign(from_table));
    assert_null(wasm_ref_as_func(from_table));
    assert_null(wasm_table_get(table, 0));
    assert_true(wasm_table_grow(table, 3, from_table));
    assert_int_equal(wasm_table_size(table), 5);
    wasm_val_delete(&back);
    wasm_ref_delete(from_table);
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
}

static void
test_functions_in_tables_are_the_same(void **state)
{
    struct fixture *f = *state;
    wasm_instance_t *instance =
        instantiate(f->store,
                    "(module (table (export \"t\") funcref (elem $f))"
                    "(func $f (export \"f\")))",
                    NULL, NULL);
    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    const wasm_func_t *func = wasm_extern_as_func(exports.data[1]);
    wasm_ref_t *elem = wasm_table_get(wasm_extern_as_table(exports.data[0]), 0);
    assert_true(wasm_func_same(func, wasm_ref_as_func(elem)));
    wasm_foreign_t *foreign = wasm_foreign_new(f->store);
    assert_false(wasm_table_set(wasm_extern_as_table(exports.data[0]), 0,
                                wasm_foreign_as_ref(foreign))); // not a function
    wasm_foreign_delete(foreign);
    wasm_ref_delete(elem);
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
}

// An object of the collected heap that comes out as an externref survives collections.
static void
test_collected_objects_are_kept(void **state)
{
    struct fixture *f = *state;
    wasm_instance_t *instance = instantiate(
        f->store,
        "(module (type $s (struct (field i64)))"
        "(func (export \"make\") (param i64) (result externref)"
        " (extern.convert_any (struct.new $s (local.get 0))))"
        "(func (export \"read\") (param externref) (result i64) (struct.get $s 0"
        " (ref.cast (ref $s) (any.convert_extern (local.get 0)))))"
        "(func (export \"waste\") (param $n i32) (loop $l"
        " (drop (struct.new $s (i64.const 7)))"
        " (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))",
        NULL, NULL);
    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    wasm_val_t arg[] = {WASM_I64_VAL(42)}, object[] = {WASM_INIT_VAL},
               result[] = {WASM_INIT_VAL}, count[] = {WASM_I32_VAL(2000000)};
    wasm_val_vec_t args = WASM_ARRAY_VEC(arg), objects = WASM_ARRAY_VEC(object),
                   results = WASM_ARRAY_VEC(result), counts = WASM_ARRAY_VEC(count),
                   none = WASM_EMPTY_VEC;
    assert_null(wasm_func_call(wasm_extern_as_func(exports.data[0]), &args, &objects));
    assert_null(wasm_func_call(wasm_extern_as_func(exports.data[2]), &counts, &none));
    assert_null(wasm_func_call(wasm_extern_as_func(exports.data[1]), &objects, &results));
    assert_int_equal(result[0].of.i64, 42);
    wasm_val_delete(&object[0]);
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
}

// ---- Ends ----

static void
test_finalizers_run_once(void **state)
{
    struct fixture *f = *state;
    wasm_store_t *store = wasm_store_new(f->engine);
    wasm_instance_t *instance = instantiate(store, "(module)", NULL, NULL);
    finalized = 0;
    wasm_instance_set_host_info_with_finalizer(instance, (void *)1, finalize);
    wasm_instance_set_host_info_with_finalizer(instance, (void *)10, finalize);
    assert_int_equal(finalized, 1); // replaced
    wasm_instance_delete(instance);
    assert_int_equal(finalized, 1); // the instance is alive
    wasm_store_delete(store);
    assert_int_equal(finalized, 11);
}

static void
test_null_may_be_deleted(void **state)
{
    (void)state;
    wasm_func_delete(NULL);
    wasm_module_delete(NULL);
    wasm_shared_module_delete(NULL);
    wasm_functype_delete(NULL);
    wasm_externtype_delete(NULL);
    wasm_frame_delete(NULL);
    wasm_store_delete(NULL);
}

// A deep recursion traps, on a thread with a small stack too.
static void *
recurse(void *engine)
{
    wasm_store_t *store = wasm_store_new(engine);
    wasm_trap_t *trap = NULL;
    assert_null(
        instantiate(store, "(module (func $f (call $f)) (start $f))", NULL, &trap));
    assert_message(trap, "call stack exhausted");
    wasm_store_delete(store);
    return NULL;
}

static void
test_recursion_traps_on_small_stacks(void **state)
{
    struct fixture *f = *state;
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 512 << 10);
    assert_int_equal(pthread_create(&thread, &attributes, recurse, f->engine), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    recurse(f->engine);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_types_are_copied_deeply),
        TEST(test_imports_and_exports_are_described),
        TEST(test_damaged_bytes_are_no_module),
        TEST(test_serialized_modules_come_back),
        TEST(test_shared_modules_outlive_their_store),
        TEST(test_wide_calls_go_both_ways),
        TEST(test_traps_of_the_host_pass_through_wasm),
        TEST(test_callbacks_give_what_their_type_says),
        TEST(test_wrong_calls_trap),
        TEST(test_imports_that_do_not_fit_are_told),
        TEST(test_foreign_objects_travel_through_wasm),
        TEST(test_functions_in_tables_are_the_same),
        TEST(test_collected_objects_are_kept),
        TEST(test_finalizers_run_once),
        TEST(test_null_may_be_deleted),
        TEST(test_recursion_traps_on_small_stacks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
