// SPDX-License-Identifier: Apache-2.0
//
// The functions of base/string.c, under other names, against the C library's.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define memcpy  bare_memcpy
#define memmove bare_memmove
#define memset  bare_memset
#define memcmp  bare_memcmp
#include "base/string.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp

#define LEN 80

static void
fill(uint8_t *bytes)
{
    for (int i = 0; i < LEN; i++)
        bytes[i] = (uint8_t)(i * 7 + 1);
}

static void
moves_like_the_c_library(void **state)
{
    (void)state;
    uint8_t ours[LEN];
    uint8_t theirs[LEN];
    for (size_t to = 0; to < 24; to++) {
        for (size_t from = 0; from < 24; from++) {
            for (size_t len = 0; len <= LEN - 24; len++) {
                fill(ours);
                fill(theirs);
                assert_ptr_equal(bare_memmove(ours + to, ours + from, len), ours + to);
                memmove(theirs + to, theirs + from, len);
                assert_memory_equal(ours, theirs, LEN);
            }
        }
    }
}

static void
copies_fills_and_compares(void **state)
{
    (void)state;
    uint8_t from[LEN];
    uint8_t to[LEN];
    fill(from);
    for (size_t len = 0; len < LEN; len++) {
        memset(to, 0xee, LEN);
        assert_ptr_equal(bare_memcpy(to, from, len), to);
        assert_memory_equal(to, from, len);
        assert_int_equal(to[len], 0xee);
        assert_int_equal(bare_memcmp(to, from, len), 0);
        assert_int_equal(bare_memcmp(to, from, len + 1), 0xee < from[len] ? -1 : 1);
        assert_ptr_equal(bare_memset(to, 0x1ff, len), to);
        for (size_t i = 0; i < LEN; i++)
            assert_int_equal(to[i], i < len ? 0xff : 0xee);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moves_like_the_c_library),
        cmocka_unit_test(copies_fills_and_compares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
