// SPDX-License-Identifier: Apache-2.0
//
// Reports of domains that mean no good, and what they do to a folder.
#include "tools/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "test/unit/tools/folder.h"
#include "tools/beneath.h"
#include "tools/writeback.h"

struct bytes {
    uint8_t at[16384];
    size_t len;
};

static void
put(struct bytes *b, uint32_t kind, uint32_t parent, const char *name, const char *data,
    uint64_t value)
{
    struct sk_report header = {.magic = SK_REPORT_MAGIC,
                               .kind = kind,
                               .parent = parent,
                               .name_len = (uint32_t)strlen(name),
                               .data_len = strlen(data),
                               .value = value};
    memcpy(b->at + b->len, &header, sizeof(header));
    memcpy(b->at + b->len + sizeof(header), name, strlen(name));
    memcpy(b->at + b->len + sizeof(header) + strlen(name), data, strlen(data));
    b->len += sizeof(header) + strlen(name) + strlen(data);
}

static struct report
view(struct bytes *b)
{
    return (struct report){.bytes = b->at, .len = b->len};
}

static const char *
check(struct bytes *b, struct report_summary *summary)
{
    struct report report = view(b);
    return report_check(&report, 2, summary);
}

static void
test_exit(void **state)
{
    (void)state;
    struct bytes b = {.len = 0};
    struct report_summary s;
    assert_null(check(&b, &s));
    assert_false(s.exited);
    put(&b, SK_REPORT_STAT, 0, "n", "", 7);
    put(&b, SK_REPORT_EXIT, 0, "", "", 42);
    assert_null(check(&b, &s));
    assert_true(s.exited);
    assert_int_equal(s.code, 42);
    assert_int_equal(s.change_count, 0);
}

static void
test_not_a_report(void **state)
{
    (void)state;
    struct report_summary s;
    struct bytes late = {.len = 0};
    put(&late, SK_REPORT_EXIT, 0, "", "", 0);
    put(&late, SK_REPORT_STAT, 0, "n", "", 7);
    assert_non_null(check(&late, &s));
    struct bytes code = {.len = 0};
    put(&code, SK_REPORT_EXIT, 0, "", "", 256);
    assert_non_null(check(&code, &s));
    struct bytes kind = {.len = 0};
    put(&kind, 99, 0, "", "", 0);
    assert_non_null(check(&kind, &s));
    struct bytes magic = {.len = 0};
    put(&magic, SK_REPORT_EXIT, 0, "", "", 0);
    magic.at[0] ^= 1;
    assert_non_null(check(&magic, &s));
    struct bytes preopen = {.len = 0};
    put(&preopen, SK_REPORT_FILE, 2, "a", "", 0);
    assert_non_null(check(&preopen, &s));
}

// Every length that a report can be cut off at, and lengths that lead out of it.
static void
test_cut_off(void **state)
{
    (void)state;
    struct bytes b = {.len = 0};
    struct report_summary s;
    put(&b, SK_REPORT_FILE, 1, "name", "data", 0);
    put(&b, SK_REPORT_EXIT, 0, "", "", 3);
    size_t whole = b.len;
    for (b.len = 0; b.len < whole; b.len++) {
        assert_null(check(&b, &s));
        assert_false(s.exited);
    }
    struct sk_report header = {.magic = SK_REPORT_MAGIC,
                               .kind = SK_REPORT_FILE,
                               .name_len = UINT32_MAX,
                               .data_len = UINT64_MAX};
    memcpy(b.at, &header, sizeof(header));
    assert_null(check(&b, &s));
    assert_false(s.exited);
}

// A few bytes changed at random: whatever is accepted lies within the report, and its
// names are below their folders.
static void
test_mutated(void **state)
{
    (void)state;
    struct bytes whole = {.len = 0};
    put(&whole, SK_REPORT_DIR, 0, "d", "", 0);
    put(&whole, SK_REPORT_FILE, 1, "d/name", "data", 0);
    put(&whole, SK_REPORT_SYMLINK, 0, "l", "d", 0);
    put(&whole, SK_REPORT_EXIT, 0, "", "", 3);
    srand(1);
    for (int round = 0; round < 100000; round++) {
        struct bytes b = whole;
        for (int i = rand() % 4; i >= 0; i--)
            b.at[(size_t)rand() % b.len] = (uint8_t)(rand() % 2 ? rand() : rand() % 8);
        struct report report = view(&b);
        struct report_summary summary;
        struct report_record record;
        if (report_check(&report, 2, &summary) != NULL)
            continue;
        for (size_t at = 0; report_next(&report, &at, &record);) {
            assert_true(at <= b.len && record.name_len + record.data_len <= b.len);
            assert_true(record.parent < 2 || record.kind == SK_REPORT_EXIT ||
                        record.kind >= SK_REPORT_STAT);
        }
    }
}

