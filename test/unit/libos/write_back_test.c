// SPDX-License-Identifier: Apache-2.0
//
// Which records leave after which changes. A record shows here as a word: "-path" for a
// removed one, "+path/" for a directory that was made, "path=content", "path>target".
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "test/unit/libos/fixture.h"

static struct fixture f;

static void
start(void)
{
    struct bundle_maker *m = &f.maker;
    f = (struct fixture){0};
    bundle_add(m, SK_BUNDLE_MODULE, 0, "a.wasm", "wasm");
    uint32_t root = bundle_add(m, SK_BUNDLE_PREOPEN, 0, "/", NULL);
    bundle_add(m, SK_BUNDLE_DIR, root, "a", NULL);
    bundle_add(m, SK_BUNDLE_FILE, root, "a/1", "one");
    bundle_add(m, SK_BUNDLE_DIR, root, "a/b", NULL);
    bundle_add(m, SK_BUNDLE_FILE, root, "a/b/2", "two");
    bundle_add(m, SK_BUNDLE_SYMLINK, root, "l", "a/1");
    fixture_init(&f);
}

static void
find(const char *path, struct fs_place *place)
{
    assert_int_equal(
        fs_resolve(f.mounts.mounts[0].root, path, strlen(path), FS_FOLLOW_NEVER, place),
        FS_OK);
}

static void
make(const char *path, const char *content)
{
    struct fs_place place;
    struct fs_inode *inode;
    size_t written;
    find(path, &place);
    inode = place.inode;
    if (!inode)
        assert_int_equal(fs_create(&f.fs, &place, content ? FS_FILE : FS_DIR, &inode),
                         FS_OK);
    if (content) {
        assert_int_equal(fs_file_resize(&f.fs, inode, 0), FS_OK);
        assert_int_equal(
            fs_file_write(&f.fs, inode, 0, content, strlen(content), &written), FS_OK);
    }
}

static void
make_symlink(const char *path, const char *target)
{
    struct fs_place place;
    find(path, &place);
    assert_int_equal(fs_symlink(&f.fs, &place, target, strlen(target)), FS_OK);
}

static void
take(const char *path)
{
    struct fs_place place;
    find(path, &place);
    if (place.inode->kind == FS_DIR)
        assert_int_equal(fs_remove_dir(&f.fs, &place), FS_OK);
    else
        assert_int_equal(fs_unlink(&f.fs, &place), FS_OK);
}

static void
move(const char *from, const char *to)
{
    struct fs_place a;
    struct fs_place b;
    find(from, &a);
    find(to, &b);
    assert_int_equal(fs_rename(&f.fs, &a, &b), FS_OK);
}

static void
show(const struct sk_report *r, const char *text, char *out, size_t room)
{
    int name_len = (int)r->name_len;
    const char *data = text + r->name_len;
    switch ((enum sk_report_kind)r->kind) {
    case SK_REPORT_REMOVE:
        snprintf(out, room, "-%.*s ", name_len, text);
        break;
    case SK_REPORT_DIR:
        snprintf(out, room, "+%.*s/ ", name_len, text);
        break;
    case SK_REPORT_FILE:
        snprintf(out, room, "%.*s=%.*s ", name_len, text, (int)r->data_len, data);
        break;
    case SK_REPORT_SYMLINK:
        snprintf(out, room, "%.*s>%.*s ", name_len, text, (int)r->data_len, data);
        break;
    default:
        fail_msg("record of kind %u", r->kind);
    }
}

static void
expect(const char *expected)
{
    char shown[1024] = "";
    mounts_write_back(&f.mounts, &f.bundle);
    for (size_t at = 0; at < fake.control.len;) {
        struct sk_report record;
        size_t len = strlen(shown);
        memcpy(&record, fake.control.bytes + at, sizeof(record));
        assert_int_equal(record.magic, SK_REPORT_MAGIC);
        at += sizeof(record);
        show(&record, (const char *)fake.control.bytes + at, shown + len,
             sizeof(shown) - len);
        at += record.name_len + record.data_len;
        assert_true(at <= fake.control.len);
    }
    assert_string_equal(shown, expected);
    fixture_fini(&f);
}

