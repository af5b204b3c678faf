// SPDX-License-Identifier: Apache-2.0
#include "tools/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// The file may grow or shrink while it is read.
static uint8_t *
read_all(int fd, size_t *len, const char **why)
{
    struct stat stat;
    *why = "not a plain file";
    if (fstat(fd, &stat) != 0 || !S_ISREG(stat.st_mode))
        return NULL;
    size_t room = (size_t)stat.st_size;
    uint8_t *bytes = malloc(room > 0 ? room : 1);
    ssize_t got = bytes != NULL ? 1 : -1;
    *len = 0;
    while (got > 0 && *len < room) {
        got = read(fd, bytes + *len, room - *len);
        *len += got > 0 ? (size_t)got : 0;
    }
    if (got >= 0)
        return bytes;
    *why = strerror(errno);
    free(bytes);
    return NULL;
}

uint8_t *
file_read(const char *path, size_t *len, const char **why)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        *why = strerror(errno);
        return NULL;
    }
    uint8_t *bytes = read_all(fd, len, why);
    close(fd);
    return bytes;
}
