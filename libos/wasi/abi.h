// SPDX-License-Identifier: Apache-2.0
//
// Numbers and layouts of WASI preview 1 (wasi_snapshot_preview1.witx), as they lie in the
// memory of a 32-bit guest.
#pragma once

#include <stdint.h>

enum wasi_errno {
    WASI_SUCCESS = 0,
    WASI_EAGAIN = 6,
    WASI_EBADF = 8,
    WASI_EBUSY = 10,
    WASI_EEXIST = 20,
    WASI_EFAULT = 21,
    WASI_EFBIG = 22,
    WASI_EILSEQ = 25,
    WASI_EINVAL = 28,
    WASI_EIO = 29,
    WASI_EISDIR = 31,
    WASI_ELOOP = 32,
    WASI_EMFILE = 33,
    WASI_ENAMETOOLONG = 37,
    WASI_ENOENT = 44,
    WASI_ENOMEM = 48,
    WASI_ENOSPC = 51,
    WASI_ENOTDIR = 54,
    WASI_ENOTEMPTY = 55,
    WASI_ENOTSOCK = 57,
    WASI_ENOTSUP = 58,
    WASI_EOVERFLOW = 61,
    WASI_EPERM = 63,
    WASI_EPIPE = 64,
    WASI_EROFS = 69,
    WASI_ESPIPE = 70,
    WASI_EXDEV = 75,
    WASI_ENOTCAPABLE = 76,
};

#define WASI_RIGHT_FD_DATASYNC             (1ull << 0)
#define WASI_RIGHT_FD_READ                 (1ull << 1)
#define WASI_RIGHT_FD_SEEK                 (1ull << 2)
#define WASI_RIGHT_FD_FDSTAT_SET_FLAGS     (1ull << 3)
#define WASI_RIGHT_FD_SYNC                 (1ull << 4)
#define WASI_RIGHT_FD_TELL                 (1ull << 5)
#define WASI_RIGHT_FD_WRITE                (1ull << 6)
#define WASI_RIGHT_FD_ADVISE               (1ull << 7)
#define WASI_RIGHT_FD_ALLOCATE             (1ull << 8)
#define WASI_RIGHT_PATH_CREATE_DIRECTORY   (1ull << 9)
#define WASI_RIGHT_PATH_CREATE_FILE        (1ull << 10)
#define WASI_RIGHT_PATH_LINK_SOURCE        (1ull << 11)
#define WASI_RIGHT_PATH_LINK_TARGET        (1ull << 12)
#define WASI_RIGHT_PATH_OPEN               (1ull << 13)
#define WASI_RIGHT_FD_READDIR              (1ull << 14)
#define WASI_RIGHT_PATH_READLINK           (1ull << 15)
#define WASI_RIGHT_PATH_RENAME_SOURCE      (1ull << 16)
#define WASI_RIGHT_PATH_RENAME_TARGET      (1ull << 17)
#define WASI_RIGHT_PATH_FILESTAT_GET       (1ull << 18)
#define WASI_RIGHT_PATH_FILESTAT_SET_SIZE  (1ull << 19)
#define WASI_RIGHT_PATH_FILESTAT_SET_TIMES (1ull << 20)
#define WASI_RIGHT_FD_FILESTAT_GET         (1ull << 21)
#define WASI_RIGHT_FD_FILESTAT_SET_SIZE    (1ull << 22)
#define WASI_RIGHT_FD_FILESTAT_SET_TIMES   (1ull << 23)
#define WASI_RIGHT_PATH_SYMLINK            (1ull << 24)
#define WASI_RIGHT_PATH_REMOVE_DIRECTORY   (1ull << 25)
#define WASI_RIGHT_PATH_UNLINK_FILE        (1ull << 26)
#define WASI_RIGHT_POLL_FD_READWRITE       (1ull << 27)

enum wasi_filetype {
    WASI_FILETYPE_UNKNOWN = 0,
    WASI_FILETYPE_CHARACTER_DEVICE = 2,
    WASI_FILETYPE_DIRECTORY = 3,
    WASI_FILETYPE_REGULAR_FILE = 4,
    WASI_FILETYPE_SYMBOLIC_LINK = 7,
};

