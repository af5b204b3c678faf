// SPDX-License-Identifier: Apache-2.0
//
// embed MODULE: instantiates a module without imports with libselkis and calls its first
// export, which is to trap.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/wasm.h"

static void
read_file(const char *path, wasm_byte_vec_t *out)
{
    static char bytes[65536];
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        exit(2);
    wasm_byte_vec_new(out, fread(bytes, 1, sizeof(bytes), file), bytes);
    fclose(file);
}

int
main(int argc, char **argv)
{
    wasm_byte_vec_t bytes;
    wasm_extern_vec_t exports, none = WASM_EMPTY_VEC;
    wasm_val_vec_t nothing = WASM_EMPTY_VEC;
    if (argc != 2)
        return 2;
    read_file(argv[1], &bytes);
    wasm_engine_t *engine = wasm_engine_new();
    wasm_store_t *store = wasm_store_new(engine);
    wasm_module_t *module = wasm_module_new(store, &bytes);
    if (module == NULL)
        return 2;
    wasm_instance_t *instance = wasm_instance_new(store, module, &none, NULL);
    if (instance == NULL)
        return 2;
    wasm_instance_exports(instance, &exports);
    wasm_trap_t *trap =
        wasm_func_call(wasm_extern_as_func(exports.data[0]), &nothing, &nothing);
    printf(trap != NULL ? "trapped\n" : "returned\n");
    if (trap != NULL)
        wasm_trap_delete(trap);
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
    wasm_module_delete(module);
    wasm_store_delete(store);
    wasm_engine_delete(engine);
    wasm_byte_vec_delete(&bytes);
    return 0;
}
