// SPDX-License-Identifier: Apache-2.0
//
// Numbers as text, against the C library's.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/engine.h"
#include "libos/decimal.h"
#include "libos/value.h"

static void
expect_parse(wasm_type_t type, const char *text, uint64_t bits)
{
    union wasm_value value;
    if (!value_parse(type, text, strlen(text), &value))
        fail_msg("\"%s\" is not read", text);
    assert_int_equal(value.i64, bits);
}

static void
expect_refused(wasm_type_t type, const char *text)
{
    union wasm_value value;
    if (value_parse(type, text, strlen(text), &value))
        fail_msg("\"%s\" is read", text);
}

static void
expect_print(wasm_type_t type, uint64_t bits, const char *text)
{
    char out[VALUE_TEXT_MAX + 1];
    union wasm_value value = {.i64 = bits};
    out[value_print(type, &value, out)] = 0;
    assert_string_equal(out, text);
}

static void
test_integers(void **state)
{
    (void)state;
    expect_parse(WASM_TYPE_I32, "0", 0);
    expect_parse(WASM_TYPE_I32, "4294967295", 0xffffffff);
    expect_parse(WASM_TYPE_I32, "-1", 0xffffffff);
    expect_parse(WASM_TYPE_I32, "-2147483648", 0x80000000);
    expect_parse(WASM_TYPE_I32, "+0xFf", 0xff);
    expect_parse(WASM_TYPE_I64, "18446744073709551615", UINT64_MAX);
    expect_parse(WASM_TYPE_I64, "-9223372036854775808", 1ull << 63);
    const char *bad[] = {"",           "-",           "+",   "0x",  "1 ", " 1",
                         "4294967296", "-2147483649", "0xg", "1.0", "--1"};
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        expect_refused(WASM_TYPE_I32, bad[i]);
    expect_refused(WASM_TYPE_I64, "18446744073709551616");
    expect_refused(WASM_TYPE_I64, "-9223372036854775809");
    expect_refused(WASM_TYPE_FUNCREF, "1");
    expect_print(WASM_TYPE_I32, 0xffffffff, "-1");
    expect_print(WASM_TYPE_I64, 1ull << 63, "-9223372036854775808");
    expect_print(WASM_TYPE_EXTERNREF, 0, "null");
}

static uint64_t
bits_of(double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof(bits));
    return bits;
}

static uint32_t
bits_of_float(float number)
{
    uint32_t bits;
    memcpy(&bits, &number, sizeof(bits));
    return bits;
}

static void
test_float_text(void **state)
{
    (void)state;
    const char *good[] = {"0",
                          "-0",
                          "1",
                          "1.",
                          ".5",
                          "0.1",
                          "-2.5e3",
                          "1E+2",
                          "1e-400",
                          "1e999",
                          "4.9e-324",
                          "2.4e-324",
                          "2.5e-324",
                          "2.2250738585072011e-308",
                          "1.7976931348623157e308",
                          "1.7976931348623159e308",
                          "9007199254740993",
                          "9007199254740993.00000000000000000000001",
                          "0.000000000000000000000000001",
                          "inf",
                          "-inf",
                          "5e-400",
                          "1e-323",
                          "123456789012345678901234567890"};
    for (unsigned i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        expect_parse(WASM_TYPE_F64, good[i], bits_of(strtod(good[i], NULL)));
        expect_parse(WASM_TYPE_F32, good[i], bits_of_float(strtof(good[i], NULL)));
    }
    const char *bad[] = {"",    "-",     ".",  "e5",       "1e",
                         "1e+", "1.2.3", "1x", "infinity", "0x1"};
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        expect_refused(WASM_TYPE_F64, bad[i]);
    expect_parse(WASM_TYPE_F32, "nan", 0x7fc00000);
    expect_print(WASM_TYPE_F64, bits_of(0.1), "0.1");
    expect_print(WASM_TYPE_F64, bits_of(-1.0 / 3), "-0.3333333333333333");
    expect_print(WASM_TYPE_F64, bits_of(100), "100");
    expect_print(WASM_TYPE_F64, bits_of(1234.5), "1234.5");
    expect_print(WASM_TYPE_F64, bits_of(1e23), "1e23");
    expect_print(WASM_TYPE_F64, bits_of(1e-7), "1e-7");
    expect_print(WASM_TYPE_F64, bits_of(0.00001), "0.00001");
    expect_print(WASM_TYPE_F64, bits_of(5e-324), "5e-324");
    expect_print(WASM_TYPE_F64, 0x8000000000000000, "-0");
    expect_print(WASM_TYPE_F64, 0x7ff8000000000000, "nan");
    expect_print(WASM_TYPE_F32, bits_of_float(0.1f), "0.1");
    expect_print(WASM_TYPE_F32, bits_of_float(16777216), "16777216");
}

static void
test_any_float_comes_back(void **state)
{
    (void)state;
    srand(5);
    for (int round = 0; round < 300; round++) {
        uint64_t bits =
            (uint64_t)rand() << 40 ^ (uint64_t)rand() << 20 ^ (uint64_t)rand();
        char text[DECIMAL_TEXT_MAX + 1];
        double number;
        memcpy(&number, &bits, sizeof(number));
        if (number != number)
            continue;
        text[decimal_print(&decimal_f64, bits, text)] = 0;
        assert_int_equal(bits_of(strtod(text, NULL)), bits);
        expect_parse(WASM_TYPE_F64, text, bits);
        uint32_t half = (uint32_t)bits;
        float single;
        memcpy(&single, &half, sizeof(single));
        if (single != single)
            continue;
        text[decimal_print(&decimal_f32, half, text)] = 0;
        assert_int_equal(bits_of_float(strtof(text, NULL)), half);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_float_text),
        cmocka_unit_test(test_any_float_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
