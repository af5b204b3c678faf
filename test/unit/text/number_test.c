// SPDX-License-Identifier: Apache-2.0
#include "text/number.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "test/fuzz/random.h"

struct row {
    const char *text;
    enum text_number status;
    uint64_t bits;
};

static void
check(const struct row *row, enum text_number status, uint64_t bits)
{
    if (status != row->status || (status == TEXT_NUMBER_OK && bits != row->bits))
        fail_msg("%s: status %d, bits %llx", row->text, status, (unsigned long long)bits);
}

#define OK     TEXT_NUMBER_OK
#define SYNTAX TEXT_NUMBER_SYNTAX
#define RANGE  TEXT_NUMBER_RANGE

static void
integers_of_either_sign_fit_their_bits(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"0", OK, 0},
        {"-0", OK, 0},
        {"+7", OK, 7},
        {"-1", OK, 0xffffffff},
        {"4294967295", OK, 0xffffffff},
        {"4294967296", RANGE, 0},
        {"-2147483648", OK, 0x80000000},
        {"-2147483649", RANGE, 0},
        {"0xffff_ffff", OK, 0xffffffff},
        {"0x1_0000_0000", RANGE, 0},
        {"-0x80000000", OK, 0x80000000},
        {"-0x80000001", RANGE, 0},
        {"00000000000000000000000000000000000001", OK, 1},
        {"99999999999999999999999999999999999999", RANGE, 0},
        {"1_000", OK, 1000},
        {"1__0", SYNTAX, 0},
        {"_1", SYNTAX, 0},
        {"1_", SYNTAX, 0},
        {"0x", SYNTAX, 0},
        {"0x_1", SYNTAX, 0},
        {"0X1", SYNTAX, 0},
        {"+", SYNTAX, 0},
        {"1a", SYNTAX, 0},
        {"1.0", SYNTAX, 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t bits = 0;
        enum text_number status =
            text_integer(rows[i].text, strlen(rows[i].text), 32, &bits);
        check(&rows[i], status, bits);
    }
}

static void
bytes_and_64_bits_have_their_own_bounds(void **state)
{
    (void)state;
    uint64_t bits = 0;
    assert_int_equal(text_integer("-128", 4, 8, &bits), OK);
    assert_int_equal(bits, 0x80);
    assert_int_equal(text_integer("-129", 4, 8, &bits), RANGE);
    assert_int_equal(text_integer("256", 3, 8, &bits), RANGE);
    assert_int_equal(text_integer("18446744073709551615", 20, 64, &bits), OK);
    assert_true(bits == UINT64_MAX);
    assert_int_equal(text_integer("18446744073709551616", 20, 64, &bits), RANGE);
    assert_int_equal(text_integer("-9223372036854775808", 20, 64, &bits), OK);
    assert_true(bits == 1ull << 63);
    assert_int_equal(text_integer("-9223372036854775809", 20, 64, &bits), RANGE);
    assert_int_equal(text_unsigned("+1", 2, 64, &bits), SYNTAX);
    assert_int_equal(text_unsigned("-0", 2, 64, &bits), SYNTAX);
}

