// SPDX-License-Identifier: Apache-2.0
//
// The table of descriptors: lowest free number first, as POSIX has it.
#pragma once

#include "libos/wasi/wasi.h"

// What a descriptor of each kind can be allowed at all.
#define WASI_RIGHTS_DIR                                                                  \
    (WASI_RIGHT_FD_FDSTAT_SET_FLAGS | WASI_RIGHT_FD_SYNC | WASI_RIGHT_FD_DATASYNC |      \
     WASI_RIGHT_FD_READDIR | WASI_RIGHT_FD_FILESTAT_GET |                                \
     WASI_RIGHT_FD_FILESTAT_SET_TIMES | WASI_RIGHT_PATH_CREATE_DIRECTORY |               \
     WASI_RIGHT_PATH_CREATE_FILE | WASI_RIGHT_PATH_LINK_SOURCE |                         \
     WASI_RIGHT_PATH_LINK_TARGET | WASI_RIGHT_PATH_OPEN | WASI_RIGHT_PATH_READLINK |     \
     WASI_RIGHT_PATH_RENAME_SOURCE | WASI_RIGHT_PATH_RENAME_TARGET |                     \
     WASI_RIGHT_PATH_FILESTAT_GET | WASI_RIGHT_PATH_FILESTAT_SET_SIZE |                  \
     WASI_RIGHT_PATH_FILESTAT_SET_TIMES | WASI_RIGHT_PATH_SYMLINK |                      \
     WASI_RIGHT_PATH_REMOVE_DIRECTORY | WASI_RIGHT_PATH_UNLINK_FILE)
#define WASI_RIGHTS_FILE                                                                 \
    (WASI_RIGHT_FD_DATASYNC | WASI_RIGHT_FD_READ | WASI_RIGHT_FD_SEEK |                  \
     WASI_RIGHT_FD_FDSTAT_SET_FLAGS | WASI_RIGHT_FD_SYNC | WASI_RIGHT_FD_TELL |          \
     WASI_RIGHT_FD_WRITE | WASI_RIGHT_FD_ADVISE | WASI_RIGHT_FD_ALLOCATE |               \
     WASI_RIGHT_FD_FILESTAT_GET | WASI_RIGHT_FD_FILESTAT_SET_SIZE |                      \
     WASI_RIGHT_FD_FILESTAT_SET_TIMES | WASI_RIGHT_POLL_FD_READWRITE)
#define WASI_RIGHTS_CONSOLE                                                              \
    (WASI_RIGHT_FD_FDSTAT_SET_FLAGS | WASI_RIGHT_FD_FILESTAT_GET |                       \
     WASI_RIGHT_POLL_FD_READWRITE)

// An open descriptor with all of `rights`. The pointer holds until the next
// descriptor_add. Errors: EBADF (not open; not open for reading or writing), ENOTCAPABLE.
enum wasi_errno descriptor_get(struct wasi *w, uint32_t fd, uint64_t rights,
                               struct wasi_fd **d);
// The same for a file. Errors: also EISDIR, ESPIPE (a console).
enum wasi_errno descriptor_file(struct wasi *w, uint32_t fd, uint64_t rights,
                                struct wasi_fd **d);
// The same for a directory. Errors: also ENOTDIR.
enum wasi_errno descriptor_dir(struct wasi *w, uint32_t fd, uint64_t rights,
                               struct wasi_fd **d);

// Makes sure that the next descriptor_add succeeds. Errors: EMFILE, ENOMEM.
enum wasi_errno descriptor_reserve(struct wasi *w);
// Takes the lowest free number.
uint32_t descriptor_add(struct wasi *w, const struct wasi_fd *d);
void descriptor_close(struct wasi *w, struct wasi_fd *d);
// Gives `from` the number of `to`, which is closed.
void descriptor_move(struct wasi *w, struct wasi_fd *from, struct wasi_fd *to);
