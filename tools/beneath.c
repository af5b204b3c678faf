// SPDX-License-Identifier: Apache-2.0
#include "tools/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static bool
name_valid(const char *name, size_t len)
{
    if (len == 0 || len > BENEATH_NAME_MAX || memchr(name, '\0', len) != NULL)
        return false;
    bool dots = name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.'));
    return !dots;
}

bool
beneath_valid(const char *path, size_t len)
{
    if (len >= BENEATH_PATH_MAX)
        return false;
    for (;;) {
        const char *slash = memchr(path, '/', len);
        size_t name_len = slash != NULL ? (size_t)(slash - path) : len;
        if (!name_valid(path, name_len))
            return false;
        if (slash == NULL)
            return true;
        path += name_len + 1;
        len -= name_len + 1;
    }
}

int
beneath_open_parent(int root, const char *path, const char **leaf)
{
    int at = fcntl(root, F_DUPFD_CLOEXEC, 3);
    for (const char *slash; at >= 0 && (slash = strchr(path, '/')) != NULL;
         path = slash + 1) {
        char name[BENEATH_NAME_MAX + 1];
        size_t len = (size_t)(slash - path);
        if (len > BENEATH_NAME_MAX) {
            close(at);
            errno = ENAMETOOLONG;
            return -1;
        }
        memcpy(name, path, len);
        name[len] = '\0';
        int next = openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        int saved_errno = errno;
        close(at);
        errno = saved_errno;
        at = next;
    }
    *leaf = path;
    return at;
}
