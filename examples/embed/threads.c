// SPDX-License-Identifier: Apache-2.0
//
// One module, compiled once, run by several threads, each in a store of its own; and an
// object of the host that travels through the module as an externref.
//
//   cc threads.c $(pkg-config --cflags --libs selkis) -pthread && ./a.out
//
//   (module
//     (import "host" "note" (func $note (param externref i64)))
//     (func $fib (export "fib") (param $n i64) (result i64)
//       (if (result i64) (i64.lt_u (local.get $n) (i64.const 2))
//         (then (local.get $n))
//         (else (i64.add (call $fib (i64.sub (local.get $n) (i64.const 1)))
//                        (call $fib (i64.sub (local.get $n) (i64.const 2)))))))
//     (func (export "work") (param $who externref) (param $n i64)
//       (call $note (local.get $who) (call $fib (local.get $n)))))
#include <pthread.h>
#include <stdio.h>
#include <wasm.h>

static const unsigned char module_bytes[] = {
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x0b, 0x02, 0x60, 0x02,
    0x6f, 0x7e, 0x00, 0x60, 0x01, 0x7e, 0x01, 0x7e, 0x02, 0x0d, 0x01, 0x04, 0x68,
    0x6f, 0x73, 0x74, 0x04, 0x6e, 0x6f, 0x74, 0x65, 0x00, 0x00, 0x03, 0x03, 0x02,
    0x01, 0x00, 0x07, 0x0e, 0x02, 0x03, 0x66, 0x69, 0x62, 0x00, 0x01, 0x04, 0x77,
    0x6f, 0x72, 0x6b, 0x00, 0x02, 0x0a, 0x29, 0x02, 0x1c, 0x00, 0x20, 0x00, 0x42,
    0x02, 0x54, 0x04, 0x7e, 0x20, 0x00, 0x05, 0x20, 0x00, 0x42, 0x01, 0x7d, 0x10,
    0x01, 0x20, 0x00, 0x42, 0x02, 0x7d, 0x10, 0x01, 0x7c, 0x0b, 0x0b, 0x0a, 0x00,
    0x20, 0x00, 0x20, 0x01, 0x10, 0x01, 0x10, 0x00, 0x0b,
};

#define THREADS 4
enum { EXPORT_FIB, EXPORT_WORK };

struct worker {
    pthread_t thread;
    wasm_engine_t *engine;
    const wasm_shared_module_t *module;
    int64_t n;
    int64_t result;
};

// (param externref i64): the host object is the worker.
static wasm_trap_t *
note(const wasm_val_vec_t *args, wasm_val_vec_t *results)
{
    (void)results;
    struct worker *worker = wasm_ref_get_host_info(args->data[0].of.ref);
    worker->result = args->data[1].of.i64;
    return NULL;
}

static wasm_instance_t *
instantiate(wasm_store_t *store, const wasm_module_t *module)
{
    wasm_functype_t *type =
        wasm_functype_new_2_0(wasm_valtype_new_externref(), wasm_valtype_new_i64());
    wasm_func_t *func = wasm_func_new(store, type, note);
    wasm_extern_t *externs[] = {wasm_func_as_extern(func)};
    wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
    wasm_instance_t *instance = wasm_instance_new(store, module, &imports, NULL);
    wasm_func_delete(func);
    wasm_functype_delete(type);
    return instance;
}

static void *
run(void *argument)
{
    struct worker *worker = argument;
    wasm_store_t *store = wasm_store_new(worker->engine);
    wasm_module_t *module = wasm_module_obtain(store, worker->module);
    wasm_instance_t *instance = instantiate(store, module);
    wasm_foreign_t *self = wasm_foreign_new(store);
    wasm_foreign_set_host_info(self, worker);

    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    wasm_val_t arg[] = {WASM_REF_VAL(wasm_foreign_as_ref(self)), WASM_I64_VAL(worker->n)};
    wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_EMPTY_VEC;
    wasm_trap_t *trap =
        wasm_func_call(wasm_extern_as_func(exports.data[EXPORT_WORK]), &args, &results);
    if (trap)
        worker->result = -1;

    wasm_trap_delete(trap);
    wasm_extern_vec_delete(&exports);
    wasm_foreign_delete(self);
    wasm_instance_delete(instance);
    wasm_module_delete(module);
    wasm_store_delete(store);
    return NULL;
}

int
main(void)
{
    struct worker workers[THREADS];
    wasm_engine_t *engine = wasm_engine_new();
    wasm_store_t *store = wasm_store_new(engine);
    wasm_byte_vec_t bytes;
    wasm_byte_vec_new(&bytes, sizeof module_bytes, (const char *)module_bytes);
    wasm_module_t *module = wasm_module_new(store, &bytes);
    wasm_byte_vec_delete(&bytes);
    if (!module) {
        fprintf(stderr, "the module does not load\n");
        return 1;
    }

    wasm_shared_module_t *shared = wasm_module_share(module);
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.engine = engine, .module = shared, .n = 20 + i};
        pthread_create(&workers[i].thread, NULL, run, &workers[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        printf("fib(%lld) = %lld\n", (long long)workers[i].n,
               (long long)workers[i].result);
    }

    wasm_shared_module_delete(shared);
    wasm_module_delete(module);
    wasm_store_delete(store);
    wasm_engine_delete(engine);
    return 0;
}
