// SPDX-License-Identifier: Apache-2.0
//
// Back traces of domains that mean no good: lines, offsets and bundles of all kinds.
#include "tools/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static uint8_t records[1 << 20];
static struct report report = {.bytes = records};
static char printed[1 << 20];

static void
put(const char *name, uint64_t value)
{
    struct sk_report header = {.magic = SK_REPORT_MAGIC,
                               .kind = SK_REPORT_TRACE,
                               .name_len = (uint32_t)strlen(name),
                               .value = value};
    memcpy(records + report.len, &header, sizeof(header));
    memcpy(records + report.len + sizeof(header), name, strlen(name));
    report.len += sizeof(header) + strlen(name);
}

// What trace_print writes to standard error.
static const char *
print(int bundle_fd)
{
    int before = dup(STDERR_FILENO);
    int file = memfd_create("printed", 0);
    assert_true(before >= 0 && file >= 0 && dup2(file, STDERR_FILENO) >= 0);
    trace_print(&report, bundle_fd);
    assert_true(dup2(before, STDERR_FILENO) >= 0);
    ssize_t len = pread(file, printed, sizeof(printed) - 1, 0);
    assert_true(len >= 0);
    printed[len] = '\0';
    close(file);
    close(before);
    return printed;
}

// A module with a code section of 256 bytes at 11 and one line: 0x10 to 0x20 is "f.c":7.
static const uint8_t opcodes[] = {1, 1, 1, 0xfd, 12, 10, 0, 1, 1, 1, 1, 0, 0, 0, 1};

struct module {
    uint8_t at[1024];
    size_t len;
};

static struct module
module_make(void)
{
    struct module m = {.len = 11 + 256};
    static const uint8_t start[] = {0, 'a', 's', 'm', 1, 0, 0, 0, 10, 0x80, 2};
    static const char name[] = ".debug_line";
    // Version 4: tables of one file "f.c".
    static const uint8_t tables[] = {0, 'f', '.', 'c', 0, 0, 0, 0, 0};
    static const uint8_t program[] = {0, 5, 2, 0x10, 0, 0, 0, 3, 6, 1, 2, 16, 0, 1, 1};
    uint8_t unit[128] = {0};
    size_t len = 10;
    memcpy(m.at, start, sizeof(start));
    memcpy(unit + len, opcodes, sizeof(opcodes));
    len += sizeof(opcodes);
    memcpy(unit + len, tables, sizeof(tables));
    len += sizeof(tables);
    unit[4] = 4;
    unit[6] = (uint8_t)(len - 10);
    memcpy(unit + len, program, sizeof(program));
    len += sizeof(program);
    unit[0] = (uint8_t)(len - 4);
    m.at[m.len++] = 0;
    m.at[m.len++] = (uint8_t)(1 + sizeof(name) - 1 + len);
    m.at[m.len++] = sizeof(name) - 1;
    memcpy(m.at + m.len, name, sizeof(name) - 1);
    m.len += sizeof(name) - 1;
    memcpy(m.at + m.len, unit, len);
    m.len += len;
    return m;
}

static int
bundle_make(uint32_t entry_count, uint64_t data_off, uint64_t data_len)
{
    struct {
        struct sk_bundle header;
        struct sk_bundle_entry entries[2];
        uint8_t module[1024];
    } bundle = {.header = {.magic = SK_BUNDLE_MAGIC, .entry_count = entry_count}};
    struct module m = module_make();
    memcpy(bundle.module, m.at, m.len);
    bundle.entries[0].kind = SK_BUNDLE_ARG;
    bundle.entries[1].kind = SK_BUNDLE_MODULE;
    bundle.entries[1].data_off = data_off;
    bundle.entries[1].data_len = data_len;
    int fd = memfd_create("bundle", 0);
    assert_int_equal(pwrite(fd, &bundle, sizeof(bundle), 0), sizeof(bundle));
    return fd;
}

#define MODULE_AT (sizeof(struct sk_bundle) + 2 * sizeof(struct sk_bundle_entry))

static void
test_lines_have_their_places(void **state)
{
    (void)state;
    int fd = bundle_make(2, MODULE_AT, module_make().len);
    report.len = 0;
    put("    at behind", 11 + 0x20);
    put("    at here", 11 + 0x1f);
    put("    ... more", 0);
    put("    at here too", 11 + 0x10);
    put("    at before", 11 + 0xf);
    assert_string_equal(print(fd), "    at behind\n    at here f.c:7\n    ... more\n"
                                   "    at here too f.c:7\n    at before\n");
    close(fd);
}

static void
test_bundles_that_are_none(void **state)
{
    (void)state;
    static const struct {
        uint32_t count;
        uint64_t off;
        uint64_t len;
    } bad[] = {
        {0, MODULE_AT, 100},         {1, MODULE_AT, 100},
        {2, MODULE_AT, UINT64_MAX},  {2, UINT64_MAX, 2},
        {2, 1ull << 40, 100},        {2, UINT64_MAX - 4, 8},
        {UINT32_MAX, UINT64_MAX, 1}, {UINT32_MAX, MODULE_AT, 0},
    };
    report.len = 0;
    put("    at here", 11 + 0x10);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        int fd = bundle_make(bad[i].count, bad[i].off, bad[i].len);
        assert_string_equal(print(fd), "    at here\n");
        close(fd);
    }
    assert_string_equal(print(-1), "    at here\n");
    int fd = bundle_make(UINT32_MAX, 0, 0);
    assert_int_equal(ftruncate(fd, 20), 0);
    assert_string_equal(print(fd), "    at here\n");
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_string_equal(print(fd), "    at here\n");
    close(fd);
}

static void
test_many_lines(void **state)
{
    (void)state;
    int fd = bundle_make(2, MODULE_AT, module_make().len);
    report.len = 0;
    for (uint64_t i = 0; i < 1000; i++)
        put("x", 11 + (i * 7) % 256);
    const char *text = print(fd);
    size_t lines = 0, places = 0;
    for (const char *at = text; *at != '\0'; at++) {
        lines += *at == '\n';
        places += *at == ':';
    }
    assert_int_equal(lines, 1000);
    assert_in_range(places, 5, 10); // 16 of 256 bytes, of the first 128 lines
    close(fd);
}

static void
test_a_line_is_a_line(void **state)
{
    (void)state;
    report.len = 0;
    put("a\nb\033[2Jc\r", 0);
    assert_string_equal(print(-1), "a?b?[2Jc?\n");
    struct report_summary summary;
    assert_null(report_check(&report, 0, &summary));
    char line[1026];
    memset(line, 'x', sizeof(line));
    line[1025] = '\0';
    put(line, 0);
    assert_non_null(report_check(&report, 0, &summary));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_have_their_places),
        cmocka_unit_test(test_bundles_that_are_none),
        cmocka_unit_test(test_many_lines),
        cmocka_unit_test(test_a_line_is_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
