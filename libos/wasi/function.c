// SPDX-License-Identifier: Apache-2.0
//
// The functions by name, in the order of the alphabet, with their types.
#include "base/string.h"
#include "libos/wasi/wasi.h"

// Codes of number types, engine/engine.h.
#define I32 "\x7f"
#define I64 "\x7e"

#define ROW(function, params)                                                            \
    {#function, (const uint8_t *)params I32, sizeof(params) - 1, 1,                      \
     (void (*)(void))wasi_##function}
_Static_assert(WASI_TYPES_MAX == sizeof(I32 I32 I32 I32 I32 I64 I64 I32 I32) - 1 + 1,
               "path_open has the most");

static const struct wasi_function functions[] = {
    ROW(args_get, I32 I32),
    ROW(args_sizes_get, I32 I32),
    ROW(clock_res_get, I32 I32),
    ROW(clock_time_get, I32 I64 I32),
    ROW(environ_get, I32 I32),
    ROW(environ_sizes_get, I32 I32),
    ROW(fd_advise, I32 I64 I64 I32),
    ROW(fd_allocate, I32 I64 I64),
    ROW(fd_close, I32),
    ROW(fd_datasync, I32),
    ROW(fd_fdstat_get, I32 I32),
    ROW(fd_fdstat_set_flags, I32 I32),
    ROW(fd_fdstat_set_rights, I32 I64 I64),
    ROW(fd_filestat_get, I32 I32),
    ROW(fd_filestat_set_size, I32 I64),
    ROW(fd_filestat_set_times, I32 I64 I64 I32),
    ROW(fd_pread, I32 I32 I32 I64 I32),
    ROW(fd_prestat_dir_name, I32 I32 I32),
    ROW(fd_prestat_get, I32 I32),
    ROW(fd_pwrite, I32 I32 I32 I64 I32),
    ROW(fd_read, I32 I32 I32 I32),
    ROW(fd_readdir, I32 I32 I32 I64 I32),
    ROW(fd_renumber, I32 I32),
    ROW(fd_seek, I32 I64 I32 I32),
    ROW(fd_sync, I32),
    ROW(fd_tell, I32 I32),
    ROW(fd_write, I32 I32 I32 I32),
    ROW(path_create_directory, I32 I32 I32),
    ROW(path_filestat_get, I32 I32 I32 I32 I32),
    ROW(path_filestat_set_times, I32 I32 I32 I32 I64 I64 I32),
    ROW(path_link, I32 I32 I32 I32 I32 I32 I32),
    ROW(path_open, I32 I32 I32 I32 I32 I64 I64 I32 I32),
    ROW(path_readlink, I32 I32 I32 I32 I32 I32),
    ROW(path_remove_directory, I32 I32 I32),
    ROW(path_rename, I32 I32 I32 I32 I32 I32),
    ROW(path_symlink, I32 I32 I32 I32 I32),
    ROW(path_unlink_file, I32 I32 I32),
    ROW(poll_oneoff, I32 I32 I32 I32),
    {"proc_exit", (const uint8_t *)I32, 1, 0, (void (*)(void))wasi_proc_exit},
    ROW(proc_raise, I32),
    ROW(random_get, I32 I32),
    {"sched_yield", (const uint8_t *)I32, 0, 1, (void (*)(void))wasi_sched_yield},
    ROW(sock_accept, I32 I32 I32),
    ROW(sock_recv, I32 I32 I32 I32 I32 I32),
    ROW(sock_send, I32 I32 I32 I32 I32),
    ROW(sock_shutdown, I32 I32),
};

static int
compare(const char *name, size_t len, const char *entry)
{
    for (size_t i = 0; i < len; i++) {
        if (name[i] != entry[i] || !entry[i])
            return (uint8_t)name[i] < (uint8_t)entry[i] ? -1 : 1;
    }
    return entry[len] ? -1 : 0;
}

const struct wasi_function *
wasi_function_find(const char *name, size_t name_len)
{
    size_t lo = 0;
    size_t hi = sizeof(functions) / sizeof(functions[0]);
    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        int order = compare(name, name_len, functions[middle].name);
        if (order == 0)
            return &functions[middle];
        if (order < 0)
            hi = middle;
        else
            lo = middle + 1;
    }
    return NULL;
}
