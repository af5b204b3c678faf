// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libos/wasi/descriptor.h"
#include "test/unit/libos/fixture.h"

#define READ_WRITE (WASI_RIGHT_FD_READ | WASI_RIGHT_FD_WRITE)

// Guest addresses.
#define IOV 64u
#define OUT 128u
#define BUF 1024u

static struct fixture f;

static uint32_t
write_text(uint32_t fd, const char *text)
{
    guest_put(&f, BUF, text);
    guest_iovec(&f, IOV, BUF, (uint32_t)strlen(text));
    return wasi_fd_write(&f.wasi, fd, IOV, 1, OUT);
}

static uint32_t
read_some(uint32_t fd, uint32_t len)
{
    memset(f.guest + BUF, 0, len);
    guest_iovec(&f, IOV, BUF, len);
    return wasi_fd_read(&f.wasi, fd, IOV, 1, OUT);
}

static void
expect_read(uint32_t fd, uint32_t len, const char *text)
{
    assert_int_equal(read_some(fd, len), WASI_SUCCESS);
    assert_int_equal(guest_u32(&f, OUT), strlen(text));
    assert_memory_equal(f.guest + BUF, text, strlen(text));
}

static void
expect_seek(uint32_t fd, int64_t offset, uint32_t whence, uint64_t position)
{
    assert_int_equal(wasi_fd_seek(&f.wasi, fd, (uint64_t)offset, whence, OUT),
                     WASI_SUCCESS);
    assert_int_equal(guest_u64(&f, OUT), position);
}

static void
test_output_goes_to_its_console(void **state)
{
    (void)state;
    fixture_init_sample(&f);
    assert_int_equal(write_text(1, "to console"), WASI_SUCCESS);
    assert_int_equal(guest_u32(&f, OUT), 10);
    assert_int_equal(write_text(2, "to log"), WASI_SUCCESS);
    assert_int_equal(fake.console.len, 10);
    assert_memory_equal(fake.console.bytes, "to console", 10);
    assert_int_equal(fake.log.len, 6);
    assert_int_equal(write_text(0, "x"), WASI_EBADF);
    assert_int_equal(write_text(ROOT, "x"), WASI_EISDIR);
    assert_int_equal(write_text(99, "x"), WASI_EBADF);
    assert_int_equal(write_text(UINT32_MAX, "x"), WASI_EBADF);
    assert_int_equal(read_some(1, 1), WASI_EBADF);
    assert_int_equal(wasi_fd_seek(&f.wasi, 1, 0, WASI_WHENCE_CUR, OUT), WASI_ESPIPE);
    assert_int_equal(wasi_fd_tell(&f.wasi, 0, OUT), WASI_ESPIPE);
    // Longer than a console call moves.
    guest_iovec(&f, IOV, 0, GUEST_LEN);
    assert_int_equal(wasi_fd_write(&f.wasi, 1, IOV, 1, OUT), WASI_SUCCESS);
    assert_int_equal(fake.console.len, 10 + GUEST_LEN);
    fixture_fini(&f);
}

static void
test_input_is_waited_for(void **state)
{
    (void)state;
    fixture_init_sample(&f);
    fake.input = "hello world";
    fake.input_len = 11;
    fake.input_step = 5;
    fake.input_waits = true;
    expect_read(0, 100, "hello");
    assert_int_equal(fake.waited, 1);
    expect_read(0, 3, " wo");
    // Several buffers: what is there now, and no waiting for more.
    guest_iovec(&f, IOV, BUF, 0);
    guest_iovec(&f, IOV + 8, BUF, 3);
    guest_iovec(&f, IOV + 16, BUF + 3, 3);
    assert_int_equal(wasi_fd_read(&f.wasi, 0, IOV, 3, OUT), WASI_SUCCESS);
    assert_int_equal(guest_u32(&f, OUT), 3);
    assert_memory_equal(f.guest + BUF, "rld", 3);
    expect_read(0, 100, "");
    expect_read(0, 100, "");
    fixture_fini(&f);
}

