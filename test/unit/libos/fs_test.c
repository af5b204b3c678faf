// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libos/fs/fs.h"
#include "test/unit/libos/fake_sk.h"

static uint64_t time_ns;

static uint64_t
now(void)
{
    return ++time_ns;
}

struct tree {
    struct counting_allocator memory;
    struct fs fs;
    struct fs_mount mount;
};

static void
tree_init(struct tree *t)
{
    counting_init(&t->memory);
    fs_init(&t->fs, &t->memory.allocator, now);
    assert_int_equal(fs_mount_init(&t->fs, &t->mount, 0, false), FS_OK);
}

static void
tree_fini(struct tree *t)
{
    fs_mount_fini(&t->fs, &t->mount);
    assert_int_equal(t->memory.live, 0);
}

static enum fs_error
find(struct tree *t, const char *path, enum fs_follow follow, struct fs_place *place)
{
    return fs_resolve(t->mount.root, path, strlen(path), follow, place);
}

static enum fs_error
make(struct tree *t, enum fs_kind kind, const char *path)
{
    struct fs_place place;
    struct fs_inode *inode;
    enum fs_error error = find(t, path, FS_FOLLOW_NEVER, &place);
    return error ? error : fs_create(&t->fs, &place, kind, &inode);
}

static enum fs_error
make_symlink(struct tree *t, const char *target, const char *path)
{
    struct fs_place place;
    enum fs_error error = find(t, path, FS_FOLLOW_NEVER, &place);
    return error ? error : fs_symlink(&t->fs, &place, target, strlen(target));
}

static enum fs_error
rename_path(struct tree *t, const char *from, const char *to)
{
    struct fs_place a;
    struct fs_place b;
    enum fs_error error = find(t, from, FS_FOLLOW_NEVER, &a);
    if (!error)
        error = find(t, to, FS_FOLLOW_NEVER, &b);
    return error ? error : fs_rename(&t->fs, &a, &b);
}

static enum fs_error
unlink_path(struct tree *t, const char *path)
{
    struct fs_place place;
    enum fs_error error = find(t, path, FS_FOLLOW_NEVER, &place);
    return error ? error : fs_unlink(&t->fs, &place);
}

static enum fs_error
remove_path(struct tree *t, const char *path)
{
    struct fs_place place;
    enum fs_error error = find(t, path, FS_FOLLOW_NEVER, &place);
    return error ? error : fs_remove_dir(&t->fs, &place);
}

static enum fs_error
link_path(struct tree *t, const char *from, const char *to)
{
    struct fs_place a;
    struct fs_place b;
    enum fs_error error = find(t, from, FS_FOLLOW_NEVER, &a);
    if (!error)
        error = find(t, to, FS_FOLLOW_NEVER, &b);
    if (!error && !a.inode)
        error = FS_NO_ENTRY;
    return error ? error : fs_link(&t->fs, a.inode, &b);
}

// What a path leads to when symlinks are followed, or the error.
static struct fs_inode *
at(struct tree *t, const char *path, enum fs_error *error)
{
    struct fs_place place = {0};
    *error = find(t, path, FS_FOLLOW_LAST, &place);
    if (!*error && fs_place_is_misfit(&place))
        *error = FS_NOT_DIR;
    return *error ? NULL : place.inode;
}

static void
expect(struct tree *t, const char *path, enum fs_error expected)
{
    enum fs_error error;
    struct fs_inode *inode = at(t, path, &error);
    if (error == FS_OK && !inode)
        error = FS_NO_ENTRY;
    if (error != expected)
        fail_msg("\"%s\": %d, not %d", path, error, expected);
}

