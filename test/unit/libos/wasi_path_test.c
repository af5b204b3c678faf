// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libos/wasi/descriptor.h"
#include "test/unit/libos/fixture.h"

#define FOLLOW WASI_LOOKUPFLAG_SYMLINK_FOLLOW

// Guest addresses.
#define PATH  256u
#define PATH2 6144u
#define OUT   128u
#define BUF   16384u

static struct fixture f;

static uint32_t
len_of(const char *text)
{
    return (uint32_t)strlen(text);
}

static uint32_t
stat_path(uint32_t dir, uint32_t flags, const char *path)
{
    guest_put(&f, PATH, path);
    return wasi_path_filestat_get(&f.wasi, dir, flags, PATH, len_of(path), OUT);
}

static uint32_t
make_dir(uint32_t dir, const char *path)
{
    guest_put(&f, PATH, path);
    return wasi_path_create_directory(&f.wasi, dir, PATH, len_of(path));
}

static uint32_t
make_symlink(const char *target, uint32_t dir, const char *path)
{
    guest_put(&f, PATH, target);
    guest_put(&f, PATH2, path);
    return wasi_path_symlink(&f.wasi, PATH, len_of(target), dir, PATH2, len_of(path));
}

static uint32_t
rename_path(uint32_t dir, const char *path, uint32_t to_dir, const char *to)
{
    guest_put(&f, PATH, path);
    guest_put(&f, PATH2, to);
    return wasi_path_rename(&f.wasi, dir, PATH, len_of(path), to_dir, PATH2, len_of(to));
}

static uint32_t
link_path(uint32_t flags, const char *path, uint32_t to_dir, const char *to)
{
    guest_put(&f, PATH, path);
    guest_put(&f, PATH2, to);
    return wasi_path_link(&f.wasi, ROOT, flags, PATH, len_of(path), to_dir, PATH2,
                          len_of(to));
}

static uint32_t
unlink_path(uint32_t dir, const char *path)
{
    guest_put(&f, PATH, path);
    return wasi_path_unlink_file(&f.wasi, dir, PATH, len_of(path));
}

static uint32_t
remove_path(uint32_t dir, const char *path)
{
    guest_put(&f, PATH, path);
    return wasi_path_remove_directory(&f.wasi, dir, PATH, len_of(path));
}

static void
test_open(void **state)
{
    (void)state;
    const uint64_t rw = WASI_RIGHT_FD_READ | WASI_RIGHT_FD_WRITE;
    uint32_t fd;
    fixture_init_sample(&f);
    assert_int_equal(open_path(&f, ROOT, "x", 0, rw, &fd), WASI_ENOENT);
    assert_int_equal(open_path(&f, ROOT, "", 0, rw, &fd), WASI_ENOENT);
    assert_int_equal(open_path(&f, ROOT, "/d/f", 0, rw, &fd), WASI_EPERM);
    assert_int_equal(open_path(&f, ROOT, "../d/f", 0, rw, &fd), WASI_EPERM);
    assert_int_equal(open_path(&f, ROOT, "d/f/", 0, rw, &fd), WASI_ENOTDIR);
    assert_int_equal(open_path(&f, ROOT, "d/f/g", 0, rw, &fd), WASI_ENOTDIR);
    assert_int_equal(open_path(&f, ROOT, "d/f", WASI_OFLAG_DIRECTORY, rw, &fd),
                     WASI_ENOTDIR);
    assert_int_equal(open_path(&f, ROOT, "d", 0, rw, &fd), WASI_EISDIR);
    assert_int_equal(open_path(&f, ROOT, "d", WASI_OFLAG_TRUNC, 0, &fd), WASI_EISDIR);
    assert_int_equal(open_path(&f, ROOT, "d", WASI_OFLAG_CREAT, 0, &fd), WASI_EISDIR);
    assert_int_equal(open_path(&f, ROOT, "l", 0, rw, &fd), WASI_ELOOP);
    assert_int_equal(
        open_path(&f, ROOT, "l", WASI_OFLAG_CREAT | WASI_OFLAG_EXCL, rw, &fd),
        WASI_EEXIST);
    assert_int_equal(
        open_path(&f, ROOT, "x", WASI_OFLAG_CREAT | WASI_OFLAG_DIRECTORY, rw, &fd),
        WASI_EINVAL);
    assert_int_equal(open_path(&f, ROOT, "x/", WASI_OFLAG_CREAT, rw, &fd), WASI_EISDIR);
    assert_int_equal(open_path(&f, ROOT, "x", 1u << 4, rw, &fd), WASI_EINVAL);
    assert_int_equal(open_path(&f, 0, "x", 0, rw, &fd), WASI_ENOTDIR);
    assert_int_equal(open_path(&f, 42, "x", 0, rw, &fd), WASI_EBADF);
    assert_int_equal(open_path(&f, ROOT, "x", WASI_OFLAG_CREAT, rw, &fd), WASI_SUCCESS);
    assert_int_equal(
        open_path(&f, ROOT, "x", WASI_OFLAG_CREAT | WASI_OFLAG_EXCL, rw, &fd),
        WASI_EEXIST);
    assert_int_equal(open_path(&f, ROOT, "d/f", WASI_OFLAG_TRUNC, rw, &fd), WASI_SUCCESS);
    assert_int_equal(stat_path(ROOT, 0, "d/f"), WASI_SUCCESS);
    assert_int_equal(guest_u64(&f, OUT + 32), 0);
    // Creating through a dangling symlink makes what it names.
    assert_int_equal(make_symlink("d/made", ROOT, "dangling"), WASI_SUCCESS);
    guest_put(&f, PATH, "dangling");
    assert_int_equal(
        wasi_path_open(&f.wasi, ROOT, FOLLOW, PATH, 8, WASI_OFLAG_CREAT, rw, 0, 0, OUT),
        WASI_SUCCESS);
    assert_int_equal(stat_path(ROOT, 0, "d/made"), WASI_SUCCESS);
    fixture_fini(&f);
}