static void
test_input_may_be_polled_without_waiting(void **state)
{
    (void)state;
    fixture_init_sample(&f);
    fake.input = "x";
    fake.input_len = 1;
    fake.input_waits = true;
    assert_int_equal(wasi_fd_fdstat_set_flags(&f.wasi, 0, WASI_FDFLAG_NONBLOCK),
                     WASI_SUCCESS);
    assert_int_equal(read_some(0, 10), WASI_EAGAIN);
    fake.input_waits = false;
    expect_read(0, 10, "x");
    fixture_fini(&f);
}

static void
test_files_are_read_written_and_sought(void **state)
{
    (void)state;
    uint32_t fd;
    fixture_init_sample(&f);
    assert_int_equal(open_path(&f, ROOT, "d/f", 0, READ_WRITE, &fd), WASI_SUCCESS);
    assert_int_equal(fd, 5);
    expect_read(fd, 4, "cont");
    expect_seek(fd, 0, WASI_WHENCE_CUR, 4);
    assert_int_equal(wasi_fd_tell(&f.wasi, fd, OUT), WASI_SUCCESS);
    assert_int_equal(guest_u64(&f, OUT), 4);
    assert_int_equal(write_text(fd, "INUED"), WASI_SUCCESS);
    expect_seek(fd, -9, WASI_WHENCE_END, 0);
    expect_read(fd, 100, "contINUED");
    expect_read(fd, 100, "");
    expect_seek(fd, 1000, WASI_WHENCE_SET, 1000);
    expect_read(fd, 100, "");
    assert_int_equal(wasi_fd_seek(&f.wasi, fd, (uint64_t)-1, WASI_WHENCE_SET, OUT),
                     WASI_EINVAL);
    assert_int_equal(wasi_fd_seek(&f.wasi, fd, INT64_MAX, WASI_WHENCE_CUR, OUT),
                     WASI_EOVERFLOW);
    assert_int_equal(wasi_fd_seek(&f.wasi, fd, 0, 3, OUT), WASI_EINVAL);
    expect_seek(fd, 0, WASI_WHENCE_CUR, 1000);
    // At offsets of their own, the position stays.
    guest_iovec(&f, IOV, BUF, 3);
    assert_int_equal(wasi_fd_pread(&f.wasi, fd, IOV, 1, 2, OUT), WASI_SUCCESS);
    assert_memory_equal(f.guest + BUF, "ntI", 3);
    assert_int_equal(wasi_fd_pwrite(&f.wasi, fd, IOV, 1, 0, OUT), WASI_SUCCESS);
    assert_int_equal(wasi_fd_pread(&f.wasi, fd, IOV, 1, UINT64_MAX, OUT), WASI_EINVAL);
    assert_int_equal(wasi_fd_pwrite(&f.wasi, fd, IOV, 1, INT64_MAX, OUT), WASI_EFBIG);
    expect_seek(fd, 0, WASI_WHENCE_SET, 0);
    expect_read(fd, 100, "ntItINUED");
    fixture_fini(&f);
}

static void
test_access_follows_what_was_asked(void **state)
{
    (void)state;
    uint32_t fd;
    fixture_init_sample(&f);
    open_path(&f, ROOT, "d/f", 0, WASI_RIGHT_FD_READ, &fd);
    assert_int_equal(write_text(fd, "x"), WASI_EBADF);
    assert_int_equal(wasi_fd_filestat_set_size(&f.wasi, fd, 1), WASI_EINVAL);
    assert_int_equal(wasi_fd_allocate(&f.wasi, fd, 0, 100), WASI_EBADF);
    expect_read(fd, 3, "con");
    open_path(&f, ROOT, "d/f", 0, WASI_RIGHT_FD_WRITE, &fd);
    assert_int_equal(read_some(fd, 3), WASI_EBADF);
    assert_int_equal(write_text(fd, "x"), WASI_SUCCESS);
    fixture_fini(&f);
}