static void
test_nothing_changed(void **state)
{
    (void)state;
    start();
    expect("");
}

static void
test_files(void **state)
{
    (void)state;
    start();
    make("a/1", "ONE");
    make("new", "fresh");
    make("a/b/3", "");
    expect("a/1=ONE a/b/3= new=fresh ");
    start();
    take("a/1");
    expect("-a/1 ");
    // Replaced by another file of the same name: its content, no removal.
    start();
    take("a/1");
    make("a/1", "other");
    expect("a/1=other ");
    start();
    make("tmp", "better");
    move("tmp", "a/1");
    expect("a/1=better ");
    start();
    move("a/1", "moved");
    expect("-a/1 moved=one ");
}

static void
test_directories(void **state)
{
    (void)state;
    start();
    make("d", NULL);
    make("d/e", NULL);
    make("d/e/f", "x");
    expect("+d/ +d/e/ d/e/f=x ");
    start();
    take("a/b/2");
    take("a/b");
    expect("-a/b/2 -a/b ");
    // A directory that moves takes its children along, old and new.
    start();
    make("a/b/3", "three");
    move("a", "z");
    expect("-a/b/2 -a/b -a/1 -a +z/ z/1=one +z/b/ z/b/2=two z/b/3=three ");
    // Away and back again is no change.
    start();
    move("a", "z");
    move("z", "a");
    expect("");
    // Another directory of the same name.
    start();
    move("a", "z");
    make("a", NULL);
    move("z/1", "a/1");
    expect("-a/b/2 -a/b -a/1 -a +z/ +z/b/ z/b/2=two +a/ a/1=one ");
}

static void
test_kinds_change(void **state)
{
    (void)state;
    start();
    take("a/b/2");
    take("a/b");
    make("a/b", "file");
    expect("-a/b/2 -a/b a/b=file ");
    start();
    take("a/1");
    make("a/1", NULL);
    make("a/1/x", "y");
    expect("-a/1 +a/1/ a/1/x=y ");
    start();
    take("l");
    make_symlink("l", "a/b/2");
    expect("-l l>a/b/2 ");
    start();
    take("a/1");
    make_symlink("a/1", "b/2");
    make_symlink("dangling", "nowhere");
    expect("-a/1 a/1>b/2 dangling>nowhere ");
}

static void
test_hard_links_are_copies(void **state)
{
    (void)state;
    struct fs_place from;
    struct fs_place to;
    start();
    find("a/1", &from);
    find("same", &to);
    assert_int_equal(fs_link(&f.fs, from.inode, &to), FS_OK);
    expect("same=one ");
}

static void
test_read_only_mounts_send_nothing(void **state)
{
    (void)state;
    start();
    make("new", "x");
    f.mounts.mounts[0].is_read_only = true;
    expect("");
}

static void
test_long_paths_are_left_out(void **state)
{
    (void)state;
    char name[201];
    start();
    memset(name, 'n', 200);
    name[200] = 0;
    struct fs_inode *dir = f.mounts.mounts[0].root;
    for (int depth = 0; depth < 30; depth++) {
        struct fs_place place;
        assert_int_equal(fs_resolve(dir, name, 200, FS_FOLLOW_NEVER, &place), FS_OK);
        assert_int_equal(fs_create(&f.fs, &place, FS_DIR, &dir), FS_OK);
    }
    mounts_write_back(&f.mounts, &f.bundle);
    assert_int_not_equal(fake.log.len, 0);
    fixture_fini(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_changed),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_directories),
        cmocka_unit_test(test_kinds_change),
        cmocka_unit_test(test_hard_links_are_copies),
        cmocka_unit_test(test_read_only_mounts_send_nothing),
        cmocka_unit_test(test_long_paths_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
