// SPDX-License-Identifier: Apache-2.0
//
// What other engines have mixed up: index spaces with imports, types of several modules,
// and memory of instances that are gone.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "test/unit/engine/fixture.h"

static struct fixture f;

static uint32_t
call(struct wasm_instance *instance, const char *name)
{
    union wasm_value value;
    assert_int_equal(fixture_call(&f, instance, name, &value), WASM_OK);
    return value.i32;
}

static void
expect_trap(struct wasm_instance *instance, const char *name, enum wasm_trap_code code)
{
    union wasm_value value;
    assert_int_equal(fixture_call(&f, instance, name, &value), WASM_TRAP);
    assert_int_equal(f.trap.code, code);
}

static void
keeps_index_spaces_apart(void **state)
{
    (void)state;
    struct builder b;
    builder_init(&b);
    builder_section(&b, 1, BYTES(1, 0x60, 0, 1, 0x7f));
    builder_section(&b, 2,
                    BYTES(2, 1, 'm', 1, 't', 1, 0x6f, 0, 1, //
                          1, 'm', 1, 'g', 3, 0x7f, 0));
    builder_section(&b, 3, BYTES(7, 0, 0, 0, 0, 0, 0, 0));
    builder_section(&b, 4, BYTES(2, 0x6f, 0, 2, 0x6f, 0, 3));
    builder_section(&b, 6, BYTES(1, 0x7f, 0, 0x41, 9, 0x0b));
    builder_section(&b, 7,
                    BYTES(7, 1, '0', 0, 0, 1, '1', 0, 1, 1, '2', 0, 2, 1, 'g', 0, 3, //
                          1, 's', 0, 4, 1, 'f', 0, 5, 1, 't', 0, 6));
    builder_section(
        &b, 10,
        BYTES(7,                                            //
              5, 0, 0xfc, 16, 0, 0x0b,                      // table.size
              5, 0, 0xfc, 16, 1, 0x0b,                      //
              5, 0, 0xfc, 16, 2, 0x0b,                      //
              9, 0, 0xd0, 0x6f, 0x41, 5, 0xfc, 15, 1, 0x0b, // table.grow
              10, 0, 0x23, 0, 0x41, 10, 0x6c, 0x23, 1, 0x6a, 0x0b, 13, 0, 0x41, 0, 0xd0,
              0x6f, 0x41, 3, 0xfc, 17, 2, 0x41, 1, 0x0b, // table.fill
              13, 0, 0x41, 0, 0xd0, 0x6f, 0x41, 3, 0xfc, 17, 1, 0x41, 1, 0x0b));

    fixture_init(&f);
    struct wasm_extern imports[2] = {fixture_table(&f, WASM_TYPE_EXTERNREF, 1, 1),
                                     fixture_global(&f, WASM_TYPE_I32, false, 4)};
    struct wasm_instance *instance =
        fixture_instantiate(&f, fixture_module(&f, &b), imports, 2);
    assert_int_equal(call(instance, "f"), 1);
    expect_trap(instance, "t", WASM_TRAP_TABLE_BOUNDS);
    assert_int_equal(call(instance, "g"), 2);
    assert_int_equal(call(instance, "0"), 1);
    assert_int_equal(call(instance, "1"), 7);
    assert_int_equal(call(instance, "2"), 3);
    assert_int_equal(call(instance, "s"), 49);
    fixture_fini(&f);
}

static void
compares_types_not_their_indices(void **state)
{
    (void)state;
    struct builder a, b;
    // a: function 0 () -> i32, which gives 42, in slot 0 of the table.
    builder_init(&a);
    builder_section(&a, 1, BYTES(1, 0x60, 0, 1, 0x7f));
    builder_section(&a, 2, BYTES(1, 1, 'm', 1, 't', 1, 0x70, 0, 1));
    builder_section(&a, 3, BYTES(1, 0));
    builder_section(&a, 9, BYTES(1, 0, 0x41, 0, 0x0b, 1, 0));
    builder_code(&a, BYTES(0, 0x41, 42, 0x0b));
    // b: calls it as type 1, () -> i32, and as type 0, () -> i64.
    builder_init(&b);
    builder_section(&b, 1, BYTES(2, 0x60, 0, 1, 0x7e, 0x60, 0, 1, 0x7f));
    builder_section(&b, 2, BYTES(1, 1, 'm', 1, 't', 1, 0x70, 0, 1));
    builder_section(&b, 3, BYTES(2, 1, 1));
    builder_section(&b, 7, BYTES(2, 1, 'r', 0, 0, 1, 'w', 0, 1));
    builder_section(&b, 10,
                    BYTES(2, 7, 0, 0x41, 0, 0x11, 1, 0, 0x0b, //
                          8, 0, 0x41, 0, 0x11, 0, 0, 0xa7, 0x0b));

    fixture_init(&f);
    struct wasm_extern table = fixture_table(&f, WASM_TYPE_FUNCREF, 1, 1);
    fixture_instantiate(&f, fixture_module(&f, &a), &table, 1);
    struct wasm_instance *caller =
        fixture_instantiate(&f, fixture_module(&f, &b), &table, 1);
    assert_int_equal(call(caller, "r"), 42);
    expect_trap(caller, "w", WASM_TRAP_INDIRECT_TYPE);
    fixture_fini(&f);
}