static void
test_rights_only_shrink(void **state)
{
    (void)state;
    uint32_t fd;
    uint32_t dir;
    fixture_init_sample(&f);
    open_path(&f, ROOT, "d/f", 0, READ_WRITE, &fd);
    uint64_t rights = WASI_RIGHTS_FILE & ~WASI_RIGHT_FD_SEEK;
    assert_int_equal(wasi_fd_fdstat_set_rights(&f.wasi, fd, rights, 0), WASI_SUCCESS);
    assert_int_equal(wasi_fd_seek(&f.wasi, fd, 1, WASI_WHENCE_SET, OUT),
                     WASI_ENOTCAPABLE);
    expect_seek(fd, 0, WASI_WHENCE_CUR, 0);
    assert_int_equal(wasi_fd_fdstat_set_rights(&f.wasi, fd, WASI_RIGHTS_FILE, 0),
                     WASI_ENOTCAPABLE);
    // What a directory may not hand on, nothing below it gets.
    open_path(&f, ROOT, "d", WASI_OFLAG_DIRECTORY, 0, &dir);
    assert_int_equal(wasi_fd_fdstat_set_rights(&f.wasi, dir, WASI_RIGHTS_DIR,
                                               (WASI_RIGHTS_DIR | WASI_RIGHTS_FILE) &
                                                   ~WASI_RIGHT_FD_WRITE),
                     WASI_SUCCESS);
    open_path(&f, dir, "f", 0, READ_WRITE, &fd);
    assert_int_equal(write_text(fd, "x"), WASI_EBADF);
    open_path(&f, dir, ".", 0, 0, &dir);
    open_path(&f, dir, "f", 0, READ_WRITE, &fd);
    assert_int_equal(write_text(fd, "x"), WASI_EBADF);
    assert_int_equal(wasi_fd_fdstat_set_rights(
                         &f.wasi, dir, WASI_RIGHTS_DIR & ~WASI_RIGHT_PATH_OPEN, 0),
                     WASI_SUCCESS);
    assert_int_equal(open_path(&f, dir, "f", 0, 0, &fd), WASI_ENOTCAPABLE);
    fixture_fini(&f);
}

static void
test_descriptors_are_lowest_first(void **state)
{
    (void)state;
    uint32_t a;
    uint32_t b;
    uint32_t c;
    fixture_init_sample(&f);
    open_path(&f, ROOT, "d/f", 0, READ_WRITE, &a);
    open_path(&f, ROOT, "d", 0, 0, &b);
    assert_int_equal(wasi_fd_close(&f.wasi, a), WASI_SUCCESS);
    assert_int_equal(wasi_fd_close(&f.wasi, a), WASI_EBADF);
    open_path(&f, ROOT, "d", 0, 0, &c);
    assert_int_equal(a, c);
    assert_int_equal(wasi_fd_renumber(&f.wasi, b, 77), WASI_EBADF);
    assert_int_equal(wasi_fd_renumber(&f.wasi, 77, b), WASI_EBADF);
    assert_int_equal(wasi_fd_renumber(&f.wasi, b, b), WASI_SUCCESS);
    assert_int_equal(wasi_fd_renumber(&f.wasi, b, c), WASI_SUCCESS);
    assert_int_equal(wasi_fd_close(&f.wasi, b), WASI_EBADF);
    // Preopens and the console are descriptors like others.
    assert_int_equal(wasi_fd_renumber(&f.wasi, c, ROOT), WASI_SUCCESS);
    assert_int_equal(wasi_fd_prestat_get(&f.wasi, ROOT, OUT), WASI_EBADF);
    assert_int_equal(open_path(&f, ROOT, "f", 0, READ_WRITE, &a), WASI_SUCCESS);
    assert_int_equal(wasi_fd_renumber(&f.wasi, a, 1), WASI_SUCCESS);
    assert_int_equal(write_text(1, "C"), WASI_SUCCESS);
    assert_int_equal(fake.console.len, 0);
    // As many as there may be.
    uint32_t error;
    while (!(error = open_path(&f, ROOT, ".", 0, 0, &a)))
        assert_true(a < WASI_FD_MAX);
    assert_int_equal(error, WASI_EMFILE);
    fixture_fini(&f);
}