// Each way to change the tree has a right of its own, and none gets by without it:
// truncation while opening (CVE-2026-47261), links and renaming (CVE-2026-58494).
static void
test_changes_need_their_rights(void **state)
{
    (void)state;
    const uint64_t rw = WASI_RIGHT_FD_READ | WASI_RIGHT_FD_WRITE;
    const uint64_t taken =
        WASI_RIGHT_PATH_FILESTAT_SET_SIZE | WASI_RIGHT_PATH_CREATE_FILE |
        WASI_RIGHT_PATH_LINK_SOURCE | WASI_RIGHT_PATH_LINK_TARGET |
        WASI_RIGHT_PATH_RENAME_SOURCE | WASI_RIGHT_PATH_RENAME_TARGET |
        WASI_RIGHT_PATH_SYMLINK | WASI_RIGHT_PATH_UNLINK_FILE |
        WASI_RIGHT_PATH_CREATE_DIRECTORY | WASI_RIGHT_PATH_REMOVE_DIRECTORY;
    uint32_t dir, fd;
    fixture_init_sample(&f);
    assert_int_equal(open_path(&f, ROOT, "d", WASI_OFLAG_DIRECTORY, 0, &dir),
                     WASI_SUCCESS);
    assert_int_equal(wasi_fd_fdstat_set_rights(&f.wasi, dir, WASI_RIGHTS_DIR & ~taken,
                                               WASI_RIGHTS_DIR | WASI_RIGHTS_FILE),
                     WASI_SUCCESS);
    assert_int_equal(open_path(&f, dir, "f", WASI_OFLAG_TRUNC, rw, &fd),
                     WASI_ENOTCAPABLE);
    assert_int_equal(open_path(&f, dir, "f", WASI_OFLAG_TRUNC, 0, &fd), WASI_ENOTCAPABLE);
    assert_int_equal(open_path(&f, dir, "new", WASI_OFLAG_CREAT, rw, &fd),
                     WASI_ENOTCAPABLE);
    assert_int_equal(make_dir(dir, "new"), WASI_ENOTCAPABLE);
    assert_int_equal(make_symlink("f", dir, "new"), WASI_ENOTCAPABLE);
    assert_int_equal(link_path(0, "d/f", dir, "new"), WASI_ENOTCAPABLE);
    assert_int_equal(rename_path(dir, "f", ROOT, "new"), WASI_ENOTCAPABLE);
    assert_int_equal(rename_path(ROOT, "l", dir, "f"), WASI_ENOTCAPABLE);
    assert_int_equal(unlink_path(dir, "f"), WASI_ENOTCAPABLE);
    guest_put(&f, PATH, "f");
    guest_put(&f, PATH2, "new");
    assert_int_equal(wasi_path_link(&f.wasi, dir, 0, PATH, 1, ROOT, PATH2, 3),
                     WASI_ENOTCAPABLE);
    // Nothing happened.
    assert_int_equal(stat_path(ROOT, 0, "d/f"), WASI_SUCCESS);
    assert_int_equal(guest_u64(&f, OUT + 32), 7);
    assert_int_equal(stat_path(ROOT, 0, "new"), WASI_ENOENT);
    assert_int_equal(stat_path(ROOT, 0, "d/new"), WASI_ENOENT);
    // And what may be read only is not written through a link or a new name either.
    assert_int_equal(open_path(&f, READ_ONLY, "f", WASI_OFLAG_TRUNC, rw, &fd),
                     WASI_EROFS);
    assert_int_equal(open_path(&f, READ_ONLY, "f", WASI_OFLAG_TRUNC, 0, &fd), WASI_EROFS);
    assert_int_equal(rename_path(READ_ONLY, "f", ROOT, "new"), WASI_EXDEV);
    guest_put(&f, PATH, "f");
    guest_put(&f, PATH2, "new");
    assert_int_equal(wasi_path_link(&f.wasi, READ_ONLY, 0, PATH, 1, ROOT, PATH2, 3),
                     WASI_EXDEV);
    fixture_fini(&f);
}

