// SPDX-License-Identifier: Apache-2.0
//
// What the validator says of function bodies, beyond what the specification's suite asks.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "test/unit/engine/builder.h"
#include "test/unit/engine/test_port.h"

struct body_case {
    enum wasm_error_code code;
    const char *message; // its beginning
    uint8_t len;
    uint8_t body[32]; // locals and code
};
#define CASE(code, message, ...)                                                         \
    {                                                                                    \
        WASM_##code, message, sizeof((uint8_t[]){__VA_ARGS__}),                          \
        {                                                                                \
            __VA_ARGS__                                                                  \
        }                                                                                \
    }

// In a module of type 0: () -> (), type 1: (i32 i32) -> (i32 i32); function 0 of type 0,
// which is the body; memory 0, memory 1 with 64-bit addresses; table 0 of funcref, 1 of
// externref; global 0: i32, constant. Type 2: a structure of i8, mutable, and (ref null
// 2); 3: an array of i16, constant; 4: an array of i64, mutable; 5: (i32) -> (); 6: () ->
// (i32). Tags 0 and 1 of types 0 and 5.
static const struct body_case cases[] = {
    CASE(OK, "", 0, 0x0b),
    CASE(OK, "", 0, 0x00, 0x6a, 0x1a, 0x0b),       // operands of any type
    CASE(OK, "", 0, 0x00, 0x1b, 0x69, 0x1a, 0x0b), // select of anything
    CASE(OK, "", 0, 0x41, 0, 0x41, 0, 2, 1, 0x0b, 0x1a, 0x1a, 0x0b),
    CASE(OK, "", 0, 0x41, 0, 0x41, 0, 0x41, 1, 4, 1, 0x0b, 0x1a, 0x1a, 0x0b),
    CASE(OK, "", 0, 3, 0x40, 0x0c, 0, 0x0b, 0x0b),
    CASE(INVALID, "type mismatch", 0, 0x41, 0, 0x0b),
    CASE(INVALID, "type mismatch", 0, 0x6a, 0x1a, 0x0b),
    CASE(INVALID, "type mismatch", 0, 0x42, 0, 0x45, 0x1a, 0x0b),
    CASE(INVALID, "type mismatch", 0, 0x00, 0x42, 0, 0x45, 0x1a, 0x0b),
    CASE(INVALID, "type mismatch", 0, 0x41, 0, 4, 0x7f, 0x41, 0, 0x0b, 0x1a, 0x0b),
    CASE(INVALID, "type mismatch", 0, 2, 0x7f, 0x0b, 0x1a, 0x0b),
    CASE(INVALID, "type mismatch", 0, 0xd0, 0x70, 0xd0, 0x70, 0x41, 0, 0x1b, 0x1a, 0x0b),
    CASE(INVALID, "unknown label 1", 0, 0x0c, 1, 0x0b),
    CASE(INVALID, "unknown local 2", 1, 2, 0x7f, 0x20, 2, 0x1a, 0x0b),
    CASE(INVALID, "unknown function 1", 0, 0x10, 1, 0x0b),
    CASE(INVALID, "unknown type 7", 0, 2, 7, 0x0b, 0x0b),
    CASE(INVALID, "type mismatch in call_indirect", 0, 0x41, 0, 0x11, 0, 1, 0x0b),
    CASE(INVALID, "unknown table 2", 0, 0x41, 0, 0x11, 0, 2, 0x0b),
    CASE(INVALID, "immutable global", 0, 0x41, 0, 0x24, 0, 0x0b),
    CASE(INVALID, "alignment must not be larger than natural", 0, 0x41, 0, 0x28, 3, 0,
         0x1a, 0x0b),
    CASE(INVALID, "offset out of range", 0, 0x41, 0, 0x28, 0, 0x80, 0x80, 0x80, 0x80,
         0x10, 0x1a, 0x0b),
    CASE(INVALID, "undeclared function reference", 0, 0xd2, 0, 0x1a, 0x0b),
    CASE(INVALID, "invalid result arity", 0, 0x00, 0x1c, 0, 0x0b),
    CASE(MALFORMED, "illegal opcode ff", 0, 0xff, 0x0b),
    CASE(MALFORMED, "illegal opcode fc 12", 0, 0xfc, 0x12, 0x0b),
    CASE(MALFORMED, "unexpected end", 0, 0x41),
    CASE(MALFORMED, "unexpected end", 0, 2, 0x40, 0x0b),
    CASE(MALFORMED, "integer representation too long", 0, 0x41, 0x80, 0x80, 0x80, 0x80,
         0x80, 0, 0x1a, 0x0b),
    CASE(MALFORMED, "data count section required", 0, 0xfc, 9, 0, 0x0b),
    CASE(MALFORMED, "else", 0, 5, 0x0b),
    CASE(MALFORMED, "section size mismatch", 0, 0x0b, 0x0b),
    CASE(MALFORMED, "too many locals", 2, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f, 1, 0x7f,
         0x0b),
    CASE(UNSUPPORTED, "unsupported: more than 50000 locals", 1, 0xd1, 0x86, 3, 0x7f,
         0x0b),
    CASE(UNSUPPORTED, "unsupported: legacy exceptions", 0, 6, 0x40, 0x0b, 0x0b),

    // Structures and arrays
    CASE(OK, "", 0, 0xfb, 1, 2, 0xfb, 3, 2, 0, 0x1a, 0x0b),
    CASE(INVALID, "type mismatch: field is packed", 0, 0, 0xfb, 2, 2, 0, 0x1a, 0x0b),
    CASE(INVALID, "type mismatch: field is unpacked", 0, 0, 0xfb, 4, 2, 1, 0x1a, 0x0b),
    CASE(INVALID, "immutable field", 0, 0, 0xfb, 5, 2, 1, 0x0b),
    CASE(INVALID, "unknown field 2", 0, 0, 0xfb, 5, 2, 2, 0x0b),
    CASE(INVALID, "type mismatch: type 3 is no structure", 0, 0xfb, 1, 3, 0x1a, 0x0b),
    CASE(INVALID, "type mismatch: type 2 is no array", 0, 0, 0xfb, 6, 2, 0x1a, 0x0b),
    CASE(INVALID, "immutable array", 0, 0, 0xfb, 0x0e, 3, 0x0b),
    CASE(INVALID, "array types do not match", 0, 0, 0xfb, 0x11, 4, 3, 0x0b),
    CASE(UNSUPPORTED, "unsupported: array.new_fixed of more", 0, 0, 0xfb, 8, 4, 0x91,
         0xce, 0, 0x1a, 0x0b),

    // References
    CASE(OK, "", 0, 0xd0, 0x70, 0xd5, 0, 0x1a, 0x0b),
    CASE(INVALID, "type mismatch in ref.test", 0, 0xd0, 0x70, 0xfb, 0x14, 0x6e, 0x1a,
         0x0b),
    CASE(INVALID, "type mismatch in br_on_cast", 0, 0, 0xfb, 0x18, 0, 0, 0x6b, 0x70,
         0x0b),
    CASE(MALFORMED, "malformed br_on_cast flags", 0, 0, 0xfb, 0x18, 4, 0, 0x6e, 0x6e,
         0x0b),
    CASE(INVALID, "type mismatch in i32.eqz", 0, 0, 0xd4, 0x45, 0x1a, 0x0b),
    CASE(INVALID, "uninitialized local 0", 1, 1, 0x64, 0x70, 0x20, 0, 0x1a, 0x0b),
    CASE(OK, "", 1, 1, 0x64, 2, 0xfb, 1, 2, 0x21, 0, 0x20, 0, 0x1a, 0x0b),
    CASE(INVALID, "uninitialized local 0", 1, 1, 0x64, 2, 2, 0x40, 0xfb, 1, 2, 0x22, 0,
         0x1a, 0x0b, 0x20, 0, 0x1a, 0x0b),
    CASE(INVALID, "unknown type 7", 1, 1, 0x63, 7, 0x0b),

    // Tail calls, exceptions
    CASE(OK, "", 0, 0x12, 0, 0x0b),
    CASE(INVALID, "type mismatch in return_call_indirect", 0, 0x41, 0, 0x13, 6, 0, 0x0b),
    CASE(OK, "", 0, 8, 0, 0x0b),
    CASE(INVALID, "type mismatch: instruction requires [i32] but stack has [] (throw)", 0,
         8, 1, 0x0b),
    CASE(OK, "", 0, 0x1f, 0x40, 2, 2, 0, 0, 0, 0, 0x0b, 0x0b),
    CASE(INVALID, "type mismatch in try_table", 0, 0x1f, 0x40, 1, 0, 1, 0, 0x0b, 0x0b),
    CASE(INVALID, "unknown tag 2", 0, 0x1f, 0x40, 1, 0, 2, 0, 0x0b, 0x0b),
    CASE(MALFORMED, "malformed catch clause", 0, 0x1f, 0x40, 1, 4, 0, 0, 0x0b, 0x0b),

    // Memories, vectors, atomics, wide arithmetic
    CASE(OK, "", 0, 0x42, 0, 0x29, 0x43, 1, 0x80, 0x80, 0x80, 0x80, 0x10, 0x1a, 0x0b),
    CASE(INVALID, "unknown memory 2", 0, 0x41, 0, 0x28, 0x42, 2, 0, 0x1a, 0x0b),
    CASE(INVALID, "type mismatch in i64.load", 0, 0x41, 0, 0x29, 0x43, 1, 0, 0x1a, 0x0b),
    CASE(OK, "", 0, 0x41, 0, 0x42, 0, 0x41, 0, 0xfc, 10, 0, 1, 0x0b),
    CASE(INVALID, "type mismatch in memory.copy", 0, 0x41, 0, 0x42, 0, 0x42, 0, 0xfc, 10,
         0, 1, 0x0b),
    CASE(INVALID, "atomic alignment must be natural", 0, 0x41, 0, 0xfe, 0x10, 1, 0, 0x1a,
         0x0b),
    CASE(INVALID, "invalid lane index", 0, 0, 0xfd, 0x15, 0x10, 0x1a, 0x0b),
    CASE(INVALID, "invalid lane index", 0, 0, 0xfd, 0x0d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
         0, 0, 0, 0, 32, 0x1a, 0x0b),
    CASE(MALFORMED, "unexpected end", 0, 0xfd, 12, 0x0b),
    CASE(MALFORMED, "illegal opcode fd 9a", 0, 0xfd, 0x9a, 1, 0x0b),
    CASE(OK, "", 0, 0x42, 0, 0x42, 0, 0xfc, 0x15, 0x1a, 0x1a, 0x0b),
};

