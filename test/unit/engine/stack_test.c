// SPDX-License-Identifier: Apache-2.0
//
// Walks over the stack: references in frames, handlers and traps, across host functions,
// nested calls and deep tail calls. Every allocation collects.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "test/unit/engine/builder.h"
#include "test/unit/engine/test_port.h"

enum {
    IMPORT, // () -> (): runs what `host` says
    HOLDS,  // () -> i32: two references across a call of the import; 2 * 42
    MAKES,  // () -> (): allocates
    OUTER,  // () -> i32: a reference across a call of TAIL, adds its 100
    TAIL,   // () -> i32: tail call of DEEP with objects of 0 to 19
    DEEP,   // 20 references -> i32: calls IMPORT, then their sum
    THROWS, // () -> (): exception 9
    CATCHES // () -> i32: calls IMPORT; the exception's value, or 1
};

#define OBJECT(value)    0x41, value, 0xfb, 0, 0
#define ADD_FIELD(local) 0x20, local, 0xfb, 2, 0, 0, 0x6a
#define REF              0x63, 0
#define REF5             REF, REF, REF, REF, REF

static struct test_port port;
static struct wasm_store *store;
static struct wasm_module *module;
static struct wasm_instance *instance;
static struct builder b;
static struct wasm_trap trap;
static void (*host)(void);

static void
run_host(void *env)
{
    (void)env;
    host();
}

static void
put_body(struct builder *code, const uint8_t *body, size_t len)
{
    builder_leb(code, len);
    builder_put(code, body, len);
}

static void
put_bodies(void)
{
    struct builder tail = {.len = 0};
    builder_put(&tail, BYTES(0));
    for (uint8_t i = 0; i < 20; i++)
        builder_put(&tail, BYTES(OBJECT(i)));
    builder_put(&tail, BYTES(0x12, DEEP, 0x0b));
    struct builder deep = {.len = 0};
    builder_put(&deep, BYTES(0, 0x10, IMPORT, 0x10, MAKES, 0x41, 0));
    for (uint8_t i = 0; i < 20; i++)
        builder_put(&deep, BYTES(ADD_FIELD(i)));
    builder_put(&deep, BYTES(0x0b));
    struct builder code = {.len = 0};
    builder_leb(&code, 7);
    put_body(&code, BYTES(1, 1, REF, OBJECT(42), 0x22, 0, 0x10, IMPORT, //
                          0xfb, 2, 0, 0, ADD_FIELD(0), 0x0b));
    put_body(&code, BYTES(0, OBJECT(7), 0x1a, 0x0b));
    put_body(&code, BYTES(1, 1, REF, 0x41, 0xe4, 0, 0xfb, 0, 0, 0x21, 0, //
                          0x10, TAIL, ADD_FIELD(0), 0x0b));
    put_body(&code, tail.bytes, tail.len);
    put_body(&code, deep.bytes, deep.len);
    put_body(&code, BYTES(0, 0x41, 9, 0x08, 0, 0x0b));
    put_body(&code, BYTES(0, 0x02, 0x7f, 0x1f, 0x40, 1, 0, 0, 0, 0x10, IMPORT, 0x0b, //
                          0x41, 1, 0x0b, 0x0b));
    builder_section(&b, 10, code.bytes, code.len);
}

static void
build(void)
{
    builder_init(&b);
    builder_section(&b, 1,
                    BYTES(5, 0x5f, 1, 0x7f, 1,                       // 0
                          0x60, 0, 0,                                // 1
                          0x60, 0, 1, 0x7f,                          // 2
                          0x60, 20, REF5, REF5, REF5, REF5, 1, 0x7f, // 3
                          0x60, 1, 0x7f, 0));                        // 4
    builder_section(&b, 2, BYTES(1, 1, 'm', 1, 'x', 0, 1));
    builder_section(&b, 3, BYTES(7, 2, 1, 2, 2, 3, 1, 2));
    builder_section(&b, 13, BYTES(1, 0, 4));
    builder_section(&b, 7,
                    BYTES(5, 1, 'h', 0, HOLDS, 1, 'm', 0, MAKES, 1, 'o', 0, OUTER, //
                          1, 't', 0, THROWS, 1, 'c', 0, CATCHES));
    put_bodies();
}

static int
setup(void **state)
{
    (void)state;
    struct wasm_store_config config = {.stack_limit = test_port_stack_limit(),
                                       .gc_stress = true};
    struct wasm_functype type = {0};
    struct wasm_extern import = {.kind = WASM_KIND_FUNC};
    struct wasm_error error = {0};
    const struct wasm_port *p = test_port_init(&port);
    build();
    if (wasm_store_create(p, &config, &store) ||
        wasm_func_create(store, &type, (void (*)(void))run_host, NULL, &import.func))
        return -1;
    test_port_set_store(store);
    if (wasm_module_create(p, b.bytes, b.len, &module, &error) ||
        wasm_instance_create(store, module, &import, 1, &instance, &trap, &error))
        fail_msg("%s", error.message);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    test_port_set_store(NULL);
    wasm_store_destroy(store);
    wasm_module_destroy(module);
    return port.live == 0 ? 0 : -1;
}

