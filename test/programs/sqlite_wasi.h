// SPDX-License-Identifier: Apache-2.0
//
// Included before SQLite: the POSIX names that its file layer mentions and WASI does not
// have. Locks are never taken, as sqlite.c opens databases with the file layer
// "unix-none".
#pragma once

#include <errno.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define F_RDLCK 0
#define F_WRLCK 1
#define F_UNLCK 2
#define F_GETLK 12
#define F_SETLK 13

static inline int
fchmod(int fd, mode_t mode)
{
    (void)fd;
    (void)mode;
    return 0;
}

static inline int
fchown(int fd, uid_t owner, gid_t group)
{
    (void)fd;
    (void)owner;
    (void)group;
    return 0;
}

static inline uid_t
geteuid(void)
{
    return 0;
}