static void
floats_of_64_bits(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"1", OK, 0x3ff0000000000000},
        {"1.", OK, 0x3ff0000000000000},
        {"-0.0", OK, 0x8000000000000000},
        {"1e0_1", OK, 0x4024000000000000},
        {"0x1.8p1", OK, 0x4008000000000000},
        {"0x.1", SYNTAX, 0},
        {".1", SYNTAX, 0},
        {"1e", SYNTAX, 0},
        {"inf", OK, 0x7ff0000000000000},
        {"-inf", OK, 0xfff0000000000000},
        {"nan", OK, 0x7ff8000000000000},
        {"-nan:0x1", OK, 0xfff0000000000001},
        {"nan:0xf_ffff_ffff_ffff", OK, 0x7fffffffffffffff},
        {"nan:0x0", RANGE, 0},
        {"nan:0x10_0000_0000_0000", RANGE, 0},
        {"nan:1", SYNTAX, 0},
        // Largest, and the first that rounds beyond it.
        {"1.7976931348623158e308", OK, 0x7fefffffffffffff},
        {"0x1.fffffffffffff7p1023", OK, 0x7fefffffffffffff},
        {"0x1.fffffffffffff8p1023", RANGE, 0},
        {"1.7976931348623159e308", RANGE, 0},
        {"1e309", RANGE, 0},
        {"1e99999999999999999999", RANGE, 0},
        {"0e99999999999999999999", OK, 0},
        {"1e-99999999999999999999", OK, 0},
        // Smallest, halves of it, and a little more.
        {"4.9406564584124654e-324", OK, 1},
        {"0x1p-1075", OK, 0},
        {"0x1.0000000000000000000001p-1075", OK, 1},
        {"0x1.8p-1074", OK, 2},
        {"0x0.00000000000001p-1022", OK, 0},
        {"2.2250738585072011e-308", OK, 0x000fffffffffffff},
        {"2.2250738585072014e-308", OK, 0x0010000000000000},
        // Half way: to even, unless anything follows.
        {"9007199254740993", OK, 0x4340000000000000},
        {"9007199254740993.0000000000000000000000000001", OK, 0x4340000000000001},
        {"9007199254740995", OK, 0x4340000000000002},
        {"0x1.00000000000008p0", OK, 0x3ff0000000000000},
        {"0x1.000000000000080000000000000000000001p0", OK, 0x3ff0000000000001},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t bits = 0;
        enum text_number status =
            text_float(rows[i].text, strlen(rows[i].text), 64, &bits);
        check(&rows[i], status, bits);
    }
}

// Rounded once: by way of 64 bits these would come out one off.
static void
floats_of_32_bits_round_once(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"0x1.000001000000001p0", OK, 0x3f800001},
        {"1.00000005960464477540", OK, 0x3f800001},
        {"1.00000005960464477539", OK, 0x3f800000},
        {"16777217", OK, 0x4b800000},
        {"16777219", OK, 0x4b800002},
        {"3.4028235e38", OK, 0x7f7fffff},
        {"3.4028236e38", RANGE, 0},
        {"1e-46", OK, 0},
        {"1.4e-45", OK, 1},
        {"nan", OK, 0x7fc00000},
        {"nan:0x7fffff", OK, 0x7fffffff},
        {"nan:0x800000", RANGE, 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t bits = 0;
        enum text_number status =
            text_float(rows[i].text, strlen(rows[i].text), 32, &bits);
        check(&rows[i], status, bits);
    }
}

static uint64_t
bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

static uint32_t
bits_of_float(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

// The C library, which rounds correctly, too.
static void
check_against_strtod(const char *text)
{
    uint64_t bits = 0;
    double wide = strtod(text, NULL);
    float narrow = strtof(text, NULL);
    struct row row = {text, isinf(wide) ? RANGE : OK, bits_of(wide)};
    enum text_number status = text_float(text, strlen(text), 64, &bits);
    check(&row, status, bits);
    row = (struct row){text, isinf(narrow) ? RANGE : OK, bits_of_float(narrow)};
    status = text_float(text, strlen(text), 32, &bits);
    check(&row, status, bits);
}

static void
random_floats_are_as_the_c_library_has_them(void **state)
{
    (void)state;
    char text[1200];
    for (uint64_t i = 0; i < 20000; i++) {
        struct random random = random_make(1, i);
        uint64_t bits = random_next(&random);
        double value;
        memcpy(&value, &bits, sizeof(value));
        if (!isfinite(value))
            continue;
        snprintf(text, sizeof(text), "%.*e", (int)random_below(&random, 20), value);
        check_against_strtod(text);
        snprintf(text, sizeof(text), "%a", value);
        check_against_strtod(text);
        // Half way to the next one, in all its digits.
        double next;
        bits++;
        memcpy(&next, &bits, sizeof(next));
        long double half = ((long double)value + next) / 2;
        snprintf(text, sizeof(text), "%.*Le", (int)random_below(&random, 1100), half);
        if (isfinite(half))
            check_against_strtod(text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_of_either_sign_fit_their_bits),
        cmocka_unit_test(bytes_and_64_bits_have_their_own_bounds),
        cmocka_unit_test(floats_of_64_bits),
        cmocka_unit_test(floats_of_32_bits_round_once),
        cmocka_unit_test(random_floats_are_as_the_c_library_has_them),
    };
    return cmocka_run_group_tests_name("number", tests, NULL, NULL);
}
