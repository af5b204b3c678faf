// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/fmt.h"

// Every directive, compared with the C library's printf.
static void
agrees_with_printf(void **state)
{
    (void)state;
    char ours[200];
    char theirs[200];
#define SAME(...)                                                                        \
    do {                                                                                 \
        size_t len = fmt_string(ours, sizeof(ours), __VA_ARGS__);                        \
        assert_int_equal(len, snprintf(theirs, sizeof(theirs), __VA_ARGS__));            \
        assert_string_equal(ours, theirs);                                               \
    } while (0)
    SAME("plain %% text");
    SAME("%d %i %u %x", -5, 7, 4000000000u, 0xdeadbeefu);
    SAME("%ld %lu %lx %zu", INT64_MIN, UINT64_MAX, UINT64_MAX, sizeof(ours));
    SAME("[%8x] [%08x] [%5d] [%05d] [%5d]", 0x1234u, 0x1234u, -12, -12, 123456);
    SAME("%s|%6s|%.*s|%c", "text", "abc", 3, "abcdef", 'z');
#undef SAME
}

static void
cuts_off_at_the_room(void **state)
{
    (void)state;
    char out[8] = "xxxxxxx";
    assert_int_equal(fmt_string(out, 5, "%s", "abcdefgh"), 4);
    assert_string_equal(out, "abcd");
    assert_int_equal(out[5], 'x');
    assert_int_equal(fmt_string(out, 1, "%d", 12345), 0);
    assert_string_equal(out, "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_printf),
        cmocka_unit_test(cuts_off_at_the_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
