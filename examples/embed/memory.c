// SPDX-License-Identifier: Apache-2.0
//
// The host writes into a module's memory and calls it; then the module reads beyond the
// end, and the host looks at the trap.
//
//   cc memory.c $(pkg-config --cflags --libs selkis) && ./a.out
//
//   (module
//     (memory (export "memory") 1 4)
//     (func $load (param $at i32) (result i32) (i32.load8_u (local.get $at)))
//     (func (export "sum") (param $from i32) (param $len i32) (result i64)
//       (local $sum i64)
//       (block $done
//         (loop $next
//           (br_if $done (i32.eqz (local.get $len)))
//           (local.set $sum (i64.add (local.get $sum)
//             (i64.extend_i32_u (call $load (local.get $from)))))
//           (local.set $from (i32.add (local.get $from) (i32.const 1)))
//           (local.set $len (i32.sub (local.get $len) (i32.const 1)))
//           (br $next)))
//       (local.get $sum)))
#include <stdio.h>
#include <wasm.h>

static const unsigned char module_bytes[] = {
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x0c, 0x02, 0x60, 0x01, 0x7f,
    0x01, 0x7f, 0x60, 0x02, 0x7f, 0x7f, 0x01, 0x7e, 0x03, 0x03, 0x02, 0x00, 0x01, 0x05,
    0x04, 0x01, 0x01, 0x01, 0x04, 0x07, 0x10, 0x02, 0x06, 0x6d, 0x65, 0x6d, 0x6f, 0x72,
    0x79, 0x02, 0x00, 0x03, 0x73, 0x75, 0x6d, 0x00, 0x01, 0x0a, 0x35, 0x02, 0x07, 0x00,
    0x20, 0x00, 0x2d, 0x00, 0x00, 0x0b, 0x2b, 0x01, 0x01, 0x7e, 0x02, 0x40, 0x03, 0x40,
    0x20, 0x01, 0x45, 0x0d, 0x01, 0x20, 0x02, 0x20, 0x00, 0x10, 0x00, 0xad, 0x7c, 0x21,
    0x02, 0x20, 0x00, 0x41, 0x01, 0x6a, 0x21, 0x00, 0x20, 0x01, 0x41, 0x01, 0x6b, 0x21,
    0x01, 0x0c, 0x00, 0x0b, 0x0b, 0x20, 0x02, 0x0b,
};

// Where the exports stand, in the order of the module.
enum { EXPORT_MEMORY, EXPORT_SUM };

static void
show_trap(wasm_trap_t *trap)
{
    wasm_message_t message;
    wasm_frame_vec_t frames;
    wasm_trap_message(trap, &message);
    wasm_trap_trace(trap, &frames);
    printf("trap: %s\n", message.data);
    for (size_t i = 0; i < frames.size; i++)
        printf("  in function %u at offset %zu of its body\n",
               wasm_frame_func_index(frames.data[i]),
               wasm_frame_func_offset(frames.data[i]));
    wasm_frame_vec_delete(&frames);
    wasm_byte_vec_delete(&message);
    wasm_trap_delete(trap);
}

static void
sum(const wasm_func_t *func, int32_t from, int32_t len)
{
    wasm_val_t arg[] = {WASM_I32_VAL(from), WASM_I32_VAL(len)};
    wasm_val_t result[] = {WASM_INIT_VAL};
    wasm_val_vec_t args = WASM_ARRAY_VEC(arg), results = WASM_ARRAY_VEC(result);
    wasm_trap_t *trap = wasm_func_call(func, &args, &results);
    if (trap)
        show_trap(trap);
    else
        printf("sum of %d bytes from %d on: %lld\n", len, from,
               (long long)result[0].of.i64);
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
    wasm_extern_vec_t imports = WASM_EMPTY_VEC;
    wasm_instance_t *instance =
        module ? wasm_instance_new(store, module, &imports, NULL) : NULL;
    if (!instance) {
        fprintf(stderr, "the module does not load\n");
        return 1;
    }

    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    wasm_memory_t *memory = wasm_extern_as_memory(exports.data[EXPORT_MEMORY]);
    wasm_func_t *func = wasm_extern_as_func(exports.data[EXPORT_SUM]);

    for (int i = 0; i < 100; i++)
        wasm_memory_data(memory)[1000 + i] = (char)i;
    sum(func, 1000, 100);
    sum(func, 65500, 100);

    printf("memory has %u pages; ", wasm_memory_size(memory));
    printf("growing by 1: %s, ", wasm_memory_grow(memory, 1) ? "yes" : "no");
    printf("by 100: %s\n", wasm_memory_grow(memory, 100) ? "yes" : "no");
    sum(func, 65500, 100);

    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
    wasm_module_delete(module);
    wasm_store_delete(store);
    wasm_engine_delete(engine);
    return 0;
}
