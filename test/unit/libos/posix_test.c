// SPDX-License-Identifier: Apache-2.0
//
// The same random operations on a directory of Linux and on the library OS: results,
// errors and contents must be the same. Paths stay below the directory; what leads out of
// it is wasi_path_test's and fs_test's.
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "test/unit/libos/fixture.h"

#define ROUNDS 100
#define STEPS  400
#define DATA   20480u // guest address of what is read and written
#define OUT    128u

static struct fixture f;
static int linux_root;
static char op[256]; // what is being done, for the message of a failure

struct path {
    char text[64];
    uint32_t at; // in the guest's memory
    uint32_t len;
};

static uint32_t
errno_of_linux(void)
{
    static const struct {
        int host;
        uint32_t wasi;
    } map[] = {
        {ENOENT, WASI_ENOENT}, {EEXIST, WASI_EEXIST}, {ENOTDIR, WASI_ENOTDIR},
        {EISDIR, WASI_EISDIR}, {EINVAL, WASI_EINVAL}, {ENOTEMPTY, WASI_ENOTEMPTY},
        {ELOOP, WASI_ELOOP},   {EPERM, WASI_EPERM},   {EBADF, WASI_EBADF},
        {EBUSY, WASI_EBUSY},
    };
    for (unsigned i = 0; i < sizeof(map) / sizeof(map[0]); i++) {
        if (map[i].host == errno)
            return map[i].wasi;
    }
    fail_msg("%s: %s", op, strerror(errno));
    return 0;
}

// True: both succeeded.
static bool
same(int linux_result, uint32_t wasi_result)
{
    uint32_t expected = linux_result < 0 ? errno_of_linux() : WASI_SUCCESS;
    if (wasi_result != expected)
        fail_msg("%s: errno %u, Linux says %u", op, wasi_result, expected);
    return linux_result >= 0;
}

static struct path
random_path(uint32_t at)
{
    static const char *const names[] = {"a", "b", "c", "l"};
    struct path p = {.at = at};
    for (int n = rand() % 3; n >= 0; n--) {
        strcat(p.text, rand() % 12 ? names[rand() % 4] : ".");
        strcat(p.text, n ? "/" : "");
    }
    if (rand() % 5 == 0)
        strcat(p.text, "/");
    p.len = (uint32_t)strlen(p.text);
    guest_put(&f, at, p.text);
    return p;
}

static void
compare_stat(const struct stat *expected, uint32_t at)
{
    if (S_ISDIR(expected->st_mode)) {
        assert_int_equal(f.guest[at + 16], WASI_FILETYPE_DIRECTORY);
        return;
    }
    assert_int_equal(f.guest[at + 16], S_ISLNK(expected->st_mode)
                                           ? WASI_FILETYPE_SYMBOLIC_LINK
                                           : WASI_FILETYPE_REGULAR_FILE);
    assert_int_equal(guest_u64(&f, at + 24), expected->st_nlink);
    assert_int_equal(guest_u64(&f, at + 32), expected->st_size);
}

static void
try_stat(const struct path *p)
{
    struct stat expected;
    bool follow = rand() % 2;
    snprintf(op, sizeof(op), "stat %s%s", p->text, follow ? "" : ", no follow");
    int result =
        fstatat(linux_root, p->text, &expected, follow ? 0 : AT_SYMLINK_NOFOLLOW);
    if (same(result, wasi_path_filestat_get(&f.wasi, ROOT, follow, p->at, p->len, OUT)))
        compare_stat(&expected, OUT);
}

static void
try_readlink(const struct path *p)
{
    char expected[64];
    snprintf(op, sizeof(op), "readlink %s", p->text);
    ssize_t len = readlinkat(linux_root, p->text, expected, sizeof(expected));
    if (same((int)len, wasi_path_readlink(&f.wasi, ROOT, p->at, p->len, DATA, 64, OUT))) {
        assert_int_equal(guest_u32(&f, OUT), len);
        assert_memory_equal(f.guest + DATA, expected, (size_t)len);
    }
}

// Writes, truncates and reads back through a pair of descriptors; closes them.
static void
try_content(int linux_fd, uint32_t fd)
{
    char expected[64];
    off_t offset = rand() % 20;
    off_t size = rand() % 30;
    struct stat stat;
    fstat(linux_fd, &stat);
    bool is_file = S_ISREG(stat.st_mode);
    if (is_file) {
        guest_put(&f, DATA, "hello");
        guest_iovec(&f, OUT + 8, DATA, 5);
        lseek(linux_fd, offset, SEEK_SET);
        wasi_fd_seek(&f.wasi, fd, (uint64_t)offset, WASI_WHENCE_SET, OUT);
        same((int)write(linux_fd, "hello", 5),
             wasi_fd_write(&f.wasi, fd, OUT + 8, 1, OUT));
        wasi_fd_tell(&f.wasi, fd, OUT);
        assert_int_equal(guest_u64(&f, OUT), lseek(linux_fd, 0, SEEK_CUR));
        if (rand() % 3 == 0)
            same(ftruncate(linux_fd, size),
                 wasi_fd_filestat_set_size(&f.wasi, fd, (uint64_t)size));
        guest_iovec(&f, OUT + 8, DATA, sizeof(expected));
        ssize_t n = pread(linux_fd, expected, sizeof(expected), 0);
        if (same((int)n, wasi_fd_pread(&f.wasi, fd, OUT + 8, 1, 0, OUT))) {
            assert_int_equal(guest_u32(&f, OUT), n);
            assert_memory_equal(f.guest + DATA, expected, (size_t)n);
        }
    }
    close(linux_fd);
    assert_int_equal(wasi_fd_close(&f.wasi, fd), WASI_SUCCESS);
}