#define WASI_FDFLAG_APPEND   (1u << 0)
#define WASI_FDFLAG_DSYNC    (1u << 1)
#define WASI_FDFLAG_NONBLOCK (1u << 2)
#define WASI_FDFLAG_RSYNC    (1u << 3)
#define WASI_FDFLAG_SYNC     (1u << 4)
#define WASI_FDFLAGS_ALL     0x1fu

#define WASI_OFLAG_CREAT     (1u << 0)
#define WASI_OFLAG_DIRECTORY (1u << 1)
#define WASI_OFLAG_EXCL      (1u << 2)
#define WASI_OFLAG_TRUNC     (1u << 3)
#define WASI_OFLAGS_ALL      0xfu

#define WASI_LOOKUPFLAG_SYMLINK_FOLLOW (1u << 0)

#define WASI_FSTFLAG_ATIM     (1u << 0)
#define WASI_FSTFLAG_ATIM_NOW (1u << 1)
#define WASI_FSTFLAG_MTIM     (1u << 2)
#define WASI_FSTFLAG_MTIM_NOW (1u << 3)
#define WASI_FSTFLAGS_ALL     0xfu

#define WASI_ADVICE_LAST 5u // noreuse

enum wasi_whence {
    WASI_WHENCE_SET = 0,
    WASI_WHENCE_CUR = 1,
    WASI_WHENCE_END = 2,
};

enum wasi_clockid {
    WASI_CLOCKID_REALTIME = 0,
    WASI_CLOCKID_MONOTONIC = 1,
    WASI_CLOCKID_PROCESS_CPUTIME_ID = 2,
    WASI_CLOCKID_THREAD_CPUTIME_ID = 3,
};

enum wasi_eventtype {
    WASI_EVENTTYPE_CLOCK = 0,
    WASI_EVENTTYPE_FD_READ = 1,
    WASI_EVENTTYPE_FD_WRITE = 2,
};

#define WASI_SUBCLOCKFLAG_ABSTIME            (1u << 0)
#define WASI_EVENTRWFLAG_FD_READWRITE_HANGUP 1u

struct wasi_iovec { // and ciovec
    uint32_t buf;
    uint32_t buf_len;
};
_Static_assert(sizeof(struct wasi_iovec) == 8, "witx");

struct wasi_fdstat {
    uint8_t fs_filetype;
    uint8_t pad0;
    uint16_t fs_flags;
    uint32_t pad1;
    uint64_t fs_rights_base;
    uint64_t fs_rights_inheriting;
};
_Static_assert(sizeof(struct wasi_fdstat) == 24, "witx");

struct wasi_filestat {
    uint64_t dev;
    uint64_t ino;
    uint8_t filetype;
    uint8_t pad[7];
    uint64_t nlink;
    uint64_t size;
    uint64_t atim;
    uint64_t mtim;
    uint64_t ctim;
};
_Static_assert(sizeof(struct wasi_filestat) == 64, "witx");

struct wasi_prestat {
    uint8_t tag; // 0: a directory
    uint8_t pad[3];
    uint32_t pr_name_len;
};
_Static_assert(sizeof(struct wasi_prestat) == 8, "witx");

struct wasi_dirent {
    uint64_t d_next;
    uint64_t d_ino;
    uint32_t d_namlen;
    uint8_t d_type;
    uint8_t pad[3];
};
_Static_assert(sizeof(struct wasi_dirent) == 24, "witx");

struct wasi_subscription {
    uint64_t userdata;
    uint8_t tag; // enum wasi_eventtype
    uint8_t pad0[7];
    uint32_t id; // clock: enum wasi_clockid; fd_read, fd_write: descriptor
    uint32_t pad1;
    uint64_t timeout; // clock
    uint64_t precision;
    uint16_t flags;
    uint8_t pad2[6];
};
_Static_assert(sizeof(struct wasi_subscription) == 48, "witx");

struct wasi_event {
    uint64_t userdata;
    uint16_t error;
    uint8_t type;
    uint8_t pad0[5];
    uint64_t nbytes;
    uint16_t flags;
    uint8_t pad1[6];
};
_Static_assert(sizeof(struct wasi_event) == 32, "witx");
