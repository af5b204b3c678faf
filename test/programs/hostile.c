// SPDX-License-Identifier: Apache-2.0
//
// Calls WASI with pointers, lengths, counts and descriptors that are wrong in every way,
// by number instead of by pointer. Each call must answer with an error, and the program
// live on.
#include <stdint.h>
#include <stdio.h>

#define WASI(name)                                                                       \
    __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))

WASI(args_get) uint32_t args_get(uint32_t argv, uint32_t bytes);
WASI(args_sizes_get) uint32_t args_sizes_get(uint32_t count, uint32_t len);
WASI(environ_get) uint32_t environ_get(uint32_t environ, uint32_t bytes);
WASI(environ_sizes_get) uint32_t environ_sizes_get(uint32_t count, uint32_t len);
WASI(clock_res_get) uint32_t clock_res_get(uint32_t clock, uint32_t out);
WASI(clock_time_get)
uint32_t clock_time_get(uint32_t clock, uint64_t precision, uint32_t out);
WASI(fd_close) uint32_t fd_close(uint32_t fd);
WASI(fd_fdstat_get) uint32_t fd_fdstat_get(uint32_t fd, uint32_t out);
WASI(fd_filestat_get) uint32_t fd_filestat_get(uint32_t fd, uint32_t out);
WASI(fd_pread)
uint32_t fd_pread(uint32_t fd, uint32_t iovs, uint32_t count, uint64_t offset,
                  uint32_t out);
WASI(fd_prestat_get) uint32_t fd_prestat_get(uint32_t fd, uint32_t out);
WASI(fd_prestat_dir_name)
uint32_t fd_prestat_dir_name(uint32_t fd, uint32_t path, uint32_t len);
WASI(fd_read) uint32_t fd_read(uint32_t fd, uint32_t iovs, uint32_t count, uint32_t out);
WASI(fd_readdir)
uint32_t fd_readdir(uint32_t fd, uint32_t buf, uint32_t len, uint64_t cookie,
                    uint32_t out);
WASI(fd_renumber) uint32_t fd_renumber(uint32_t from, uint32_t to);
WASI(fd_seek)
uint32_t fd_seek(uint32_t fd, int64_t offset, uint32_t whence, uint32_t out);
WASI(fd_write)
uint32_t fd_write(uint32_t fd, uint32_t iovs, uint32_t count, uint32_t out);
WASI(path_create_directory)
uint32_t path_create_directory(uint32_t fd, uint32_t path, uint32_t len);
WASI(path_filestat_get)
uint32_t path_filestat_get(uint32_t fd, uint32_t flags, uint32_t path, uint32_t len,
                           uint32_t out);
WASI(path_open)
uint32_t path_open(uint32_t fd, uint32_t dirflags, uint32_t path, uint32_t len,
                   uint32_t oflags, uint64_t rights, uint64_t inheriting,
                   uint32_t fdflags, uint32_t out);
WASI(path_readlink)
uint32_t path_readlink(uint32_t fd, uint32_t path, uint32_t len, uint32_t buf,
                       uint32_t buf_len, uint32_t out);
WASI(path_symlink)
uint32_t path_symlink(uint32_t old, uint32_t old_len, uint32_t fd, uint32_t path,
                      uint32_t len);
WASI(poll_oneoff)
uint32_t poll_oneoff(uint32_t in, uint32_t events, uint32_t count, uint32_t out);
WASI(random_get) uint32_t random_get(uint32_t buf, uint32_t len);