static void
test_odd_paths(void **state)
{
    (void)state;
    fixture_init_sample(&f);
    assert_int_equal(stat_path(ROOT, 0, "\xff"), WASI_EILSEQ);
    assert_int_equal(stat_path(ROOT, 0, "a\xc0\x80"), WASI_EILSEQ);
    assert_int_equal(stat_path(ROOT, 0, "\xed\xa0\x80"), WASI_EILSEQ);
    assert_int_equal(stat_path(ROOT, 0, "\xf4\x90\x80\x80"), WASI_EILSEQ);
    assert_int_equal(stat_path(ROOT, 0, "\xe2\x82"), WASI_EILSEQ);
    assert_int_equal(stat_path(ROOT, 0, "\xe2\x82\xac"), WASI_ENOENT);
    assert_int_equal(stat_path(ROOT, 0, "\xf0\x9f\x99\x82"), WASI_ENOENT);
    memset(f.guest + PATH, 0, 8);
    f.guest[PATH] = 'd';
    assert_int_equal(wasi_path_filestat_get(&f.wasi, ROOT, 0, PATH, 2, OUT), WASI_EINVAL);
    assert_int_equal(wasi_path_filestat_get(&f.wasi, ROOT, 2, PATH, 1, OUT), WASI_EINVAL);
    assert_int_equal(wasi_path_filestat_get(&f.wasi, ROOT, 0, PATH, GUEST_LEN, OUT),
                     WASI_EFAULT);
    assert_int_equal(wasi_path_filestat_get(&f.wasi, ROOT, 0, 0, GUEST_LEN, OUT),
                     WASI_ENAMETOOLONG);
    assert_int_equal(
        wasi_path_filestat_get(&f.wasi, ROOT, 0, UINT32_MAX, UINT32_MAX, OUT),
        WASI_EFAULT);
    memset(f.guest + PATH, 'n', 300);
    assert_int_equal(wasi_path_create_directory(&f.wasi, ROOT, PATH, 256),
                     WASI_ENAMETOOLONG);
    assert_int_equal(wasi_path_create_directory(&f.wasi, ROOT, PATH, 255), WASI_SUCCESS);
    fixture_fini(&f);
}

static void
test_the_tree_changes(void **state)
{
    (void)state;
    fixture_init_sample(&f);
    assert_int_equal(make_dir(ROOT, "d"), WASI_EEXIST);
    assert_int_equal(make_dir(ROOT, "e/"), WASI_SUCCESS);
    assert_int_equal(make_dir(ROOT, "x/y"), WASI_ENOENT);
    assert_int_equal(rename_path(ROOT, "d/f", ROOT, "e/g"), WASI_SUCCESS);
    assert_int_equal(rename_path(ROOT, "e", ROOT, "e/h"), WASI_EINVAL);
    assert_int_equal(rename_path(ROOT, "e/g", READ_ONLY, "g"), WASI_EXDEV);
    assert_int_equal(rename_path(READ_ONLY, "f", READ_ONLY, "g"), WASI_EROFS);
    assert_int_equal(link_path(0, "e/g", ROOT, "d/f"), WASI_SUCCESS);
    assert_int_equal(link_path(0, "e/g", READ_ONLY, "x"), WASI_EROFS);
    assert_int_equal(link_path(0, "e", ROOT, "x"), WASI_EPERM);
    assert_int_equal(link_path(FOLLOW, "l", ROOT, "through"), WASI_SUCCESS);
    assert_int_equal(link_path(2, "l", ROOT, "y"), WASI_EINVAL);
    assert_int_equal(stat_path(ROOT, 0, "through"), WASI_SUCCESS);
    assert_int_equal(guest_u64(&f, OUT + 24), 3);
    assert_int_equal(remove_path(ROOT, "d"), WASI_ENOTEMPTY);
    assert_int_equal(remove_path(ROOT, "l"), WASI_ENOTDIR);
    assert_int_equal(unlink_path(ROOT, "d"), WASI_EISDIR);
    assert_int_equal(unlink_path(ROOT, "d/f"), WASI_SUCCESS);
    assert_int_equal(remove_path(ROOT, "d"), WASI_SUCCESS);
    assert_int_equal(unlink_path(READ_ONLY, "f"), WASI_EROFS);
    assert_int_equal(make_dir(READ_ONLY, "x"), WASI_EROFS);
    assert_int_equal(make_symlink("f", READ_ONLY, "x"), WASI_EROFS);
    fixture_fini(&f);
}

