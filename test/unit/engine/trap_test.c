// SPDX-License-Identifier: Apache-2.0
//
// Traps of compiled code: their codes, the call stacks, and that calls work afterwards.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "test/unit/engine/fixture.h"

static struct fixture f;
static struct wasm_instance *instance;

static void throw(void *env)
{
    wasm_trap_throw(f.store, env);
}

// Functions: 0 import () -> (); 1 exported "f" () -> () with `body`; 2 () -> () calls 1,
// exported "g". One memory page, a funcref table of two nulls, passive data "x",
// a tag.
static void
begin(const uint8_t *body, size_t len)
{
    static struct builder b; // modules are read in place
    struct builder code = {.len = 0};
    builder_init(&b);
    builder_section(&b, 1, BYTES(2, 0x60, 0, 0, 0x60, 1, 0x7f, 0));
    builder_section(&b, 2, BYTES(1, 1, 'm', 1, 'x', 0, 0));
    builder_section(&b, 3, BYTES(2, 0, 0));
    builder_section(&b, 4, BYTES(1, 0x70, 0, 2));
    builder_section(&b, 5, BYTES(1, 0, 1));
    builder_section(&b, 13, BYTES(1, 0, 0));
    builder_section(&b, 7, BYTES(2, 1, 'f', 0, 1, 1, 'g', 0, 2));
    builder_section(&b, 9, BYTES(1, 0, 0x41, 1, 0x0b, 1, 0));
    builder_section(&b, 12, BYTES(1));
    builder_leb(&code, 2);
    builder_leb(&code, len);
    builder_put(&code, body, len);
    builder_put(&code, BYTES(4, 0, 0x10, 1, 0x0b));
    builder_section(&b, 10, code.bytes, code.len);
    builder_section(&b, 11, BYTES(1, 1, 1, 'x'));

    fixture_init(&f);
    static char message[] = "thrown";
    struct wasm_functype type = {0};
    struct wasm_extern import = fixture_func(&f, &type, (void (*)(void)) throw, message);
    instance = fixture_instantiate(&f, fixture_module(&f, &b), &import, 1);
}

static enum wasm_error_code
call(const char *name)
{
    return fixture_call(&f, instance, name, NULL);
}

struct trap_case {
    enum wasm_trap_code code;
    uint8_t at; // index in the body of the instruction that traps
    uint8_t len;
    uint8_t body[24];
};
#define TRAPS(code, at, ...)                                                             \
    {WASM_TRAP_##code,                                                                   \
     at,                                                                                 \
     sizeof((uint8_t[]){0, __VA_ARGS__, 0x0b}),                                          \
     {0, __VA_ARGS__, 0x0b}}

static const struct trap_case cases[] = {
    TRAPS(UNREACHABLE, 2, 0x01, 0x00),
    // i32.load8_u and i32.store at the end of memory, and as far as addresses reach
    TRAPS(MEMORY_BOUNDS, 5, 0x41, 0x80, 0x80, 4, 0x2d, 0, 0, 0x1a),
    TRAPS(MEMORY_BOUNDS, 7, 0x41, 0xfd, 0xff, 3, 0x41, 0, 0x36, 0, 0),
    TRAPS(MEMORY_BOUNDS, 3, 0x41, 0x7f, 0x28, 0, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x1a),
    TRAPS(DIVIDE_BY_ZERO, 5, 0x41, 1, 0x41, 0, 0x6d, 0x1a),
    TRAPS(INTEGER_OVERFLOW, 9, 0x41, 0x80, 0x80, 0x80, 0x80, 0x78, 0x41, 0x7f, 0x6d,
          0x1a),
    TRAPS(INVALID_CONVERSION, 6, 0x43, 0, 0, 0xc0, 0x7f, 0xa8, 0x1a),
    TRAPS(UNDEFINED_ELEMENT, 3, 0x41, 2, 0x11, 0, 0),
    TRAPS(UNINITIALIZED_ELEMENT, 3, 0x41, 0, 0x11, 0, 0),
    TRAPS(INDIRECT_TYPE, 5, 0x41, 1, 0x41, 1, 0x11, 1, 0),
    TRAPS(TABLE_BOUNDS, 3, 0x41, 2, 0x25, 0, 0x1a),
    TRAPS(MEMORY_BOUNDS, 7, 0x41, 1, 0x41, 0, 0x41, 2, 0xfc, 8, 0, 0), // memory.init
    TRAPS(HOST, 1, 0x10, 0),
};

static void
tells_code_and_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct trap_case *k = &cases[i];
        begin(k->body, k->len);
        for (int round = 0; round < 2; round++) {
            assert_int_equal(call("g"), WASM_TRAP);
            assert_string_equal(wasm_trap_text(f.trap.code), wasm_trap_text(k->code));
            assert_int_equal(f.trap.frame_count, 2);
            assert_int_equal(f.trap.frames_cut, 0);
            assert_ptr_equal(f.trap.frames[0].instance, instance);
            assert_int_equal(f.trap.frames[0].func_index, 1);
            assert_int_equal(f.trap.frames[1].func_index, 2);
            // Between them: rest of the body, the length and the locals of the second.
            assert_int_equal(f.trap.frames[1].module_offset -
                                 f.trap.frames[0].module_offset,
                             k->len - k->at + 2);
        }
        fixture_fini(&f);
    }
}