static void
test_paths_stay_inside(void **state)
{
    (void)state;
    struct tree t;
    tree_init(&t);
    assert_int_equal(make(&t, FS_DIR, "d"), FS_OK);
    assert_int_equal(make(&t, FS_DIR, "d/e/"), FS_OK);
    assert_int_equal(make(&t, FS_FILE, "d/e/f"), FS_OK);
    expect(&t, "", FS_NO_ENTRY);
    expect(&t, "/", FS_ESCAPE);
    expect(&t, "/d", FS_ESCAPE);
    expect(&t, "..", FS_ESCAPE);
    expect(&t, "./..", FS_ESCAPE);
    expect(&t, "d/../..", FS_ESCAPE);
    expect(&t, "d/../../d", FS_ESCAPE);
    expect(&t, "d/e/../../../x", FS_ESCAPE);
    expect(&t, ".", FS_OK);
    expect(&t, "d/..", FS_OK);
    expect(&t, "d/.//e/../../d/e/../e///./f", FS_OK);
    expect(&t, "d/e/f/", FS_NOT_DIR);
    expect(&t, "d/e/f/.", FS_NOT_DIR);
    expect(&t, "d/e/f/..", FS_NOT_DIR);
    expect(&t, "d/e/f/g", FS_NOT_DIR);
    expect(&t, "d/x/../e", FS_NO_ENTRY);
    expect(&t, "x/..", FS_NO_ENTRY);
    // A descriptor on a directory confines like a root.
    enum fs_error error;
    struct fs_inode *e = at(&t, "d/e", &error);
    struct fs_place place;
    assert_int_equal(fs_resolve(e, "../e/f", 6, FS_FOLLOW_LAST, &place), FS_ESCAPE);
    assert_int_equal(fs_resolve(e, "f", 1, FS_FOLLOW_LAST, &place), FS_OK);
    assert_int_equal(fs_resolve(place.inode, "f", 1, FS_FOLLOW_LAST, &place), FS_NOT_DIR);
    tree_fini(&t);
}

static void
test_symlinks_stay_inside(void **state)
{
    (void)state;
    struct tree t;
    tree_init(&t);
    make(&t, FS_DIR, "d");
    make(&t, FS_DIR, "d/e");
    make(&t, FS_FILE, "d/f");
    assert_int_equal(make_symlink(&t, "/etc", "abs"), FS_ESCAPE);
    assert_int_equal(make_symlink(&t, "", "empty"), FS_NO_ENTRY);
    assert_int_equal(make_symlink(&t, "..", "up"), FS_OK);
    assert_int_equal(make_symlink(&t, "../..", "d/upup"), FS_OK);
    assert_int_equal(make_symlink(&t, "../f", "d/e/ok"), FS_OK);
    assert_int_equal(make_symlink(&t, "d", "dir"), FS_OK);
    assert_int_equal(make_symlink(&t, "d/", "dir_slash"), FS_OK);
    assert_int_equal(make_symlink(&t, "d/f/", "file_slash"), FS_OK);
    assert_int_equal(make_symlink(&t, "self", "self"), FS_OK);
    assert_int_equal(make_symlink(&t, "b", "a"), FS_OK);
    assert_int_equal(make_symlink(&t, "a", "b"), FS_OK);
    assert_int_equal(make_symlink(&t, "nothing", "dangling"), FS_OK);
    expect(&t, "up", FS_ESCAPE);
    expect(&t, "up/d", FS_ESCAPE);
    expect(&t, "d/upup/x", FS_ESCAPE);
    expect(&t, "d/e/ok", FS_OK);
    expect(&t, "dir/e/ok", FS_OK);
    expect(&t, "dir/../dir/f", FS_OK);
    expect(&t, "dir_slash", FS_OK);
    expect(&t, "dir_slash/f", FS_OK);
    expect(&t, "file_slash", FS_NOT_DIR);
    expect(&t, "self", FS_LOOP);
    expect(&t, "self/x", FS_LOOP);
    expect(&t, "a", FS_LOOP);
    expect(&t, "dangling", FS_NO_ENTRY);
    expect(&t, "dangling/", FS_NO_ENTRY);
    // From a directory in the middle, what leads above it leads out.
    enum fs_error error;
    struct fs_inode *e = at(&t, "d/e", &error);
    struct fs_place place;
    assert_int_equal(fs_resolve(e, "ok", 2, FS_FOLLOW_LAST, &place), FS_ESCAPE);
    assert_int_equal(fs_resolve(e, "ok", 2, FS_FOLLOW_NEVER, &place), FS_OK);
    // Slashes and what they ask for.
    assert_int_equal(find(&t, "dir/", FS_FOLLOW_SLASH, &place), FS_OK);
    assert_int_equal(place.inode->kind, FS_DIR);
    assert_int_equal(find(&t, "dir", FS_FOLLOW_SLASH, &place), FS_OK);
    assert_int_equal(place.inode->kind, FS_SYMLINK);
    assert_int_equal(find(&t, "dir/", FS_FOLLOW_NEVER, &place), FS_OK);
    assert_true(fs_place_is_misfit(&place));
    assert_int_equal(remove_path(&t, "dir/"), FS_NOT_DIR);
    assert_int_equal(unlink_path(&t, "dir/"), FS_NOT_DIR);
    tree_fini(&t);
}