static void
test_symlinks(void **state)
{
    (void)state;
    fixture_init_sample(&f);
    assert_int_equal(make_symlink("/etc/passwd", ROOT, "x"), WASI_EPERM);
    assert_int_equal(make_symlink("", ROOT, "x"), WASI_ENOENT);
    assert_int_equal(make_symlink("d", ROOT, "l"), WASI_EEXIST);
    assert_int_equal(make_symlink("..", ROOT, "up"), WASI_SUCCESS);
    assert_int_equal(stat_path(ROOT, FOLLOW, "up"), WASI_EPERM);
    assert_int_equal(stat_path(ROOT, 0, "up/d"), WASI_EPERM);
    assert_int_equal(stat_path(ROOT, 0, "l"), WASI_SUCCESS);
    assert_int_equal(f.guest[OUT + 16], WASI_FILETYPE_SYMBOLIC_LINK);
    assert_int_equal(guest_u64(&f, OUT + 32), 3);
    assert_int_equal(stat_path(ROOT, FOLLOW, "l"), WASI_SUCCESS);
    assert_int_equal(f.guest[OUT + 16], WASI_FILETYPE_REGULAR_FILE);
    guest_put(&f, PATH, "l");
    memset(f.guest + BUF, 'x', 8);
    assert_int_equal(wasi_path_readlink(&f.wasi, ROOT, PATH, 1, BUF, 8, OUT),
                     WASI_SUCCESS);
    assert_int_equal(guest_u32(&f, OUT), 3);
    assert_memory_equal(f.guest + BUF, "d/fxxxxx", 8);
    assert_int_equal(wasi_path_readlink(&f.wasi, ROOT, PATH, 1, BUF, 2, OUT),
                     WASI_SUCCESS);
    assert_int_equal(guest_u32(&f, OUT), 2);
    assert_int_equal(wasi_path_readlink(&f.wasi, ROOT, PATH, 1, GUEST_LEN - 2, 3, OUT),
                     WASI_EFAULT);
    guest_put(&f, PATH, "d");
    assert_int_equal(wasi_path_readlink(&f.wasi, ROOT, PATH, 1, BUF, 8, OUT),
                     WASI_EINVAL);
    // Times of the link itself, and of what it names.
    guest_put(&f, PATH, "l");
    wasi_path_filestat_set_times(&f.wasi, ROOT, 0, PATH, 1, 0, 77, WASI_FSTFLAG_MTIM);
    wasi_path_filestat_set_times(&f.wasi, ROOT, FOLLOW, PATH, 1, 0, 88,
                                 WASI_FSTFLAG_MTIM);
    stat_path(ROOT, 0, "l");
    assert_int_equal(guest_u64(&f, OUT + 48), 77);
    stat_path(ROOT, 0, "d/f");
    assert_int_equal(guest_u64(&f, OUT + 48), 88);
    guest_put(&f, PATH, "f");
    assert_int_equal(
        wasi_path_filestat_set_times(&f.wasi, READ_ONLY, 0, PATH, 1, 0, 0, 0),
        WASI_EROFS);
    fixture_fini(&f);
}

static void
test_read_only_files_open_for_reading(void **state)
{
    (void)state;
    uint32_t fd;
    fixture_init_sample(&f);
    assert_int_equal(open_path(&f, READ_ONLY, "f", 0, WASI_RIGHT_FD_WRITE, &fd),
                     WASI_EROFS);
    assert_int_equal(
        open_path(&f, READ_ONLY, "f", WASI_OFLAG_TRUNC, WASI_RIGHT_FD_READ, &fd),
        WASI_EROFS);
    assert_int_equal(open_path(&f, READ_ONLY, "g", WASI_OFLAG_CREAT, 0, &fd), WASI_EROFS);
    assert_int_equal(open_path(&f, READ_ONLY, "f", WASI_OFLAG_CREAT, 0, &fd),
                     WASI_SUCCESS);
    fixture_fini(&f);
}