static void
test_append_writes_at_the_end(void **state)
{
    (void)state;
    uint32_t fd;
    fixture_init_sample(&f);
    open_path(&f, ROOT, "d/f", 0, READ_WRITE, &fd);
    assert_int_equal(wasi_fd_fdstat_set_flags(&f.wasi, fd, WASI_FDFLAG_APPEND),
                     WASI_SUCCESS);
    assert_int_equal(wasi_fd_fdstat_set_flags(&f.wasi, fd, 0x20), WASI_EINVAL);
    write_text(fd, "12");
    expect_seek(fd, 0, WASI_WHENCE_CUR, 9);
    expect_seek(fd, 0, WASI_WHENCE_SET, 0);
    write_text(fd, "34");
    expect_seek(fd, 0, WASI_WHENCE_SET, 0);
    expect_read(fd, 100, "content1234");
    assert_int_equal(wasi_fd_fdstat_get(&f.wasi, fd, OUT), WASI_SUCCESS);
    assert_int_equal(f.guest[OUT], WASI_FILETYPE_REGULAR_FILE);
    assert_int_equal(f.guest[OUT + 2], WASI_FDFLAG_APPEND);
    fixture_fini(&f);
}

static void
test_sizes_and_times(void **state)
{
    (void)state;
    uint32_t fd;
    fixture_init_sample(&f);
    open_path(&f, ROOT, "d/f", 0, READ_WRITE, &fd);
    assert_int_equal(wasi_fd_filestat_get(&f.wasi, fd, OUT), WASI_SUCCESS);
    assert_int_equal(guest_u64(&f, OUT), 1);
    assert_int_equal(f.guest[OUT + 16], WASI_FILETYPE_REGULAR_FILE);
    assert_int_equal(guest_u64(&f, OUT + 24), 1);
    assert_int_equal(guest_u64(&f, OUT + 32), 7);
    assert_int_equal(guest_u64(&f, OUT + 48), 1000);
    assert_int_equal(wasi_fd_filestat_set_times(&f.wasi, fd, 5, 6,
                                                WASI_FSTFLAG_ATIM | WASI_FSTFLAG_MTIM),
                     WASI_SUCCESS);
    wasi_fd_filestat_get(&f.wasi, fd, OUT);
    assert_int_equal(guest_u64(&f, OUT + 40), 5);
    assert_int_equal(guest_u64(&f, OUT + 48), 6);
    assert_int_equal(wasi_fd_filestat_set_times(
                         &f.wasi, fd, 5, 6, WASI_FSTFLAG_ATIM | WASI_FSTFLAG_ATIM_NOW),
                     WASI_EINVAL);
    assert_int_equal(wasi_fd_filestat_set_times(&f.wasi, fd, 5, 6, 16), WASI_EINVAL);
    assert_int_equal(wasi_fd_filestat_set_times(&f.wasi, 0, 5, 6, 0), WASI_EINVAL);
    assert_int_equal(wasi_fd_allocate(&f.wasi, fd, 10, 0), WASI_EINVAL);
    assert_int_equal(wasi_fd_allocate(&f.wasi, fd, UINT64_MAX, 2), WASI_EINVAL);
    assert_int_equal(wasi_fd_allocate(&f.wasi, fd, 0, 3), WASI_SUCCESS);
    assert_int_equal(wasi_fd_allocate(&f.wasi, fd, 4, 6), WASI_SUCCESS);
    wasi_fd_filestat_get(&f.wasi, fd, OUT);
    assert_int_equal(guest_u64(&f, OUT + 32), 10);
    assert_int_equal(wasi_fd_filestat_set_size(&f.wasi, fd, 2), WASI_SUCCESS);
    assert_int_equal(wasi_fd_filestat_set_size(&f.wasi, fd, UINT64_MAX), WASI_EINVAL);
    assert_int_equal(wasi_fd_filestat_set_size(&f.wasi, fd, INT64_MAX), WASI_EFBIG);
    assert_int_equal(wasi_fd_filestat_set_size(&f.wasi, ROOT, 0), WASI_EISDIR);
    expect_read(fd, 100, "co");
    assert_int_equal(wasi_fd_advise(&f.wasi, fd, 0, 0, 5), WASI_SUCCESS);
    assert_int_equal(wasi_fd_advise(&f.wasi, fd, 0, 0, 6), WASI_EINVAL);
    assert_int_equal(wasi_fd_sync(&f.wasi, fd), WASI_SUCCESS);
    assert_int_equal(wasi_fd_datasync(&f.wasi, ROOT), WASI_SUCCESS);
    fixture_fini(&f);
}

