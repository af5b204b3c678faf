// SPDX-License-Identifier: Apache-2.0
//
// WASI preview 1 for one instance: its descriptors, and the 46 functions that a module
// may import from wasi_snapshot_preview1.
//
// Each function is a C function in the engine's convention whose `env` is the struct
// wasi. It returns an errno and writes its outputs only on success. Guest addresses that
// are out of bounds or misaligned give EFAULT. Rights of a descriptor are enforced; those
// that path_open asks for decide only whether the file may be read and written, a
// descriptor's other rights come from its directory and shrink by fd_fdstat_set_rights
// alone.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/domain.h"
#include "libos/bundle.h"
#include "libos/wasi/abi.h"

#define WASI_MODULE "wasi_snapshot_preview1"
#define WASI_FD_MAX 65536u // descriptors open at once

struct allocator;
struct fs;
struct fs_inode;
struct fs_mount;
struct wasm_memory;

enum wasi_fd_kind {
    WASI_FD_CLOSED = 0,
    WASI_FD_INPUT,  // standard input
    WASI_FD_OUTPUT, // standard output or error
    WASI_FD_FILE,
    WASI_FD_DIR,
};

struct wasi_fd {
    enum wasi_fd_kind kind;
    sk_handle_t console;    // INPUT, OUTPUT
    bool is_terminal;       // likewise: somebody sits there
    struct fs_inode *inode; // FILE, DIR: held
    uint64_t offset;        // FILE
    uint64_t rights_base;
    uint64_t rights_inheriting;
    uint32_t flags;             // WASI_FDFLAG_*
    struct bundle_text preopen; // guest path of a preopened directory, else .bytes NULL
};

// Standard input that poll_oneoff has read to find out whether there is any.
struct wasi_input {
    uint8_t bytes[1024];
    uint32_t lo; // [lo, hi): not yet read by the program
    uint32_t hi;
    bool is_wanted; // whoever started the machine has been told
    bool is_ended;
};

struct wasi {
    const struct allocator *allocator;
    struct fs *fs;
    const struct bundle *bundle;      // arguments and environment
    const struct wasm_memory *memory; // NULL: the program has exported none (yet)
    void (*exit)(void *context, uint32_t code); // does not return
    void *exit_context;
    struct wasi_fd *fds;
    uint32_t fd_room;
    uint32_t fd_lowest; // no number below is free
    uint32_t preopen_count;
    bool missed_grant; // a directory was looked for while none is granted
    struct wasi_input input;
};

// Opens descriptors 0, 1 and 2; the bundle's option "tty" lists, as digits, those of them
// that are terminals. The caller has set the pointers above; the rest is zero.
// False: no memory.
bool wasi_init(struct wasi *w);
void wasi_fini(struct wasi *w);
// Opens the next descriptor on a mount. False: no memory.
bool wasi_preopen(struct wasi *w, struct fs_mount *mount, struct bundle_text name);

#define WASI_TYPES_MAX 10u // parameters and results of a function

struct wasi_function {
    const char *name;
    const uint8_t *types; // codes of number types: parameters, then results
    uint32_t param_count;
    uint32_t result_count;
    void (*code)(void);
};

// NULL: WASI preview 1 has no function of this name.
const struct wasi_function *wasi_function_find(const char *name, size_t name_len);

uint32_t wasi_args_get(void *env, uint32_t argv, uint32_t argv_buf);
uint32_t wasi_args_sizes_get(void *env, uint32_t count, uint32_t buf_len);
uint32_t wasi_environ_get(void *env, uint32_t environ, uint32_t environ_buf);
uint32_t wasi_environ_sizes_get(void *env, uint32_t count, uint32_t buf_len);
uint32_t wasi_clock_res_get(void *env, uint32_t id, uint32_t resolution);
uint32_t wasi_clock_time_get(void *env, uint32_t id, uint64_t precision, uint32_t time);
uint32_t wasi_fd_advise(void *env, uint32_t fd, uint64_t offset, uint64_t len,
                        uint32_t advice);
uint32_t wasi_fd_allocate(void *env, uint32_t fd, uint64_t offset, uint64_t len);
uint32_t wasi_fd_close(void *env, uint32_t fd);
uint32_t wasi_fd_datasync(void *env, uint32_t fd);
uint32_t wasi_fd_fdstat_get(void *env, uint32_t fd, uint32_t stat);
uint32_t wasi_fd_fdstat_set_flags(void *env, uint32_t fd, uint32_t flags);
uint32_t wasi_fd_fdstat_set_rights(void *env, uint32_t fd, uint64_t base,
                                   uint64_t inheriting);
