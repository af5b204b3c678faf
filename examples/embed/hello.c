// SPDX-License-Identifier: Apache-2.0
//
// The least program: a module calls a function of the host, a few times.
//
//   cc hello.c $(pkg-config --cflags --libs selkis) && ./a.out
//
//   (module
//     (import "host" "greet" (func $greet (param i32)))
//     (func (export "run") (param $n i32)
//       (loop $again
//         (call $greet (local.get $n))
//         (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))
#include <stdio.h>
#include <wasm.h>

static const unsigned char module_bytes[] = {
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x05, 0x01, 0x60, 0x01, 0x7f,
    0x00, 0x02, 0x0e, 0x01, 0x04, 0x68, 0x6f, 0x73, 0x74, 0x05, 0x67, 0x72, 0x65, 0x65,
    0x74, 0x00, 0x00, 0x03, 0x02, 0x01, 0x00, 0x07, 0x07, 0x01, 0x03, 0x72, 0x75, 0x6e,
    0x00, 0x01, 0x0a, 0x14, 0x01, 0x12, 0x00, 0x03, 0x40, 0x20, 0x00, 0x10, 0x00, 0x20,
    0x00, 0x41, 0x01, 0x6b, 0x22, 0x00, 0x0d, 0x00, 0x0b, 0x0b,
};

// Called by the module; a trap of its own would be the return value.
static wasm_trap_t *
greet(const wasm_val_vec_t *args, wasm_val_vec_t *results)
{
    (void)results;
    printf("hello %d\n", args->data[0].of.i32);
    return NULL;
}

static int
fail(const char *what)
{
    fprintf(stderr, "%s failed\n", what);
    return 1;
}

int
main(void)
{
    wasm_engine_t *engine = wasm_engine_new();
    wasm_store_t *store = wasm_store_new(engine);

    wasm_byte_vec_t bytes;
    wasm_byte_vec_new(&bytes, sizeof module_bytes, (const char *)module_bytes);
    wasm_module_t *module = wasm_module_new(store, &bytes);
    wasm_byte_vec_delete(&bytes);
    if (!module)
        return fail("compiling");

    wasm_functype_t *greet_type = wasm_functype_new_1_0(wasm_valtype_new_i32());
    wasm_func_t *greet_func = wasm_func_new(store, greet_type, greet);
    wasm_functype_delete(greet_type);

    wasm_extern_t *externs[] = {wasm_func_as_extern(greet_func)};
    wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
    wasm_instance_t *instance = wasm_instance_new(store, module, &imports, NULL);
    if (!instance)
        return fail("instantiating");

    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    wasm_val_t arg[] = {WASM_I32_VAL(3)};
    wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_EMPTY_VEC;
    if (wasm_func_call(wasm_extern_as_func(exports.data[0]), &args, &results))
        return fail("calling");

    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
    wasm_func_delete(greet_func);
    wasm_module_delete(module);
    wasm_store_delete(store);
    wasm_engine_delete(engine);
    return 0;
}