static void
test_symlink_chains_have_an_end(void **state)
{
    (void)state;
    struct tree t;
    tree_init(&t);
    make(&t, FS_DIR, "0");
    for (int i = 1; i <= 50; i++) {
        char target[32];
        char path[32];
        snprintf(target, sizeof(target), "%d", i - 1);
        snprintf(path, sizeof(path), "%d", i);
        assert_int_equal(make_symlink(&t, target, path), FS_OK);
    }
    expect(&t, "40/", FS_OK);
    expect(&t, "41/", FS_LOOP);
    expect(&t, "20/../20/.", FS_OK);
    expect(&t, "20/../21/.", FS_LOOP);
    tree_fini(&t);
}

static void
test_names_have_a_limit(void **state)
{
    (void)state;
    struct tree t;
    char name[FS_PATH_MAX + 2];
    tree_init(&t);
    memset(name, 'n', sizeof(name));
    name[FS_NAME_MAX] = 0;
    assert_int_equal(make(&t, FS_FILE, name), FS_OK);
    expect(&t, name, FS_OK);
    name[FS_NAME_MAX] = 'n';
    name[FS_NAME_MAX + 1] = 0;
    assert_int_equal(make(&t, FS_FILE, name), FS_NAME_TOO_LONG);
    for (size_t i = 0; i < sizeof(name); i++)
        name[i] = i % 2 ? '/' : '.';
    name[FS_PATH_MAX] = 0;
    expect(&t, name, FS_OK);
    name[FS_PATH_MAX] = '.';
    name[FS_PATH_MAX + 1] = 0;
    expect(&t, name, FS_NAME_TOO_LONG);
    tree_fini(&t);
}