static void
test_guest_addresses_are_checked(void **state)
{
    (void)state;
    uint32_t fd;
    fixture_init_sample(&f);
    open_path(&f, ROOT, "d/f", 0, READ_WRITE, &fd);
    struct wasi *w = &f.wasi;
    // The array of buffers.
    assert_int_equal(wasi_fd_read(w, fd, GUEST_LEN, 1, OUT), WASI_EFAULT);
    assert_int_equal(wasi_fd_read(w, fd, GUEST_LEN - 4, 1, OUT), WASI_EFAULT);
    assert_int_equal(wasi_fd_read(w, fd, UINT32_MAX - 3, 1, OUT), WASI_EFAULT);
    assert_int_equal(wasi_fd_read(w, fd, IOV, UINT32_MAX, OUT), WASI_EFAULT);
    assert_int_equal(wasi_fd_read(w, fd, IOV, 0x20000001, OUT), WASI_EFAULT);
    assert_int_equal(wasi_fd_read(w, fd, IOV + 1, 1, OUT), WASI_EFAULT);
    assert_int_equal(wasi_fd_read(w, fd, GUEST_LEN, 0, OUT), WASI_SUCCESS);
    // The buffers.
    guest_iovec(&f, IOV, BUF, 7);
    guest_iovec(&f, IOV + 8, GUEST_LEN - 3, 4);
    assert_int_equal(wasi_fd_read(w, fd, IOV, 2, OUT), WASI_EFAULT);
    guest_iovec(&f, IOV + 8, 1, UINT32_MAX);
    assert_int_equal(wasi_fd_read(w, fd, IOV, 2, OUT), WASI_EFAULT);
    expect_seek(fd, 0, WASI_WHENCE_CUR, 0);
    // The result.
    guest_iovec(&f, IOV, BUF, 7);
    assert_int_equal(wasi_fd_read(w, fd, IOV, 1, GUEST_LEN - 2), WASI_EFAULT);
    assert_int_equal(wasi_fd_read(w, fd, IOV, 1, OUT + 2), WASI_EFAULT);
    assert_int_equal(wasi_fd_seek(w, fd, 3, WASI_WHENCE_SET, OUT + 4), WASI_EFAULT);
    assert_int_equal(wasi_fd_write(w, fd, IOV, 1, GUEST_LEN), WASI_EFAULT);
    expect_seek(fd, 0, WASI_WHENCE_CUR, 0);
    assert_int_equal(wasi_fd_fdstat_get(w, fd, GUEST_LEN - 16), WASI_EFAULT);
    assert_int_equal(wasi_fd_filestat_get(w, fd, GUEST_LEN - 56), WASI_EFAULT);
    assert_int_equal(wasi_fd_prestat_get(w, ROOT, GUEST_LEN), WASI_EFAULT);
    assert_int_equal(wasi_fd_prestat_dir_name(w, ROOT, GUEST_LEN, 1), WASI_EFAULT);
    // Buffers that overwrite the array they stand in are harmless.
    guest_iovec(&f, IOV, IOV, 7);
    guest_iovec(&f, IOV + 8, BUF, 7);
    assert_int_equal(wasi_fd_read(w, fd, IOV, 2, OUT), WASI_SUCCESS);
    assert_int_equal(guest_u32(&f, OUT), 7);
    // Without a memory there is nothing to point at.
    w->memory = NULL;
    assert_int_equal(wasi_fd_write(w, 1, IOV, 1, OUT), WASI_EFAULT);
    fixture_fini(&f);
}