// One entry of a listing; returns where the next one starts.
static uint32_t
entry_at(uint32_t at, uint64_t *next, const char **name, uint32_t *name_len)
{
    *next = guest_u64(&f, at);
    *name_len = guest_u32(&f, at + 16);
    *name = (const char *)f.guest + at + 24;
    return at + 24 + *name_len;
}

static void
test_listing(void **state)
{
    (void)state;
    const char *names[] = {".", "..", "d", "l"};
    const char *name;
    uint32_t name_len;
    uint64_t next;
    fixture_init_sample(&f);
    assert_int_equal(wasi_fd_readdir(&f.wasi, ROOT, BUF, 4096, 0, OUT), WASI_SUCCESS);
    uint32_t end = BUF + guest_u32(&f, OUT);
    uint32_t at = BUF;
    for (unsigned i = 0; i < 4; i++) {
        at = entry_at(at, &next, &name, &name_len);
        assert_int_equal(name_len, len_of(names[i]));
        assert_memory_equal(name, names[i], name_len);
    }
    assert_int_equal(at, end);
    assert_int_equal(wasi_fd_readdir(&f.wasi, ROOT, BUF, 4096, next, OUT), WASI_SUCCESS);
    assert_int_equal(guest_u32(&f, OUT), 0);
    // A buffer of any size is filled, and never more than that.
    for (uint32_t room = 0; room < end - BUF; room++) {
        memset(f.guest + BUF, 0xee, 256);
        assert_int_equal(wasi_fd_readdir(&f.wasi, ROOT, BUF, room, 0, OUT), WASI_SUCCESS);
        assert_int_equal(guest_u32(&f, OUT), room);
        assert_int_equal(f.guest[BUF + room], 0xee);
    }
    assert_int_equal(wasi_fd_readdir(&f.wasi, ROOT, BUF, 4096, UINT64_MAX, OUT),
                     WASI_SUCCESS);
    assert_int_equal(guest_u32(&f, OUT), 0);
    assert_int_equal(wasi_fd_readdir(&f.wasi, ROOT, BUF, UINT32_MAX, 0, OUT),
                     WASI_EFAULT);
    assert_int_equal(wasi_fd_readdir(&f.wasi, 1, BUF, 100, 0, OUT), WASI_ENOTDIR);
    fixture_fini(&f);
}

static void
test_open_files_outlive_their_names(void **state)
{
    (void)state;
    uint32_t fd;
    uint32_t dir;
    fixture_init_sample(&f);
    open_path(&f, ROOT, "d/f", 0, WASI_RIGHT_FD_READ, &fd);
    open_path(&f, ROOT, "d", 0, 0, &dir);
    assert_int_equal(unlink_path(ROOT, "d/f"), WASI_SUCCESS);
    assert_int_equal(remove_path(ROOT, "d"), WASI_SUCCESS);
    assert_int_equal(wasi_fd_filestat_get(&f.wasi, fd, OUT), WASI_SUCCESS);
    assert_int_equal(guest_u64(&f, OUT + 24), 0);
    assert_int_equal(guest_u64(&f, OUT + 32), 7);
    assert_int_equal(make_dir(dir, "x"), WASI_ENOENT);
    assert_int_equal(wasi_fd_readdir(&f.wasi, dir, BUF, 4096, 0, OUT), WASI_SUCCESS);
    fixture_fini(&f);
}

static void
test_every_allocation_may_fail(void **state)
{
    (void)state;
    const uint64_t rw = WASI_RIGHT_FD_READ | WASI_RIGHT_FD_WRITE;
    for (uint64_t n = 1; n < 60; n++) {
        uint32_t fd;
        fixture_init_sample(&f);
        f.memory.fail_at = f.memory.calls + n;
        for (unsigned i = 0; i < 20; i++) {
            char name[] = {(char)('A' + i), 0};
            uint32_t error = open_path(&f, ROOT, name, WASI_OFLAG_CREAT, rw, &fd);
            assert_true(!error || error == WASI_ENOSPC || error == WASI_ENOMEM);
            // All or nothing: a descriptor, and a file behind it.
            if (error)
                assert_int_equal(stat_path(ROOT, 0, name), WASI_ENOENT);
        }
        assert_int_not_equal(make_symlink("x", ROOT, "y"), WASI_EIO);
        fixture_fini(&f);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open),
        cmocka_unit_test(test_changes_need_their_rights),
        cmocka_unit_test(test_odd_paths),
        cmocka_unit_test(test_the_tree_changes),
        cmocka_unit_test(test_symlinks),
        cmocka_unit_test(test_read_only_files_open_for_reading),
        cmocka_unit_test(test_listing),
        cmocka_unit_test(test_open_files_outlive_their_names),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
