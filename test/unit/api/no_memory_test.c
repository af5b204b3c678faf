// SPDX-License-Identifier: Apache-2.0
//
// Every allocation fails in turn: what wasm.h then gives is NULL, an empty vector or a
// trap, nothing is lost, and nothing is freed twice. The linker puts the wrappers below
// in the place of the C library's functions (test/rules.mk).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/wasm.h"
#include "test/unit/api/wat.h"

void *__real_malloc(size_t len);
void *__real_calloc(size_t count, size_t len);
void __real_free(void *bytes);
void *__wrap_malloc(size_t len);
void *__wrap_calloc(size_t count, size_t len);
void __wrap_free(void *bytes);

static uint64_t requests, fail_at; // the request of this number fails; 0: none does
static int64_t live;

static void *
counted(void *bytes)
{
    live += bytes != NULL;
    return bytes;
}

void *
__wrap_malloc(size_t len)
{
    return ++requests == fail_at ? NULL : counted(__real_malloc(len));
}

void *
__wrap_calloc(size_t count, size_t len)
{
    return ++requests == fail_at ? NULL : counted(__real_calloc(count, len));
}

void
__wrap_free(void *bytes)
{
    live -= bytes != NULL;
    __real_free(bytes);
}

// ---- All that wasm.h has ----

static const char text[] =
    "(module (import \"a\" \"f\" (func $f (param externref i64) (result externref i32)))"
    "(import \"a\" \"g\" (global (mut externref)))"
    "(import \"a\" \"t\" (table 2 9 funcref)) (import \"a\" \"m\" (memory 1 2))"
    "(type $s (struct (field i64))) (tag $e (param i32))"
    "(table $own (export \"own\") 2 externref)"
    "(global $object (ref $s) (struct.new $s (i64.const 1)))"
    "(elem $items (ref null $s) (item (struct.new $s (i64.const 4))))"
    "(elem $funcs func $trap $throw) (data $bytes \"abc\")"
    "(func $call (export \"call\") (param externref i64) (result externref i32)"
    " (table.set $own (i32.const 1) (local.get 0))"
    " (call $f (local.get 0) (local.get 1)))"
    "(func $object_of (export \"object\") (result externref)"
    " (extern.convert_any (struct.new $s (i64.const 2))))"
    "(func $trap (export \"trap\") (unreachable))"
    "(func $throw (export \"throw\") (throw $e (i32.const 3))))";

enum { OWN, CALL, OBJECT, TRAP, THROW, EXPORTS };

static wasm_trap_t *
callback(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results)
{
    wasm_message_t message;
    if (args->data[1].of.i64 == 0) {
        wasm_val_copy(&results->data[0], &args->data[0]);
        results->data[1] = (wasm_val_t)WASM_I32_VAL(5);
        return NULL;
    }
    wasm_name_new_from_string_nt(&message, "enough");
    wasm_trap_t *trap = wasm_trap_new(env, &message);
    wasm_byte_vec_delete(&message);
    return trap;
}

struct scene {
    wasm_engine_t *engine;
    wasm_store_t *store;
    wasm_module_t *module;
    wasm_extern_t *imports[4];
    wasm_instance_t *instance;
    wasm_extern_vec_t exports;
};

static wasm_extern_t *
make_func(wasm_store_t *store)
{
    wasm_functype_t *type =
        wasm_functype_new_2_2(wasm_valtype_new_externref(), wasm_valtype_new_i64(),
                              wasm_valtype_new_externref(), wasm_valtype_new_i32());
    wasm_func_t *func =
        type ? wasm_func_new_with_env(store, type, callback, store, NULL) : NULL;
    wasm_functype_t *copy = type ? wasm_functype_copy(type) : NULL;
    if (copy) {
        assert_int_equal(wasm_functype_params(copy)->size,
                         wasm_functype_params(type)->size);
        assert_int_equal(wasm_functype_results(copy)->size,
                         wasm_functype_results(type)->size);
    }
    wasm_functype_delete(copy);
    wasm_functype_delete(type);
    return func ? wasm_func_as_extern(func) : NULL;
}

static wasm_extern_t *
make_global(wasm_store_t *store)
{
    wasm_val_t null = WASM_INIT_VAL;
    wasm_globaltype_t *type = wasm_globaltype_new(wasm_valtype_new_externref(), WASM_VAR);
    wasm_global_t *global = type ? wasm_global_new(store, type, &null) : NULL;
    wasm_globaltype_delete(type);
    return global ? wasm_global_as_extern(global) : NULL;
}

static wasm_extern_t *
make_table(wasm_store_t *store)
{
    wasm_limits_t limits = {2, 9};
    wasm_tabletype_t *type = wasm_tabletype_new(wasm_valtype_new_funcref(), &limits);
    wasm_table_t *table = type ? wasm_table_new(store, type, NULL) : NULL;
    wasm_tabletype_delete(type);
    if (table)
        (void)wasm_table_grow(table, 3, NULL);
    return table ? wasm_table_as_extern(table) : NULL;
}

static wasm_extern_t *
make_memory(wasm_store_t *store)
{
    wasm_limits_t limits = {1, 2};
    wasm_memorytype_t *type = wasm_memorytype_new(&limits);
    wasm_memory_t *memory = type ? wasm_memory_new(store, type) : NULL;
    wasm_memorytype_delete(type);
    return memory ? wasm_memory_as_extern(memory) : NULL;
}