uint32_t wasi_fd_filestat_get(void *env, uint32_t fd, uint32_t stat);
uint32_t wasi_fd_filestat_set_size(void *env, uint32_t fd, uint64_t size);
uint32_t wasi_fd_filestat_set_times(void *env, uint32_t fd, uint64_t atim, uint64_t mtim,
                                    uint32_t fst_flags);
uint32_t wasi_fd_pread(void *env, uint32_t fd, uint32_t iovs, uint32_t iovs_count,
                       uint64_t offset, uint32_t nread);
uint32_t wasi_fd_prestat_get(void *env, uint32_t fd, uint32_t stat);
uint32_t wasi_fd_prestat_dir_name(void *env, uint32_t fd, uint32_t path,
                                  uint32_t path_len);
uint32_t wasi_fd_pwrite(void *env, uint32_t fd, uint32_t iovs, uint32_t iovs_count,
                        uint64_t offset, uint32_t nwritten);
uint32_t wasi_fd_read(void *env, uint32_t fd, uint32_t iovs, uint32_t iovs_count,
                      uint32_t nread);
uint32_t wasi_fd_readdir(void *env, uint32_t fd, uint32_t buf, uint32_t buf_len,
                         uint64_t cookie, uint32_t bufused);
uint32_t wasi_fd_renumber(void *env, uint32_t fd, uint32_t to);
uint32_t wasi_fd_seek(void *env, uint32_t fd, uint64_t offset, uint32_t whence,
                      uint32_t newoffset);
uint32_t wasi_fd_sync(void *env, uint32_t fd);
uint32_t wasi_fd_tell(void *env, uint32_t fd, uint32_t offset);
uint32_t wasi_fd_write(void *env, uint32_t fd, uint32_t iovs, uint32_t iovs_count,
                       uint32_t nwritten);
uint32_t wasi_path_create_directory(void *env, uint32_t fd, uint32_t path,
                                    uint32_t path_len);
uint32_t wasi_path_filestat_get(void *env, uint32_t fd, uint32_t flags, uint32_t path,
                                uint32_t path_len, uint32_t stat);
uint32_t wasi_path_filestat_set_times(void *env, uint32_t fd, uint32_t flags,
                                      uint32_t path, uint32_t path_len, uint64_t atim,
                                      uint64_t mtim, uint32_t fst_flags);
uint32_t wasi_path_link(void *env, uint32_t old_fd, uint32_t old_flags, uint32_t old_path,
                        uint32_t old_path_len, uint32_t new_fd, uint32_t new_path,
                        uint32_t new_path_len);
uint32_t wasi_path_open(void *env, uint32_t fd, uint32_t dirflags, uint32_t path,
                        uint32_t path_len, uint32_t oflags, uint64_t rights_base,
                        uint64_t rights_inheriting, uint32_t fdflags, uint32_t opened);
uint32_t wasi_path_readlink(void *env, uint32_t fd, uint32_t path, uint32_t path_len,
                            uint32_t buf, uint32_t buf_len, uint32_t bufused);
uint32_t wasi_path_remove_directory(void *env, uint32_t fd, uint32_t path,
                                    uint32_t path_len);
uint32_t wasi_path_rename(void *env, uint32_t fd, uint32_t old_path,
                          uint32_t old_path_len, uint32_t new_fd, uint32_t new_path,
                          uint32_t new_path_len);
uint32_t wasi_path_symlink(void *env, uint32_t old_path, uint32_t old_path_len,
                           uint32_t fd, uint32_t new_path, uint32_t new_path_len);
uint32_t wasi_path_unlink_file(void *env, uint32_t fd, uint32_t path, uint32_t path_len);
uint32_t wasi_poll_oneoff(void *env, uint32_t in, uint32_t out, uint32_t count,
                          uint32_t nevents);
void wasi_proc_exit(void *env, uint32_t code);
uint32_t wasi_proc_raise(void *env, uint32_t signal);
uint32_t wasi_sched_yield(void *env);
uint32_t wasi_random_get(void *env, uint32_t buf, uint32_t buf_len);
uint32_t wasi_sock_accept(void *env, uint32_t fd, uint32_t flags, uint32_t accepted);
uint32_t wasi_sock_recv(void *env, uint32_t fd, uint32_t data, uint32_t data_count,
                        uint32_t flags, uint32_t nread, uint32_t roflags);
uint32_t wasi_sock_send(void *env, uint32_t fd, uint32_t data, uint32_t data_count,
                        uint32_t flags, uint32_t nwritten);
uint32_t wasi_sock_shutdown(void *env, uint32_t fd, uint32_t how);
