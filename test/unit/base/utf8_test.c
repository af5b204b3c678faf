// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/utf8.h"

// Encodes any number of up to 21 bits in `len` bytes, whether that is right or not.
static void
encode(uint32_t number, size_t len, uint8_t *out)
{
    static const uint8_t leads[5] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = len; i-- > 1; number >>= 6)
        out[i] = (uint8_t)(0x80 | (number & 0x3f));
    out[0] = (uint8_t)(leads[len] | number);
}

static size_t
right_len(uint32_t number)
{
    return number < 0x80 ? 1 : number < 0x800 ? 2 : number < 0x10000 ? 3 : 4;
}

static void
accepts_each_scalar_in_its_one_form(void **state)
{
    (void)state;
    static const uint32_t rooms[5] = {0, 0x80, 0x800, 0x10000, 0x200000};
    for (uint32_t number = 0; number < 0x200000; number++) {
        bool is_scalar = number < 0xd800 || (number >= 0xe000 && number < 0x110000);
        for (size_t len = 1; len <= 4; len++) {
            uint8_t bytes[4];
            if (number >= rooms[len])
                continue;
            encode(number, len, bytes);
            if (utf8_is_valid(bytes, len) != (is_scalar && len == right_len(number)))
                fail_msg("U+%x in %zu bytes", number, len);
        }
    }
}

static void
writes_each_scalar_in_its_one_form(void **state)
{
    (void)state;
    for (uint32_t number = 0; number < 0x110000; number++) {
        uint8_t bytes[4];
        char written[4];
        if (number >= 0xd800 && number < 0xe000)
            continue;
        encode(number, right_len(number), bytes);
        if (utf8_encode(number, written) != right_len(number) ||
            memcmp(written, bytes, right_len(number)) != 0 ||
            utf8_char(written, 4) != right_len(number))
            fail_msg("U+%x", number);
    }
}

static void
refuses_broken_sequences(void **state)
{
    (void)state;
    const uint8_t euro[] = {0xe2, 0x82, 0xac, 'x'};
    assert_true(utf8_is_valid(euro, 0));
    assert_false(utf8_is_valid(euro, 1));
    assert_false(utf8_is_valid(euro, 2));
    assert_true(utf8_is_valid(euro, 4));
    assert_false(utf8_is_valid(euro + 1, 2));
    assert_false(utf8_is_valid((const uint8_t[]){0xe2, 0x82, 'x'}, 3));
    assert_false(utf8_is_valid((const uint8_t[]){0xf8, 0x88, 0x80, 0x80, 0x80}, 5));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_each_scalar_in_its_one_form),
        cmocka_unit_test(writes_each_scalar_in_its_one_form),
        cmocka_unit_test(refuses_broken_sequences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