// What a list of descriptions says: all of it, or nothing.
static void
describe(const struct scene *s)
{
    wasm_importtype_vec_t imports, again;
    wasm_exporttype_vec_t exports;
    wasm_module_imports(s->module, &imports);
    wasm_module_exports(s->module, &exports);
    wasm_importtype_vec_copy(&again, &imports);
    assert_true(imports.size == 0 || imports.size == 4);
    assert_true(exports.size == 0 || exports.size == EXPORTS);
    assert_true(again.size == 0 || again.size == 4);
    for (size_t i = 0; i < imports.size; i++)
        assert_int_equal(wasm_importtype_name(imports.data[i])->size, 1);
    for (size_t i = 0; i < again.size; i++)
        assert_int_equal(wasm_importtype_name(again.data[i])->size, 1);
    for (size_t i = 0; i < exports.size; i++)
        assert_true(wasm_exporttype_name(exports.data[i])->size >= 3);
    wasm_importtype_vec_delete(&imports);
    wasm_importtype_vec_delete(&again);
    wasm_exporttype_vec_delete(&exports);
}

static void
share(const struct scene *s)
{
    wasm_byte_vec_t bytes;
    wasm_shared_module_t *shared = wasm_module_share(s->module);
    wasm_store_t *other = wasm_store_new(s->engine);
    wasm_module_t *there = shared && other ? wasm_module_obtain(other, shared) : NULL;
    wasm_module_t *twice = there ? wasm_module_obtain(other, shared) : NULL;
    wasm_shared_module_delete(shared);
    wasm_module_delete(there);
    wasm_module_delete(twice);
    wasm_module_serialize(s->module, &bytes);
    wasm_module_delete(other ? wasm_module_deserialize(other, &bytes) : NULL);
    wasm_byte_vec_delete(&bytes);
    wasm_store_delete(other);
}

static void
read_trap(wasm_trap_t *trap)
{
    wasm_message_t message;
    wasm_frame_vec_t frames;
    if (!trap)
        return;
    wasm_trap_message(trap, &message);
    wasm_trap_trace(trap, &frames);
    for (size_t i = 0; i < frames.size; i++) {
        assert_non_null(frames.data[i]);
        (void)wasm_frame_instance(frames.data[i]);
        wasm_frame_delete(wasm_frame_copy(frames.data[i]));
    }
    wasm_frame_delete(wasm_trap_origin(trap));
    wasm_frame_vec_delete(&frames);
    wasm_byte_vec_delete(&message);
    wasm_trap_delete(trap);
}

static void
call(const struct scene *s, int which, wasm_ref_t *ref, int64_t number)
{
    wasm_val_t arg[] = {WASM_REF_VAL(ref), WASM_I64_VAL(number)};
    wasm_val_t result[] = {WASM_INIT_VAL, WASM_INIT_VAL};
    wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
    if (which != CALL)
        args.size = 0;
    read_trap(
        wasm_func_call(wasm_extern_as_func(s->exports.data[which]), &args, &results));
    wasm_val_delete(&result[0]);
}

static void
use(const struct scene *s)
{
    wasm_foreign_t *foreign = wasm_foreign_new(s->store);
    wasm_ref_t *ref = foreign ? wasm_foreign_as_ref(foreign) : NULL;
    call(s, CALL, ref, 0);
    call(s, CALL, ref, 1);
    call(s, OBJECT, NULL, 0);
    call(s, TRAP, NULL, 0);
    call(s, THROW, NULL, 0);
    for (int i = 0; i < EXPORTS; i++) {
        wasm_externtype_t *type = wasm_extern_type(s->exports.data[i]);
        wasm_externtype_delete(type ? wasm_externtype_copy(type) : NULL);
        wasm_externtype_delete(type);
    }
    wasm_foreign_delete(foreign);
    wasm_ref_delete(wasm_table_get(wasm_extern_as_table(s->exports.data[OWN]), 1));
}

static void
instantiate(struct scene *s)
{
    wasm_extern_vec_t imports = WASM_ARRAY_VEC(s->imports);
    wasm_trap_t *trap;
    s->instance = wasm_instance_new(s->store, s->module, &imports, &trap);
    read_trap(trap);
    if (!s->instance)
        return;
    wasm_instance_exports(s->instance, &s->exports);
    assert_true(s->exports.size == 0 || s->exports.size == EXPORTS);
    if (s->exports.size)
        use(s);
    wasm_extern_vec_delete(&s->exports);
    wasm_instance_delete(s->instance);
}

static void
play(const wasm_byte_vec_t *bytes)
{
    struct scene s = {.engine = wasm_engine_new_with_config(wasm_config_new())};
    s.store = s.engine ? wasm_store_new(s.engine) : NULL;
    if (s.store) {
        s.imports[0] = make_func(s.store);
        s.imports[1] = make_global(s.store);
        s.imports[2] = make_table(s.store);
        s.imports[3] = make_memory(s.store);
        s.module = wasm_module_new(s.store, bytes);
    }
    if (s.module) {
        describe(&s);
        share(&s);
        instantiate(&s);
    }
    for (int i = 0; i < 4; i++)
        wasm_extern_delete(s.imports[i]);
    wasm_module_delete(s.module);
    wasm_store_delete(s.store);
    if (s.engine)
        wasm_engine_delete(s.engine);
}

static void
test_any_allocation_may_fail(void **state)
{
    (void)state;
    wasm_byte_vec_t bytes;
    wat_encode(text, &bytes);
    play(&bytes); // what a thread keeps is there now
    requests = 0;
    int64_t before = live;
    play(&bytes);
    uint64_t count = requests;
    assert_int_equal(live, before);
    assert_true(count > 100);
    for (uint64_t k = 1; k <= count; k++) {
        requests = 0;
        fail_at = k;
        play(&bytes);
        fail_at = 0;
        if (live != before)
            fail_msg("failing request %lu of %lu: %ld blocks lost", (unsigned long)k,
                     (unsigned long)count, (long)(live - before));
    }
    wasm_byte_vec_delete(&bytes);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