static void
expect_name(uint32_t frame, const char *expected)
{
    struct wasm_name name = wasm_trap_frame_name(&f.trap.frames[frame]);
    assert_int_equal(name.len, strlen(expected));
    assert_memory_equal(name.bytes, expected, name.len);
}

// Functions: 0 "inner", exported as "i"; 1 exported as "g" and "h"; 2 and 3 have no name.
// Each calls the one before; a memory has an index that is a function's as well.
static void
names_functions(void **state)
{
    (void)state;
    static struct builder b;
    struct wasm_instance *out;
    builder_init(&b);
    builder_section(&b, 1, BYTES(1, 0x60, 0, 0));
    builder_section(&b, 3, BYTES(4, 0, 0, 0, 0));
    builder_section(&b, 5, BYTES(1, 0, 1));
    builder_section(&b, 7,
                    BYTES(4, 1, 'i', 0, 0, 1, 'm', 2, 0, 1, 'g', 0, 1, 1, 'h', 0, 1));
    builder_section(&b, 8, BYTES(3));
    builder_section(&b, 10,
                    BYTES(4, 3, 0, 0, 0x0b, 4, 0, 0x10, 0, 0x0b, 4, 0, 0x10, 1, 0x0b, 4,
                          0, 0x10, 2, 0x0b));
    // Function 0 is "inner"; function 1 has an empty name.
    builder_section(
        &b, 0,
        BYTES(4, 'n', 'a', 'm', 'e', 1, 10, 2, 0, 5, 'i', 'n', 'n', 'e', 'r', 1, 0));
    fixture_init(&f);
    assert_int_equal(wasm_instance_create(f.store, fixture_module(&f, &b), NULL, 0, &out,
                                          &f.trap, &f.error),
                     WASM_TRAP);
    assert_int_equal(f.trap.frame_count, 4);
    expect_name(0, "inner");
    expect_name(1, "g");
    expect_name(2, "");
    expect_name(3, "");
    fixture_fini(&f);
}

static void
ends_endless_recursion(void **state)
{
    (void)state;
    begin(BYTES(0, 0x10, 1, 0x0b));
    for (int round = 0; round < 3; round++) {
        assert_int_equal(call("g"), WASM_TRAP);
        assert_int_equal(f.trap.code, WASM_TRAP_STACK_EXHAUSTED);
        assert_int_equal(f.trap.frame_count, WASM_TRAP_FRAMES);
        assert_true(f.trap.frames_cut > 1000);
        assert_int_equal(f.trap.frames[WASM_TRAP_FRAMES - 1].func_index, 1);
    }
    wasm_store_set_stack_limit(f.store, UINTPTR_MAX / 2);
    assert_int_equal(call("f"), WASM_TRAP);
    assert_int_equal(f.trap.code, WASM_TRAP_STACK_EXHAUSTED);
    assert_int_equal(f.trap.frame_count, 0); // not even entered
    fixture_fini(&f);
}

// Whatever may use more of the stack than a little asks how much is left: all of these
// have 1000 locals, and there is room for half of them.
static void
lets_only_leaves_below_the_limit(void **state)
{
    (void)state;
#define LOCALS 1, 0xe8, 7, 0x7e
    static const struct {
        uint8_t body[16];
        size_t len;
        bool is_leaf;
    } bodies[] = {
        {{LOCALS, 0x41, 0, 0x28, 2, 0, 0x1a, 0x0b}, 11, true}, // i32.load
        {{LOCALS, 0x10, 0, 0x0b}, 7, false},                   // call
        {{LOCALS, 0x12, 0, 0x0b}, 7, false},                   // return_call
        {{LOCALS, 0x41, 0, 0x13, 0, 0, 0x0b}, 10, false},      // return_call_indirect
        {{LOCALS, 0xd2, 1, 0x15, 0, 0x0b}, 9, false},          // return_call_ref
        {{LOCALS, 0x08, 0, 0x0b}, 7, false},                   // throw
        {{LOCALS, 0xd0, 0x69, 0x0a, 0x0b}, 8, false},          // throw_ref
        {{LOCALS, 0x1f, 0x40, 0, 0x0b, 0x0b}, 9, false},       // try_table
        {{LOCALS, 0x41, 0, 0x40, 0, 0x1a, 0x0b}, 10, false},   // memory.grow
    };
#undef LOCALS
    for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
        begin(bodies[i].body, bodies[i].len);
        wasm_store_set_stack_limit(f.store, (uintptr_t)__builtin_frame_address(0) - 6000);
        enum wasm_error_code code = call("f");
        assert_int_equal(code, bodies[i].is_leaf ? WASM_OK : WASM_TRAP);
        if (!bodies[i].is_leaf)
            assert_int_equal(f.trap.code, WASM_TRAP_STACK_EXHAUSTED);
        fixture_fini(&f);
    }
}

static void
knows_only_its_own_faults(void **state)
{
    (void)state;
    begin(BYTES(0, 0x00, 0x0b));
    struct wasm_func *func = fixture_export(instance, "f").func;
    struct wasm_fault fault = {.pc = *(uint64_t *)(void *)func}; // its code
    assert_false(wasm_store_fault(f.store, &fault));             // nothing runs
    fixture_fini(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_code_and_place),
        cmocka_unit_test(names_functions),
        cmocka_unit_test(ends_endless_recursion),
        cmocka_unit_test(lets_only_leaves_below_the_limit),
        cmocka_unit_test(knows_only_its_own_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
