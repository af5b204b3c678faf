// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cursor.h"

static struct cursor
over(const uint8_t *bytes, size_t len)
{
    return cursor_make(bytes, 0, len);
}

static void
first_error_sticks(void **state)
{
    (void)state;
    const uint8_t bytes[] = {1, 2, 3};
    struct cursor c = over(bytes, 3);
    assert_int_equal(cursor_u8(&c), 1);
    assert_int_equal(cursor_u32(&c), 0);
    assert_string_equal(c.error, "unexpected end");
    assert_int_equal(c.error_offset, 1);
    assert_int_equal(cursor_u8(&c), 0);
    cursor_fail(&c, "another");
    assert_string_equal(c.error, "unexpected end");
    assert_int_equal(c.error_offset, 1);
}

static void
fixed_widths_are_little_endian(void **state)
{
    (void)state;
    const uint8_t bytes[] = {1, 2, 3, 4, 1, 2, 3, 4, 5, 6, 7, 0x88};
    struct cursor c = over(bytes, sizeof(bytes));
    assert_int_equal(cursor_u32(&c), 0x04030201);
    assert_true(cursor_u64(&c) == 0x8807060504030201ull);
    assert_true(cursor_done(&c));
    assert_null(c.error);
}

static void
huge_length_is_an_end(void **state)
{
    (void)state;
    const uint8_t bytes[] = {1, 2};
    struct cursor c = over(bytes, 2);
    assert_null(cursor_bytes(&c, SIZE_MAX));
    assert_string_equal(c.error, "unexpected end");
}

struct leb {
    uint8_t bytes[11];
    size_t len;
    uint64_t value;
    const char *error;
};

static void
check(const struct leb *row, uint64_t got, const struct cursor *c)
{
    if (row->error) {
        assert_non_null(c->error);
        assert_string_equal(c->error, row->error);
        assert_int_equal(got, 0);
    } else {
        assert_null(c->error);
        assert_true(got == row->value);
        assert_true(cursor_done(c));
    }
}

static void
leb_u32(void **state)
{
    (void)state;
    const struct leb rows[] = {
        {{0x00}, 1, 0, NULL},
        {{0x7f}, 1, 127, NULL},
        {{0xe5, 0x8e, 0x26}, 3, 624485, NULL},
        {{0x80, 0x80, 0x00}, 3, 0, NULL},
        {{0xff, 0xff, 0xff, 0xff, 0x0f}, 5, UINT32_MAX, NULL},
        {{0xff, 0xff, 0xff, 0xff, 0x1f}, 5, 0, "integer too large"},
        {{0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, 6, 0, "integer representation too long"},
        {{0x80}, 1, 0, "unexpected end"},
        {{0}, 0, 0, "unexpected end"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct cursor c = over(rows[i].bytes, rows[i].len);
        check(&rows[i], cursor_leb_u32(&c), &c);
    }
}

static void
leb_s32(void **state)
{
    (void)state;
    const struct leb rows[] = {
        {{0x7f}, 1, (uint64_t)-1, NULL},
        {{0x40}, 1, (uint64_t)-64, NULL},
        {{0xc0, 0x00}, 2, 64, NULL},
        {{0x80, 0x80, 0x80, 0x80, 0x78}, 5, (uint64_t)INT32_MIN, NULL},
        {{0xff, 0xff, 0xff, 0xff, 0x07}, 5, INT32_MAX, NULL},
        {{0xff, 0xff, 0xff, 0xff, 0x0f}, 5, 0, "integer too large"},
        {{0x80, 0x80, 0x80, 0x80, 0x70}, 5, 0, "integer too large"},
        {{0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, 6, 0, "integer representation too long"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct cursor c = over(rows[i].bytes, rows[i].len);
        check(&rows[i], (uint64_t)(int64_t)cursor_leb_s32(&c), &c);
    }
}

static void
leb_s33_and_64(void **state)
{
    (void)state;
    const struct leb s33[] = {
        {{0xff, 0xff, 0xff, 0xff, 0x0f}, 5, UINT32_MAX, NULL},
        {{0x80, 0x80, 0x80, 0x80, 0x70}, 5, (uint64_t)INT64_C(-4294967296), NULL},
        {{0x80, 0x80, 0x80, 0x80, 0x20}, 5, 0, "integer too large"},
    };
    for (size_t i = 0; i < sizeof(s33) / sizeof(s33[0]); i++) {
        struct cursor c = over(s33[i].bytes, s33[i].len);
        check(&s33[i], (uint64_t)cursor_leb_s33(&c), &c);
    }
    const struct leb s64[] = {
        {{0x7f}, 1, UINT64_MAX, NULL},
        {{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f},
         10,
         (uint64_t)INT64_MIN,
         NULL},
        {{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7e},
         10,
         0,
         "integer too large"},
        {{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00},
         11,
         0,
         "integer representation too long"},
    };
    for (size_t i = 0; i < sizeof(s64) / sizeof(s64[0]); i++) {
        struct cursor c = over(s64[i].bytes, s64[i].len);
        check(&s64[i], (uint64_t)cursor_leb_s64(&c), &c);
    }
    const uint8_t most[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01};
    struct cursor c = over(most, sizeof(most));
    assert_true(cursor_leb_u64(&c) == UINT64_MAX);
    assert_null(c.error);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_error_sticks),
        cmocka_unit_test(fixed_widths_are_little_endian),
        cmocka_unit_test(huge_length_is_an_end),
        cmocka_unit_test(leb_u32),
        cmocka_unit_test(leb_s32),
        cmocka_unit_test(leb_s33_and_64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