// "w" grows memory by a page and writes to it; "r" reads the first page; "o" the second.
static void
leaves_nothing_to_the_next_instance(void **state)
{
    (void)state;
    struct builder b;
    builder_init(&b);
    builder_section(&b, 1, BYTES(1, 0x60, 0, 1, 0x7f));
    builder_section(&b, 3, BYTES(3, 0, 0, 0));
    builder_section(&b, 5, BYTES(1, 0, 1));
    builder_section(&b, 7, BYTES(3, 1, 'w', 0, 0, 1, 'r', 0, 1, 1, 'o', 0, 2));
    builder_section(&b, 10,
                    BYTES(3,                                        //
                          22, 0, 0x41, 1, 0x40, 0,                  //
                          0x41, 0xf0, 0xff, 3, 0x41, 7, 0x36, 0, 0, //
                          0x41, 8, 0x41, 7, 0x36, 0, 0, 0x0b,       //
                          7, 0, 0x41, 8, 0x28, 0, 0, 0x0b,          //
                          9, 0, 0x41, 0x80, 0x80, 4, 0x28, 0, 0, 0x0b));

    for (int round = 0; round < 3; round++) {
        fixture_init(&f);
        struct wasm_instance *instance =
            fixture_instantiate(&f, fixture_module(&f, &b), NULL, 0);
        assert_int_equal(call(instance, "r"), 0);
        expect_trap(instance, "o", WASM_TRAP_MEMORY_BOUNDS);
        assert_int_equal(call(instance, "w"), 1);
        assert_int_equal(call(instance, "r"), 7);
        assert_int_equal(call(instance, "o"), 0);
        fixture_fini(&f);
    }
}

static void
has_no_byte_in_an_empty_memory(void **state)
{
    (void)state;
    struct builder b;
    builder_init(&b);
    builder_section(&b, 1, BYTES(1, 0x60, 0, 1, 0x7f));
    builder_section(&b, 3, BYTES(2, 0, 0));
    builder_section(&b, 5, BYTES(1, 0, 0));
    builder_section(&b, 7, BYTES(2, 1, 'r', 0, 0, 1, 'f', 0, 1));
    builder_section(&b, 10,
                    BYTES(2, 7, 0, 0x41, 0, 0x2d, 0, 0, 0x0b, // i32.load8_u
                          13, 0, 0x41, 0, 0x41, 7, 0x41, 0, 0xfc, 11, 0, 0x3f, 0, 0x0b));

    fixture_init(&f);
    struct wasm_instance *instance =
        fixture_instantiate(&f, fixture_module(&f, &b), NULL, 0);
    expect_trap(instance, "r", WASM_TRAP_MEMORY_BOUNDS);
    assert_int_equal(call(instance, "f"), 0);
    fixture_fini(&f);
}

#define TWO_GIB 0x80, 0x80, 0x80, 0x80, 0x78 // as an i32.const has it

// A memory of 2 GiB and a page, whose last page is filled with sevens and copied.
static void
fills_and_copies_above_two_gibibytes(void **state)
{
    (void)state;
    struct builder b;
    builder_init(&b);
    builder_section(&b, 1, BYTES(1, 0x60, 0, 1, 0x7f));
    builder_section(&b, 3, BYTES(3, 0, 0, 0));
    builder_section(&b, 5, BYTES(1, 0, 0x81, 0x80, 2));
    builder_section(&b, 7, BYTES(3, 1, 'f', 0, 0, 1, 'c', 0, 1, 1, 't', 0, 2));
    builder_section(&b, 10,
                    BYTES(3,                                                        //
                          28, 0, 0x41, TWO_GIB, 0x41, 7, 0x41, 0x80, 0x80, 4,       //
                          0xfc, 11, 0, 0x41, 0, 0x2d, 0, 0xff, 0xff, 0x83, 0x80, 8, //
                          0x45, 0x45, 0x0b,                                         //
                          21, 0, 0x41, 0, 0x41, TWO_GIB, 0x41, 16,                  //
                          0xfc, 10, 0, 0, 0x41, 15, 0x2d, 0, 0, 0x0b,               //
                          19, 0, 0x41, TWO_GIB, 0x41, 7, 0x41, 0x81, 0x80, 4,       //
                          0xfc, 11, 0, 0x41, 1, 0x0b));

    fixture_init(&f);
    struct wasm_instance *instance =
        fixture_instantiate(&f, fixture_module(&f, &b), NULL, 0);
    expect_trap(instance, "t", WASM_TRAP_MEMORY_BOUNDS);
    assert_int_equal(call(instance, "c"), 0);
    assert_int_equal(call(instance, "f"), 1);
    assert_int_equal(call(instance, "c"), 7);
    fixture_fini(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_index_spaces_apart),
        cmocka_unit_test(compares_types_not_their_indices),
        cmocka_unit_test(leaves_nothing_to_the_next_instance),
        cmocka_unit_test(has_no_byte_in_an_empty_memory),
        cmocka_unit_test(fills_and_copies_above_two_gibibytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
