// SPDX-License-Identifier: Apache-2.0
//
// Branch hints reach the instructions that they are for, whatever else the section says.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/validate.h"
#include "test/unit/engine/builder.h"
#include "test/unit/engine/test_port.h"

#define NAME                                                                             \
    25, 'm', 'e', 't', 'a', 'd', 'a', 't', 'a', '.', 'c', 'o', 'd', 'e', '.', 'b', 'r',  \
        'a', 'n', 'c', 'h', '_', 'h', 'i', 'n', 't'

// Two functions of the same body: `if` at offset 3 of the body, br_if at 7.
static void
build(struct builder *b, const uint8_t *section, size_t len)
{
    builder_init(b);
    builder_section(b, 1, BYTES(1, 0x60, 0, 0));
    builder_section(b, 3, BYTES(2, 0, 0));
    builder_section(b, 0, section, len);
    builder_section(b, 10,
                    BYTES(2, 11, 0, 0x41, 0, 4, 0x40, 0x41, 0, 0x0d, 0, 0x0b, 0x0b, //
                          11, 0, 0x41, 0, 4, 0x40, 0x41, 0, 0x0d, 0, 0x0b, 0x0b));
}

// Of the function's `if` and `br_if`, as 10 * hint + hint.
static unsigned
hints_of(struct wasm_validator *v, uint32_t func)
{
    unsigned hints = 0;
    assert_true(wasm_validator_begin(v, func));
    while (v->depth > 0) {
        struct wasm_instr in = {0};
        assert_true(wasm_validator_next(v, &in));
        if (in.opcode == WASM_OP_IF)
            hints += 10u * in.hint;
        if (in.opcode == WASM_OP_BR_IF)
            hints += in.hint;
    }
    return hints;
}

struct hint_case {
    unsigned first, second; // of the two functions
    size_t len;
    uint8_t section[64];
};
#define CASE(first, second, ...)                                                         \
    {                                                                                    \
        first, second, sizeof((uint8_t[]){NAME, __VA_ARGS__}),                           \
        {                                                                                \
            NAME, __VA_ARGS__                                                            \
        }                                                                                \
    }

static const struct hint_case cases[] = {
    CASE(0, 0, 0),
    CASE(21, 12, 2, 0, 2, 3, 1, 1, 7, 1, 0, 1, 2, 3, 1, 0, 7, 1, 1),
    CASE(0, 2, 1, 1, 1, 7, 1, 1),
    CASE(20, 0, 1, 0, 2, 3, 1, 1, 5, 1, 1),       // at an instruction without branch
    CASE(20, 0, 2, 0, 1, 3, 1, 1, 0, 1, 7, 1, 1), // the function again
    CASE(20, 0, 1, 0, 2, 3, 1, 1, 3, 1, 1),       // not ascending
    CASE(0, 0, 1, 0, 1, 3, 2, 1, 1),              // a hint of two bytes
    CASE(0, 0, 1, 0, 1, 3, 1, 2),                 // neither likely nor unlikely
    CASE(20, 0, 9, 0, 9, 3, 1, 1),                // cut off
};

static void
reach_their_instructions(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct test_port port;
        struct builder b;
        struct wasm_module *module;
        struct wasm_error error;
        struct wasm_validator v;
        test_port_init(&port);
        build(&b, cases[i].section, cases[i].len);
        assert_int_equal(wasm_module_decode(&port.port, b.bytes, b.len, &module, &error),
                         WASM_OK);
        assert_true(wasm_validator_init(&v, module, &error));
        assert_int_equal(hints_of(&v, 0), cases[i].first);
        assert_int_equal(hints_of(&v, 1), cases[i].second);
        assert_int_equal(hints_of(&v, 0), cases[i].first); // in any order
        wasm_validator_fini(&v);
        wasm_module_destroy(module);
        assert_int_equal(port.live, 0);
    }
}

// The tool's question: all hints at branches?
static void
are_checked_on_demand(void **state)
{
    (void)state;
    static const enum wasm_error_code codes[] = {
        WASM_OK,        WASM_OK,        WASM_OK,        WASM_INVALID,  WASM_MALFORMED,
        WASM_MALFORMED, WASM_MALFORMED, WASM_MALFORMED, WASM_MALFORMED};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct test_port port;
        struct builder b;
        struct wasm_module *module;
        struct wasm_error error;
        test_port_init(&port);
        build(&b, cases[i].section, cases[i].len);
        assert_int_equal(wasm_module_decode(&port.port, b.bytes, b.len, &module, &error),
                         WASM_OK);
        assert_int_equal(wasm_module_check_hints(module, &error), codes[i]);
        wasm_module_destroy(module);
        assert_int_equal(port.live, 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reach_their_instructions),
                                       cmocka_unit_test(are_checked_on_demand)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
