// SPDX-License-Identifier: Apache-2.0
#include "tools/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PARSE(out, ...)                                                                  \
    options_parse((int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)),         \
                  (char *[]){__VA_ARGS__}, out)

static void
test_defaults(void **state)
{
    (void)state;
    struct run_options o;
    assert_int_equal(PARSE(&o, "app.wasm"), OPTIONS_OK);
    assert_int_equal(o.platform, PLATFORM_ANY);
    assert_int_equal(o.memory_len, 512ull << 20);
    assert_int_equal(o.timeout_ns, 0);
    assert_int_equal(o.arg_count, 1);
    assert_string_equal(o.args[0], "app.wasm");
    options_fini(&o);
}

static void
test_all(void **state)
{
    (void)state;
    struct run_options o;
    assert_int_equal(PARSE(&o, "--vm", "--mem=64M", "--env", "A=b=c", "--timeout", "1.5s",
                           "--invoke", "f", "--accel", "tcg", "--cpus", "1", "--icount",
                           "app.wasm", "--mem", "-x"),
                     OPTIONS_OK);
    assert_int_equal(o.platform, PLATFORM_VM);
    assert_int_equal(o.memory_len, 64ull << 20);
    assert_int_equal(o.timeout_ns, 1500000000ull);
    assert_string_equal(o.invoke, "f");
    assert_int_equal(o.accel, ACCEL_TCG);
    assert_true(o.icount);
    assert_int_equal(o.env_count, 1);
    assert_string_equal(o.envs[0], "A=b=c");
    assert_int_equal(o.arg_count, 3);
    assert_string_equal(o.args[1], "--mem");
    options_fini(&o);
}

static void
test_dirs(void **state)
{
    static const struct {
        char text[32];
        const char *host;
        const char *guest;
        bool read_only;
    } rows[] = {
        {".", ".", ".", false},        {"/a:ro", "/a", "/a", true},
        {"a::/b", "a", "/b", false},   {"a::/b:ro", "a", "/b", true},
        {"a:b::c", "a:b", "c", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct run_options o;
        char text[32];
        memcpy(text, rows[i].text, sizeof(text));
        assert_int_equal(PARSE(&o, "--dir", text, "app.wasm"), OPTIONS_OK);
        assert_int_equal(o.dir_count, 1);
        assert_string_equal(o.dirs[0].host, rows[i].host);
        assert_string_equal(o.dirs[0].guest, rows[i].guest);
        assert_int_equal(o.dirs[0].read_only, rows[i].read_only);
        options_fini(&o);
    }
}

static void
test_two_dashes(void **state)
{
    (void)state;
    struct run_options o;
    assert_int_equal(PARSE(&o, "--host", "--", "--odd.wasm", "--"), OPTIONS_OK);
    assert_string_equal(o.args[0], "--odd.wasm");
    assert_int_equal(o.arg_count, 2);
    options_fini(&o);
}

static void
test_refused(void **state)
{
    (void)state;
    struct run_options o;
    assert_int_equal(PARSE(&o, "--dir", "a::b", "--dir", "c::b", "x.wasm"),
                     OPTIONS_ERROR);
    options_fini(&o);
    assert_int_equal(PARSE(&o, "--mem", "1M", "x.wasm"), OPTIONS_ERROR);
    options_fini(&o);
    assert_int_equal(PARSE(&o, "--memory", "64M", "x.wasm"), OPTIONS_ERROR);
    options_fini(&o);
    assert_int_equal(PARSE(&o, "--vm"), OPTIONS_ERROR);
    options_fini(&o);
    assert_int_equal(PARSE(&o, "--vm", "--help"), OPTIONS_HELP);
    options_fini(&o);
}

static void
test_sizes(void **state)
{
    (void)state;
    uint64_t n;
    assert_true(options_size("4096", &n) && n == 4096);
    assert_true(options_size("1.5K", &n) && n == 1536);
    assert_true(options_size("3G", &n) && n == 3ull << 30);
    assert_false(options_size("", &n));
    assert_false(options_size("K", &n));
    assert_false(options_size("1.2.3M", &n));
    assert_false(options_size("+1M", &n));
    assert_false(options_size("1M ", &n));
    assert_false(options_size("18446744073709551616", &n));
    assert_false(options_size("17179869184G", &n));
}

static void
test_durations(void **state)
{
    (void)state;
    uint64_t n;
    assert_true(options_duration("250ms", &n) && n == 250000000);
    assert_true(options_duration("2", &n) && n == 2000000000);
    assert_true(options_duration("0.001s", &n) && n == 1000000);
    assert_true(options_duration("1m", &n) && n == 60000000000);
    assert_false(options_duration("0.0001s", &n));
    assert_false(options_duration("5d", &n));
    assert_false(options_duration("9999999999h", &n));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),  cmocka_unit_test(test_all),
        cmocka_unit_test(test_dirs),      cmocka_unit_test(test_two_dashes),
        cmocka_unit_test(test_refused),   cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_durations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