static void
test_paths(void **state)
{
    (void)state;
    static const char *const good[] = {"a", "a/b", "a/b.c/...", "..a", " ", ".hidden"};
    static const char *const bad[] = {"",   "/",    "/a",   "a/",  "a//b", ".",
                                      "..", "a/..", "../a", "./a", "a/./b"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_true(beneath_valid(good[i], strlen(good[i])));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(beneath_valid(bad[i], strlen(bad[i])));
    assert_false(beneath_valid("a\0b", 3));
    char name[BENEATH_PATH_MAX + 1];
    memset(name, 'a', sizeof(name));
    assert_true(beneath_valid(name, BENEATH_NAME_MAX));
    assert_false(beneath_valid(name, BENEATH_NAME_MAX + 1));
    for (size_t i = 1; i < sizeof(name); i += 2)
        name[i] = '/';
    assert_false(beneath_valid(name, BENEATH_PATH_MAX + 1));
}

static bool
apply(struct bytes *b, const struct folder *folder, bool read_only)
{
    struct report report = view(b);
    struct report_summary s;
    struct preopen preopens[] = {
        {.root = folder->fd, .host = folder->path, .read_only = read_only},
        {.root = folder->fd, .host = folder->path, .read_only = read_only},
    };
    assert_null(report_check(&report, 2, &s));
    return writeback_apply(&report, preopens, 2);
}

static void
test_changes(void **state)
{
    (void)state;
    struct folder f;
    struct bytes b = {.len = 0};
    folder_make(&f);
    folder_write(&f, "old", "old");
    folder_write(&f, "gone", "gone");
    put(&b, SK_REPORT_REMOVE, 0, "gone", "", 0);
    put(&b, SK_REPORT_DIR, 0, "d", "", 0);
    put(&b, SK_REPORT_DIR, 0, "d/e", "", 0);
    put(&b, SK_REPORT_FILE, 1, "d/e/f", "content", 1700000000000000000);
    put(&b, SK_REPORT_FILE, 0, "old", "new", 0);
    put(&b, SK_REPORT_SYMLINK, 0, "d/l", "../old", 0);
    assert_true(apply(&b, &f, false));
    assert_true(folder_has(&f, "d/e/f", "content"));
    assert_true(folder_has(&f, "old", "new"));
    assert_int_equal(folder_count(&f), 2);
    struct stat stat;
    assert_int_equal(fstatat(f.fd, "d/e/f", &stat, 0), 0);
    assert_int_equal(stat.st_mtim.tv_sec, 1700000000);
    folder_remove(&f);
}

static void
test_no_way_out(void **state)
{
    (void)state;
    struct folder f, outside;
    folder_make(&f);
    folder_make(&outside);
    folder_write(&outside, "victim", "safe");
    assert_int_equal(symlinkat(outside.path, f.fd, "out"), 0);

    struct bytes through = {.len = 0};
    put(&through, SK_REPORT_FILE, 0, "out/victim", "evil", 0);
    assert_false(apply(&through, &f, false));
    struct bytes removing = {.len = 0};
    put(&removing, SK_REPORT_REMOVE, 0, "out/victim", "", 0);
    assert_false(apply(&removing, &f, false));
    struct bytes folder = {.len = 0};
    put(&folder, SK_REPORT_DIR, 0, "out", "", 0);
    assert_false(apply(&folder, &f, false));
    assert_true(folder_has(&outside, "victim", "safe"));
    assert_int_equal(folder_count(&outside), 1);

    // A link itself may be replaced.
    struct bytes over = {.len = 0};
    put(&over, SK_REPORT_FILE, 0, "out", "mine", 0);
    assert_true(apply(&over, &f, false));
    assert_true(folder_has(&f, "out", "mine"));
    assert_true(folder_has(&outside, "victim", "safe"));
    folder_remove(&f);
    folder_remove(&outside);
}

static void
test_links(void **state)
{
    (void)state;
    static const char *const bad[] = {"/etc/passwd", "..", "../x", "a/../../x",
                                      "../../x"};
    struct folder f;
    folder_make(&f);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct bytes b = {.len = 0};
        put(&b, SK_REPORT_SYMLINK, 0, "link", bad[i], 0);
        assert_false(apply(&b, &f, false));
    }
    assert_int_equal(folder_count(&f), 0);
    folder_remove(&f);
}

static void
test_read_only(void **state)
{
    (void)state;
    struct folder f;
    struct bytes b = {.len = 0};
    folder_make(&f);
    put(&b, SK_REPORT_FILE, 0, "a", "x", 0);
    assert_false(apply(&b, &f, true));
    assert_int_equal(folder_count(&f), 0);
    folder_remove(&f);
}

static void
test_receive_limit(void **state)
{
    (void)state;
    int ends[2];
    struct report report = {.limit = 10};
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "0123456789", 10), 10);
    assert_int_equal(report_receive(&report, ends[0]), 10);
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_int_equal(report_receive(&report, ends[0]), -1);
    report_fini(&report);
    close(ends[0]);
    close(ends[1]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exit),       cmocka_unit_test(test_not_a_report),
        cmocka_unit_test(test_cut_off),    cmocka_unit_test(test_mutated),
        cmocka_unit_test(test_paths),      cmocka_unit_test(test_changes),
        cmocka_unit_test(test_no_way_out), cmocka_unit_test(test_links),
        cmocka_unit_test(test_read_only),  cmocka_unit_test(test_receive_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