static enum wasm_error_code
compile(const struct body_case *k, struct wasm_error *error)
{
    struct test_port port;
    struct builder b;
    struct wasm_module *module = NULL;
    builder_init(&b);
    builder_section(&b, 1,
                    BYTES(7, 0x60, 0, 0, 0x60, 2, 0x7f, 0x7f, 2, 0x7f, 0x7f, //
                          0x5f, 2, 0x78, 1, 0x63, 2, 0, 0x5e, 0x77, 0, 0x5e, 0x7e, 1,
                          0x60, 1, 0x7f, 0, 0x60, 0, 1, 0x7f));
    builder_section(&b, 3, BYTES(1, 0));
    builder_section(&b, 4, BYTES(2, 0x70, 0, 1, 0x6f, 0, 1));
    builder_section(&b, 5, BYTES(2, 0, 1, 4, 1));
    builder_section(&b, 13, BYTES(2, 0, 0, 0, 5));
    builder_section(&b, 6, BYTES(1, 0x7f, 0, 0x41, 0, 0x0b));
    builder_code(&b, k->body, k->len);
    enum wasm_error_code code =
        wasm_module_create(test_port_init(&port), b.bytes, b.len, &module, error);
    wasm_module_destroy(module);
    assert_int_equal(port.live, 0);
    return code;
}

static void
judges_bodies(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct body_case *k = &cases[i];
        struct wasm_error error = {0};
        enum wasm_error_code code = compile(k, &error);
        if (code != k->code ||
            strncmp(error.message, k->message, strlen(k->message)) != 0)
            fail_msg("case %zu: %d \"%s\", not %d \"%s\"", i, (int)code, error.message,
                     (int)k->code, k->message);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(judges_bodies)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