static enum wasm_error_code
call(const char *name, uint32_t *result)
{
    struct wasm_extern found;
    union wasm_value value = {.i32 = 0};
    assert_true(wasm_instance_export(instance, name, 1, &found));
    enum wasm_error_code code = wasm_func_invoke(store, found.func, NULL, &value, &trap);
    *result = value.i32;
    return code;
}

static uint32_t
result_of(const char *name, void (*during)(void))
{
    uint32_t result;
    host = during;
    assert_int_equal(call(name, &result), WASM_OK);
    return result;
}

// ---- What host functions do ----

static void
collect(void)
{
    wasm_store_collect(store);
}

static void
nest(void)
{
    uint32_t result;
    assert_int_equal(call("m", &result), WASM_OK);
}

static void
nest_deeply(void)
{
    host = nest;
    uint32_t result;
    assert_int_equal(call("h", &result), WASM_OK);
    assert_int_equal(result, 84);
}

// Calls without a chain of frames, as code does that keeps something else in rbp.
void call_without_frames(void (*function)(void));
__asm__(".text\n"
        "call_without_frames:\n"
        "    push %rbp\n"
        "    xor %ebp, %ebp\n"
        "    call *%rdi\n"
        "    pop %rbp\n"
        "    ret\n");

static void
nest_without_frames(void)
{
    void *old = wasm_store_host_frame(store, __builtin_frame_address(0));
    assert_null(old);
    call_without_frames(nest);
    call_without_frames(collect);
    wasm_store_host_frame(store, old);
}

static void
throw_trap(void)
{
    wasm_trap_throw(store, "host");
}

static void
throw_out_of_hidden_frames(void)
{
    wasm_store_host_frame(store, __builtin_frame_address(0));
    call_without_frames(throw_trap);
}

static void
rethrow(void)
{
    uint32_t result;
    assert_int_equal(call("t", &result), WASM_EXCEPTION);
    wasm_exception_throw(store, wasm_store_exception(store));
}

static void
rethrow_out_of_hidden_frames(void)
{
    wasm_store_host_frame(store, __builtin_frame_address(0));
    call_without_frames(rethrow);
}

// ---- Tests ----

static void (*const hosts[])(void) = {collect, nest, nest_deeply, nest_without_frames};
enum { HOST_COUNT = sizeof(hosts) / sizeof(hosts[0]) };

static void
keeps_references_of_frames(void **state)
{
    (void)state;
    for (size_t i = 0; i < HOST_COUNT; i++)
        assert_int_equal(result_of("h", hosts[i]), 84);
    wasm_store_collect(store);
    assert_int_equal(wasm_store_heap_bytes(store), 0);
}

static void
keeps_references_of_tail_calls(void **state)
{
    (void)state;
    for (size_t i = 0; i < HOST_COUNT; i++)
        assert_int_equal(result_of("o", hosts[i]), 100 + 19 * 20 / 2);
}

static void
tells_callers_of_tail_calls(void **state)
{
    (void)state;
    static void (*const throwers[])(void) = {throw_trap, throw_out_of_hidden_frames};
    for (size_t i = 0; i < 2; i++) {
        uint32_t result;
        host = throwers[i];
        assert_int_equal(call("o", &result), WASM_TRAP);
        assert_int_equal(trap.frame_count, 2);
        assert_int_equal(trap.frames[0].func_index, DEEP);
        assert_int_equal(trap.frames[1].func_index, OUTER);
        assert_int_equal(call("c", &result), WASM_TRAP);
        assert_int_equal(trap.frame_count, 1);
        assert_int_equal(trap.frames[0].func_index, CATCHES);
    }
}

static void
catches_what_host_functions_throw(void **state)
{
    (void)state;
    assert_int_equal(result_of("c", collect), 1);
    assert_int_equal(result_of("c", rethrow), 9);
    assert_int_equal(result_of("c", rethrow_out_of_hidden_frames), 9);
    assert_int_equal(result_of("c", nest_without_frames), 1); // no frame is left behind
    uint32_t result;
    host = rethrow;
    assert_int_equal(call("o", &result), WASM_EXCEPTION);
    assert_int_equal(wasm_exception_value(wasm_store_exception(store), 0).i32, 9);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keeps_references_of_frames),
        TEST(keeps_references_of_tail_calls),
        TEST(tells_callers_of_tail_calls),
        TEST(catches_what_host_functions_throw),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