#define REFUSED(call)                                                                    \
    do {                                                                                 \
        if ((call) == 0) {                                                               \
            printf("accepted: %s\n", #call);                                             \
            status = 1;                                                                  \
        }                                                                                \
    } while (0)

#define DIR     3u // the preopened directory
#define NO_FD   77u
#define TOP     0xffffffffu
#define ALL     0xffffffffu
#define OUTSIDE 0xfffffff0u

struct iovec32 {
    uint32_t buf, len;
};

static int status;
static uint32_t out;
static char path[] = "x";

static uint32_t
number(const volatile void *pointer)
{
    return (uint32_t)(uintptr_t)pointer;
}

static void
check_pointers(void)
{
    REFUSED(args_get(OUTSIDE, number(&out)));
    REFUSED(args_get(number(&out), TOP));
    REFUSED(args_sizes_get(TOP, number(&out)));
    REFUSED(args_sizes_get(number(&out), TOP - 2));
    REFUSED(environ_get(OUTSIDE, OUTSIDE));
    REFUSED(environ_sizes_get(TOP, TOP));
    REFUSED(clock_res_get(0, TOP - 6));
    REFUSED(clock_time_get(1, 0, TOP));
    REFUSED(random_get(number(&out), ALL));
    REFUSED(random_get(OUTSIDE, 17));
    REFUSED(fd_fdstat_get(1, OUTSIDE));
    REFUSED(fd_filestat_get(DIR, TOP - 62));
    REFUSED(fd_prestat_get(DIR, TOP));
    REFUSED(fd_prestat_dir_name(DIR, TOP, 2));
    REFUSED(fd_readdir(DIR, OUTSIDE, 64, 0, number(&out)));
    REFUSED(fd_readdir(DIR, number(&out), ALL, 0, number(&out)));
    REFUSED(path_open(DIR, 0, OUTSIDE, 32, 1, ALL, ALL, 0, number(&out)));
    REFUSED(path_open(DIR, 0, number(path), ALL, 1, ALL, ALL, 0, number(&out)));
    REFUSED(path_create_directory(DIR, TOP, 1));
    REFUSED(path_create_directory(DIR, OUTSIDE, ALL));
    REFUSED(path_filestat_get(DIR, 0, number(path), 1, TOP));
    REFUSED(path_readlink(DIR, number(path), 1, TOP, ALL, number(&out)));
    REFUSED(path_symlink(OUTSIDE, ALL, DIR, number(path), 1));
}

static void
check_vectors(void)
{
    struct iovec32 outside = {OUTSIDE, 32};
    struct iovec32 wraps = {16, ALL};
    struct iovec32 sum[2] = {{number(path), ALL}, {number(path), 2}};
    REFUSED(fd_write(1, OUTSIDE, 4, number(&out)));
    REFUSED(fd_write(1, number(&outside), 1, number(&out)));
    REFUSED(fd_write(1, number(&wraps), 1, number(&out)));
    REFUSED(fd_write(1, number(sum), 2, number(&out)));
    REFUSED(fd_write(1, number(sum), ALL, number(&out)));
    REFUSED(fd_write(1, number(sum), 0x20000001, number(&out)));
    REFUSED(fd_read(0, number(&outside), 1, number(&out)));
    REFUSED(fd_read(0, number(sum), 0x20000001, number(&out)));
    REFUSED(poll_oneoff(OUTSIDE, OUTSIDE, 1, number(&out)));
    REFUSED(poll_oneoff(number(sum), number(sum), ALL, number(&out)));
    REFUSED(poll_oneoff(number(sum), number(sum), 0x05555556, number(&out)));
    REFUSED(poll_oneoff(number(sum), number(sum), 0, number(&out)));
}

static void
check_descriptors(void)
{
    struct iovec32 good = {number(path), 1};
    REFUSED(fd_close(NO_FD));
    REFUSED(fd_close(ALL));
    REFUSED(fd_renumber(NO_FD, 1));
    REFUSED(fd_renumber(1, NO_FD));
    REFUSED(fd_write(DIR, number(&good), 1, number(&out)));
    REFUSED(fd_write(ALL, number(&good), 1, number(&out)));
    REFUSED(fd_pread(1, number(&good), 1, ~0ull, number(&out)));
    REFUSED(fd_seek(1, 0, 9, number(&out)));
    REFUSED(fd_readdir(1, number(path), 1, 0, number(&out)));
    REFUSED(clock_time_get(9, 0, number(&out)));
    REFUSED(path_open(1, 0, number(path), 1, 1, ALL, ALL, 0, number(&out)));
    REFUSED(path_open(NO_FD, 0, number(path), 1, 1, ALL, ALL, 0, number(&out)));
    REFUSED(path_filestat_get(DIR, 0, number(path), 0, number(&out)));
}

int
main(void)
{
    check_pointers();
    check_vectors();
    check_descriptors();
    puts("alive");
    return status;
}