static void
test_rename_is_posix(void **state)
{
    (void)state;
    struct tree t;
    tree_init(&t);
    make(&t, FS_DIR, "d");
    make(&t, FS_DIR, "d/e");
    make(&t, FS_DIR, "empty");
    make(&t, FS_FILE, "f");
    make(&t, FS_FILE, "g");
    assert_int_equal(rename_path(&t, "x", "y"), FS_NO_ENTRY);
    assert_int_equal(rename_path(&t, "f", "d"), FS_IS_DIR);
    assert_int_equal(rename_path(&t, "d", "f"), FS_NOT_DIR);
    assert_int_equal(rename_path(&t, "empty", "d"), FS_NOT_EMPTY);
    assert_int_equal(rename_path(&t, "d", "d/e/x"), FS_INVALID);
    assert_int_equal(rename_path(&t, "d", "d/e"), FS_INVALID);
    assert_int_equal(rename_path(&t, "d/e", "d"), FS_NOT_EMPTY);
    assert_int_equal(rename_path(&t, "f/", "x"), FS_NOT_DIR);
    assert_int_equal(rename_path(&t, "f", "x/"), FS_NOT_DIR);
    assert_int_equal(rename_path(&t, ".", "x"), FS_BUSY);
    assert_int_equal(rename_path(&t, "d", "."), FS_BUSY);
    assert_int_equal(rename_path(&t, "f", "f"), FS_OK);
    assert_int_equal(rename_path(&t, "f", "g"), FS_OK);
    expect(&t, "f", FS_NO_ENTRY);
    expect(&t, "g", FS_OK);
    assert_int_equal(rename_path(&t, "d/", "empty/"), FS_OK);
    expect(&t, "d", FS_NO_ENTRY);
    expect(&t, "empty/e/..", FS_OK);
    assert_int_equal(rename_path(&t, "empty/e", "e/"), FS_OK);
    expect(&t, "e/../g", FS_OK);
    // Two names of one file: nothing happens.
    assert_int_equal(link_path(&t, "g", "h"), FS_OK);
    assert_int_equal(rename_path(&t, "g", "h"), FS_OK);
    expect(&t, "g", FS_OK);
    expect(&t, "h", FS_OK);
    tree_fini(&t);
}

static void
test_links_and_removal(void **state)
{
    (void)state;
    struct tree t;
    enum fs_error error;
    tree_init(&t);
    make(&t, FS_FILE, "f");
    make(&t, FS_DIR, "d");
    assert_int_equal(make(&t, FS_DIR, "d"), FS_EXISTS);
    assert_int_equal(make(&t, FS_FILE, "new/"), FS_IS_DIR);
    assert_int_equal(link_path(&t, "d", "x"), FS_NOT_PERMITTED);
    assert_int_equal(link_path(&t, "f", "x/"), FS_NO_ENTRY);
    assert_int_equal(link_path(&t, "f", "d"), FS_EXISTS);
    assert_int_equal(link_path(&t, "f", "d/g"), FS_OK);
    assert_int_equal(at(&t, "d/g", &error)->links, 2);
    assert_int_equal(remove_path(&t, "f"), FS_NOT_DIR);
    assert_int_equal(remove_path(&t, "d"), FS_NOT_EMPTY);
    assert_int_equal(remove_path(&t, "."), FS_INVALID);
    assert_int_equal(remove_path(&t, "d/."), FS_INVALID);
    assert_int_equal(unlink_path(&t, "d"), FS_IS_DIR);
    assert_int_equal(unlink_path(&t, "f/"), FS_NOT_DIR);
    assert_int_equal(unlink_path(&t, "f"), FS_OK);
    assert_int_equal(unlink_path(&t, "f"), FS_NO_ENTRY);
    assert_int_equal(unlink_path(&t, "d/g"), FS_OK);
    // Whoever holds a removed directory finds it empty and can add nothing.
    struct fs_inode *d = at(&t, "d", &error);
    fs_inode_acquire(d);
    assert_int_equal(remove_path(&t, "d/"), FS_OK);
    struct fs_place place;
    struct fs_inode *inode;
    assert_int_equal(fs_resolve(d, "x", 1, FS_FOLLOW_LAST, &place), FS_OK);
    assert_int_equal(fs_create(&t.fs, &place, FS_FILE, &inode), FS_NO_ENTRY);
    assert_int_equal(fs_resolve(d, "..", 2, FS_FOLLOW_LAST, &place), FS_ESCAPE);
    fs_inode_release(&t.fs, d);
    tree_fini(&t);
}

