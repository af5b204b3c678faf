// SPDX-License-Identifier: Apache-2.0
//
// The ends of things: finalizers that give back references of their own, identity of
// objects of the collected heap, and an engine that goes first.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "api/wasm.h"
#include "test/unit/api/wat.h"

static int finalized;

static wasm_instance_t *
instantiate(wasm_store_t *store, const char *text)
{
    wasm_byte_vec_t bytes;
    wasm_extern_vec_t none = WASM_EMPTY_VEC;
    wat_encode(text, &bytes);
    wasm_module_t *module = wasm_module_new(store, &bytes);
    wasm_instance_t *instance = wasm_instance_new(store, module, &none, NULL);
    wasm_module_delete(module);
    wasm_byte_vec_delete(&bytes);
    assert_non_null(instance);
    return instance;
}

static wasm_memory_t *
memory_new(wasm_store_t *store)
{
    wasm_limits_t limits = {1, 1};
    wasm_memorytype_t *type = wasm_memorytype_new(&limits);
    wasm_memory_t *memory = wasm_memory_new(store, type);
    wasm_memorytype_delete(type);
    return memory;
}

static void
delete_memory(void *memory)
{
    finalized++;
    wasm_memory_delete(memory);
}

static wasm_trap_t *
nothing(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results)
{
    (void)env, (void)args, (void)results;
    return NULL;
}

// Host information and environments that own references, in any order of ends.
static void
test_finalizers_may_delete_references(void **state)
{
    (void)state;
    wasm_engine_t *engine = wasm_engine_new();
    wasm_store_t *store = wasm_store_new(engine);
    finalized = 0;
    for (int i = 0; i < 100; i++) {
        wasm_functype_t *type = wasm_functype_new_0_0();
        wasm_func_t *func = wasm_func_new_with_env(store, type, nothing,
                                                   memory_new(store), delete_memory);
        wasm_func_set_host_info_with_finalizer(func, memory_new(store), delete_memory);
        wasm_functype_delete(type);
        wasm_func_delete(func);
    }
    assert_int_equal(finalized, 0);
    wasm_store_delete(store);
    assert_int_equal(finalized, 200);
    wasm_engine_delete(engine);
}

static void
count_null(void *info)
{
    assert_null(info);
    finalized++;
}

static void
test_a_finalizer_without_information_waits_too(void **state)
{
    (void)state;
    wasm_engine_t *engine = wasm_engine_new();
    wasm_store_t *store = wasm_store_new(engine);
    wasm_memory_t *memory = memory_new(store);
    finalized = 0;
    wasm_memory_set_host_info_with_finalizer(memory, NULL, count_null);
    wasm_memory_delete(memory);
    assert_int_equal(finalized, 0); // the store has the memory
    wasm_store_delete(store);
    assert_int_equal(finalized, 1);
    wasm_engine_delete(engine);
}

static wasm_ref_t *
call(const wasm_extern_vec_t *exports, size_t at)
{
    wasm_val_t result[] = {WASM_INIT_VAL};
    wasm_val_vec_t none = WASM_EMPTY_VEC, results = WASM_ARRAY_VEC(result);
    assert_null(wasm_func_call(wasm_extern_as_func(exports->data[at]), &none, &results));
    return result[0].of.ref;
}

static void
test_equal_objects_are_the_same(void **state)
{
    (void)state;
    wasm_engine_t *engine = wasm_engine_new();
    wasm_store_t *store = wasm_store_new(engine);
    wasm_instance_t *instance = instantiate(
        store, "(module (type $s (struct)) (global $g (ref $s) (struct.new $s))"
               "(func (export \"a\") (result externref)"
               " (extern.convert_any (global.get $g)))"
               "(func (export \"b\") (result externref)"
               " (extern.convert_any (struct.new $s)))"
               "(func (export \"c\") (result externref)"
               " (extern.convert_any (ref.i31 (i32.const 4)))))");
    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    wasm_ref_t *a = call(&exports, 0), *again = call(&exports, 0),
               *other = call(&exports, 1), *small = call(&exports, 2),
               *small_again = call(&exports, 2);
    assert_true(wasm_ref_same(a, again));
    assert_false(wasm_ref_same(a, other));
    assert_true(wasm_ref_same(small, small_again));
    wasm_ref_set_host_info(a, &finalized);
    assert_ptr_equal(wasm_ref_get_host_info(again), &finalized);
    wasm_ref_delete(a);
    wasm_ref_delete(again);
    a = call(&exports, 0);
    assert_ptr_equal(wasm_ref_get_host_info(a), &finalized);
    wasm_ref_delete(a);
    wasm_ref_delete(other);
    wasm_ref_delete(small);
    wasm_ref_delete(small_again);
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
    wasm_store_delete(store);
    wasm_engine_delete(engine);
}

// Externals outlive the reference to their instance; a shared module outlives stores and
// engine.
static void
test_what_is_held_stays(void **state)
{
    (void)state;
    wasm_engine_t *engine = wasm_engine_new();
    wasm_store_t *store = wasm_store_new(engine);
    wasm_byte_vec_t bytes;
    wat_encode("(module (func (export \"f\") (result externref) (ref.null extern)))",
               &bytes);
    wasm_module_t *module = wasm_module_new(store, &bytes);
    wasm_byte_vec_delete(&bytes);
    wasm_shared_module_t *shared = wasm_module_share(module);
    wasm_extern_vec_t none = WASM_EMPTY_VEC, exports;
    wasm_instance_t *instance = wasm_instance_new(store, module, &none, NULL);
    wasm_instance_exports(instance, &exports);
    wasm_instance_delete(instance);
    wasm_module_delete(module);
    assert_null(call(&exports, 0));
    wasm_extern_vec_delete(&exports);
    wasm_store_delete(store);
    wasm_engine_delete(engine);
    wasm_shared_module_delete(shared);
}

static void
test_modules_stay_with_their_engine(void **state)
{
    (void)state;
    wasm_engine_t *engines[] = {wasm_engine_new(), wasm_engine_new()};
    wasm_store_t *stores[] = {wasm_store_new(engines[0]), wasm_store_new(engines[1])};
    wasm_byte_vec_t bytes;
    wat_encode("(module)", &bytes);
    wasm_module_t *module = wasm_module_new(stores[0], &bytes);
    wasm_byte_vec_delete(&bytes);
    wasm_shared_module_t *shared = wasm_module_share(module);
    assert_null(wasm_module_obtain(stores[1], shared));
    wasm_shared_module_delete(shared);
    wasm_module_delete(module);
    for (int i = 0; i < 2; i++) {
        wasm_store_delete(stores[i]);
        wasm_engine_delete(engines[i]);
    }
    wasm_engine_delete(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finalizers_may_delete_references),
        cmocka_unit_test(test_a_finalizer_without_information_waits_too),
        cmocka_unit_test(test_equal_objects_are_the_same),
        cmocka_unit_test(test_what_is_held_stays),
        cmocka_unit_test(test_modules_stay_with_their_engine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