static void
test_prestat(void **state)
{
    (void)state;
    fixture_init_sample(&f);
    assert_int_equal(wasi_fd_prestat_get(&f.wasi, READ_ONLY, OUT), WASI_SUCCESS);
    assert_int_equal(guest_u32(&f, OUT), 0);
    assert_int_equal(guest_u32(&f, OUT + 4), 3);
    assert_int_equal(wasi_fd_prestat_dir_name(&f.wasi, READ_ONLY, BUF, 2),
                     WASI_ENAMETOOLONG);
    assert_int_equal(wasi_fd_prestat_dir_name(&f.wasi, READ_ONLY, BUF, 10), WASI_SUCCESS);
    assert_memory_equal(f.guest + BUF, "/ro\0", 4);
    assert_int_equal(wasi_fd_prestat_get(&f.wasi, 0, OUT), WASI_EBADF);
    assert_int_equal(wasi_fd_prestat_get(&f.wasi, 5, OUT), WASI_EBADF);
    assert_false(f.wasi.missed_grant);
    fixture_fini(&f);
}

static void
test_a_missing_grant_is_remembered(void **state)
{
    (void)state;
    uint32_t fd;
    f = (struct fixture){0};
    bundle_add(&f.maker, SK_BUNDLE_MODULE, 0, "a.wasm", "wasm");
    fixture_init(&f);
    assert_int_equal(open_path(&f, ROOT, "f", 0, 0, &fd), WASI_EBADF);
    assert_true(f.wasi.missed_grant);
    fixture_fini(&f);
}

static void
test_nothing_is_a_socket(void **state)
{
    (void)state;
    fixture_init_sample(&f);
    assert_int_equal(wasi_sock_accept(&f.wasi, 1, 0, OUT), WASI_ENOTSOCK);
    assert_int_equal(wasi_sock_recv(&f.wasi, ROOT, IOV, 1, 0, OUT, OUT), WASI_ENOTSOCK);
    assert_int_equal(wasi_sock_send(&f.wasi, 9, IOV, 1, 0, OUT), WASI_EBADF);
    assert_int_equal(wasi_sock_shutdown(&f.wasi, 0, 1), WASI_ENOTSOCK);
    fixture_fini(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_output_goes_to_its_console),
        cmocka_unit_test(test_input_is_waited_for),
        cmocka_unit_test(test_input_may_be_polled_without_waiting),
        cmocka_unit_test(test_files_are_read_written_and_sought),
        cmocka_unit_test(test_access_follows_what_was_asked),
        cmocka_unit_test(test_rights_only_shrink),
        cmocka_unit_test(test_descriptors_are_lowest_first),
        cmocka_unit_test(test_append_writes_at_the_end),
        cmocka_unit_test(test_sizes_and_times),
        cmocka_unit_test(test_guest_addresses_are_checked),
        cmocka_unit_test(test_prestat),
        cmocka_unit_test(test_a_missing_grant_is_remembered),
        cmocka_unit_test(test_nothing_is_a_socket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