static void
try_open(const struct path *p)
{
    static const int modes[] = {O_RDONLY, O_WRONLY, O_RDWR};
    static const uint64_t rights[] = {WASI_RIGHT_FD_READ, WASI_RIGHT_FD_WRITE,
                                      WASI_RIGHT_FD_READ | WASI_RIGHT_FD_WRITE};
    int mode = rand() % 3;
    bool follow = rand() % 4;
    bool append = rand() % 4 == 0;
    uint32_t oflags = (uint32_t)rand() & WASI_OFLAGS_ALL;
    // Undefined by POSIX, or refused here for the flags alone.
    if (!mode)
        oflags &= ~WASI_OFLAG_TRUNC;
    if (oflags & WASI_OFLAG_CREAT)
        oflags &= ~WASI_OFLAG_DIRECTORY;
    else
        oflags &= ~WASI_OFLAG_EXCL;
    int flags = modes[mode] | (follow ? 0 : O_NOFOLLOW) | (append ? O_APPEND : 0) |
                (oflags & WASI_OFLAG_CREAT ? O_CREAT : 0) |
                (oflags & WASI_OFLAG_EXCL ? O_EXCL : 0) |
                (oflags & WASI_OFLAG_TRUNC ? O_TRUNC : 0) |
                (oflags & WASI_OFLAG_DIRECTORY ? O_DIRECTORY : 0);
    snprintf(op, sizeof(op), "open %s, mode %d, oflags %u, follow %d", p->text, mode,
             oflags, follow);
    int fd = openat(linux_root, p->text, flags, 0666);
    if (same(fd, wasi_path_open(&f.wasi, ROOT, follow, p->at, p->len, oflags,
                                rights[mode], 0, append ? WASI_FDFLAG_APPEND : 0, OUT)))
        try_content(fd, guest_u32(&f, OUT));
}

static void
try_change(const struct path *p, const struct path *q)
{
    struct wasi *w = &f.wasi;
    bool follow = rand() % 2;
    switch (rand() % 7) {
    case 0:
        snprintf(op, sizeof(op), "mkdir %s", p->text);
        same(mkdirat(linux_root, p->text, 0777),
             wasi_path_create_directory(w, ROOT, p->at, p->len));
        break;
    case 1:
        snprintf(op, sizeof(op), "unlink %s", p->text);
        same(unlinkat(linux_root, p->text, 0),
             wasi_path_unlink_file(w, ROOT, p->at, p->len));
        break;
    case 2:
        snprintf(op, sizeof(op), "rmdir %s", p->text);
        same(unlinkat(linux_root, p->text, AT_REMOVEDIR),
             wasi_path_remove_directory(w, ROOT, p->at, p->len));
        break;
    case 3:
        snprintf(op, sizeof(op), "link %s %s", p->text, q->text);
        same(linkat(linux_root, p->text, linux_root, q->text,
                    follow ? AT_SYMLINK_FOLLOW : 0),
             wasi_path_link(w, ROOT, follow, p->at, p->len, ROOT, q->at, q->len));
        break;
    case 4: {
        // Creating through a link to "x/" is EISDIR on Linux, whatever x is.
        uint32_t len = p->text[p->len - 1] == '/' ? p->len - 1 : p->len;
        char target[64];
        snprintf(target, sizeof(target), "%.*s", (int)len, p->text);
        snprintf(op, sizeof(op), "symlink %s %s", target, q->text);
        same(symlinkat(target, linux_root, q->text),
             wasi_path_symlink(w, p->at, len, ROOT, q->at, q->len));
        break;
    }
    default:
        snprintf(op, sizeof(op), "rename %s %s", p->text, q->text);
        same(renameat(linux_root, p->text, linux_root, q->text),
             wasi_path_rename(w, ROOT, p->at, p->len, ROOT, q->at, q->len));
    }
}

static void
run(unsigned seed)
{
    char folder[] = "/tmp/selkis-posix-XXXXXX";
    char command[64];
    assert_non_null(mkdtemp(folder));
    linux_root = open(folder, O_RDONLY | O_DIRECTORY);
    assert_true(linux_root >= 0);
    f = (struct fixture){0};
    bundle_add(&f.maker, SK_BUNDLE_MODULE, 0, "a.wasm", "wasm");
    bundle_add(&f.maker, SK_BUNDLE_PREOPEN, 0, "/", NULL);
    fixture_init(&f);
    srand(seed);
    for (int step = 0; step < STEPS; step++) {
        struct path p = random_path(4096);
        struct path q = random_path(8192);
        int what = rand() % 14;
        if (what < 7)
            try_change(&p, &q);
        else if (what < 9)
            try_stat(&p);
        else if (what < 10)
            try_readlink(&p);
        else
            try_open(&p);
    }
    fixture_fini(&f);
    close(linux_root);
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    assert_int_equal(system(command), 0);
}

static void
test_operations_do_what_linux_does(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < ROUNDS; seed++)
        run(seed);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_operations_do_what_linux_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