static void
test_large_directories_keep_their_order(void **state)
{
    (void)state;
    enum { COUNT = 5000 };
    struct tree t;
    char name[32];
    tree_init(&t);
    for (int i = 0; i < COUNT; i++) {
        snprintf(name, sizeof(name), "file.%d", i);
        assert_int_equal(make(&t, FS_FILE, name), FS_OK);
    }
    // Removing what was listed while listing must not skip or repeat the rest.
    uint64_t cookie = 0;
    int seen = 0;
    struct fs_entry *entry;
    while ((entry = fs_dir_next(t.mount.root, cookie))) {
        snprintf(name, sizeof(name), "file.%d", seen);
        assert_int_equal(entry->name_len, strlen(name));
        assert_memory_equal(entry->name, name, strlen(name));
        cookie = entry->cookie + 1;
        if (seen % 3)
            assert_int_equal(unlink_path(&t, name), FS_OK);
        seen++;
    }
    assert_int_equal(seen, COUNT);
    for (int i = 0; i < COUNT; i++) {
        snprintf(name, sizeof(name), "file.%d", i);
        expect(&t, name, i % 3 ? FS_NO_ENTRY : FS_OK);
    }
    tree_fini(&t);
}

static void
test_deep_trees_need_no_stack(void **state)
{
    (void)state;
    struct tree t;
    tree_init(&t);
    struct fs_inode *dir = t.mount.root;
    for (int i = 0; i < 200000; i++) {
        struct fs_place place;
        assert_int_equal(fs_resolve(dir, "d", 1, FS_FOLLOW_NEVER, &place), FS_OK);
        assert_int_equal(fs_create(&t.fs, &place, FS_DIR, &dir), FS_OK);
    }
    tree_fini(&t);
}

static void
test_content_against_a_model(void **state)
{
    (void)state;
    enum { ROOM = 40000 };
    static uint8_t model[ROOM];
    static uint8_t source[10000];
    static uint8_t piece[ROOM];
    struct tree t;
    enum fs_error error;
    tree_init(&t);
    make(&t, FS_FILE, "f");
    struct fs_inode *f = at(&t, "f", &error);
    for (size_t i = 0; i < sizeof(source); i++)
        source[i] = (uint8_t)(i * 7);
    f->file = (struct fs_file){
        .source = source, .source_len = sizeof(source), .size = sizeof(source)};
    memcpy(model, source, sizeof(source));
    size_t size = sizeof(source);
    srand(11);
    for (int round = 0; round < 3000; round++) {
        size_t offset = (size_t)rand() % ROOM;
        size_t len = (size_t)rand() % (ROOM - offset);
        switch (rand() % 3) {
        case 0: {
            size_t written;
            memset(piece, rand(), len);
            assert_int_equal(fs_file_write(&t.fs, f, offset, piece, len, &written),
                             FS_OK);
            assert_int_equal(written, len);
            memcpy(model + offset, piece, len);
            if (len && offset + len > size)
                size = offset + len;
            break;
        }
        case 1:
            assert_int_equal(fs_file_resize(&t.fs, f, offset), FS_OK);
            if (offset < size)
                memset(model + offset, 0, ROOM - offset);
            size = offset;
            break;
        default: {
            size_t n = fs_file_read(f, offset, piece, len);
            size_t left = offset < size ? size - offset : 0;
            assert_int_equal(n, len < left ? len : left);
            assert_memory_equal(piece, model + offset, n);
        }
        }
        assert_int_equal(f->file.size, size);
    }
    tree_fini(&t);
}

static void
test_files_have_a_limit(void **state)
{
    (void)state;
    struct tree t;
    enum fs_error error;
    size_t written;
    tree_init(&t);
    make(&t, FS_FILE, "f");
    struct fs_inode *f = at(&t, "f", &error);
    assert_int_equal(fs_file_resize(&t.fs, f, FS_FILE_MAX), FS_OK);
    assert_int_equal(fs_file_resize(&t.fs, f, FS_FILE_MAX + 1), FS_TOO_BIG);
    assert_int_equal(fs_file_write(&t.fs, f, FS_FILE_MAX, "x", 1, &written), FS_TOO_BIG);
    assert_int_equal(fs_file_write(&t.fs, f, UINT64_MAX, "x", 1, &written), FS_TOO_BIG);
    uint8_t byte = 1;
    assert_int_equal(fs_file_read(f, FS_FILE_MAX - 1, &byte, 1), 1);
    assert_int_equal(byte, 0);
    assert_int_equal(fs_file_read(f, UINT64_MAX, &byte, 1), 0);
    tree_fini(&t);
}

static void
test_read_only_mounts_do_not_change(void **state)
{
    (void)state;
    struct tree t;
    enum fs_error error;
    size_t written;
    tree_init(&t);
    make(&t, FS_DIR, "d");
    make(&t, FS_FILE, "f");
    t.mount.is_read_only = true;
    struct fs_inode *f = at(&t, "f", &error);
    assert_int_equal(make(&t, FS_FILE, "g"), FS_READ_ONLY);
    assert_int_equal(make(&t, FS_DIR, "g"), FS_READ_ONLY);
    assert_int_equal(make_symlink(&t, "f", "g"), FS_READ_ONLY);
    assert_int_equal(link_path(&t, "f", "g"), FS_READ_ONLY);
    assert_int_equal(rename_path(&t, "f", "g"), FS_READ_ONLY);
    assert_int_equal(unlink_path(&t, "f"), FS_READ_ONLY);
    assert_int_equal(remove_path(&t, "d"), FS_READ_ONLY);
    assert_int_equal(fs_file_resize(&t.fs, f, 1), FS_READ_ONLY);
    assert_int_equal(fs_file_write(&t.fs, f, 0, "x", 1, &written), FS_READ_ONLY);
    tree_fini(&t);
}

// Does a bit of everything; every step may fail for want of memory, and must then leave
// the tree as it was.
static void
exercise(struct tree *t)
{
    char name[16];
    enum fs_error error;
    size_t written;
    make(t, FS_DIR, "d");
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof(name), "d/%d", i);
        error = make(t, FS_FILE, name);
        struct fs_inode *f = at(t, name, &(enum fs_error){0});
        assert_true(!!f == (error == FS_OK));
        if (f && !fs_file_write(&t->fs, f, 4000u * (unsigned)i, name, 4, &written))
            assert_true(written > 0 && f->file.size == 4000u * (unsigned)i + written);
    }
    error = make_symlink(t, "d/3", "l");
    assert_true(error == FS_OK || error == FS_NO_SPACE);
    error = rename_path(t, "d/4", "moved");
    if (error == FS_NO_SPACE)
        expect(t, "d/4", FS_OK);
    link_path(t, "d/5", "linked");
    rename_path(t, "d/6", "d/7");
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof(name), "d/%d", i);
        unlink_path(t, name);
    }
    assert_true(remove_path(t, "d") != FS_NO_SPACE);
}

static void
test_every_allocation_may_fail(void **state)
{
    (void)state;
    for (int all = 0; all < 2; all++) {
        uint64_t total = UINT64_MAX;
        for (uint64_t n = 1; n <= total; n++) {
            struct tree t;
            tree_init(&t);
            t.memory.fail_at = t.memory.calls + n;
            t.memory.fail_all = all;
            uint64_t before = t.memory.calls;
            exercise(&t);
            if (t.memory.calls - before < n)
                total = n;
            tree_fini(&t);
        }
        assert_in_range(total, 50, 1000);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths_stay_inside),
        cmocka_unit_test(test_symlinks_stay_inside),
        cmocka_unit_test(test_symlink_chains_have_an_end),
        cmocka_unit_test(test_names_have_a_limit),
        cmocka_unit_test(test_rename_is_posix),
        cmocka_unit_test(test_links_and_removal),
        cmocka_unit_test(test_large_directories_keep_their_order),
        cmocka_unit_test(test_deep_trees_need_no_stack),
        cmocka_unit_test(test_content_against_a_model),
        cmocka_unit_test(test_files_have_a_limit),
        cmocka_unit_test(test_read_only_mounts_do_not_change),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
