// SPDX-License-Identifier: Apache-2.0
#include "test/unit/tools/folder.h"

#include <assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
folder_make(struct folder *folder)
{
    strcpy(folder->path, "/tmp/selkis-test-XXXXXX");
    assert(mkdtemp(folder->path) != NULL);
    folder->fd = open(folder->path, O_RDONLY | O_DIRECTORY);
    assert(folder->fd >= 0);
}

static int
remove_one(const char *path, const struct stat *stat, int kind, struct FTW *walk)
{
    (void)stat;
    (void)kind;
    (void)walk;
    return remove(path);
}

void
folder_remove(struct folder *folder)
{
    close(folder->fd);
    nftw(folder->path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void
folder_write(const struct folder *folder, const char *name, const char *text)
{
    int fd = openat(folder->fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert(fd >= 0);
    assert(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
}

bool
folder_has(const struct folder *folder, const char *name, const char *text)
{
    char bytes[256];
    int fd = openat(folder->fd, name, O_RDONLY | O_NOFOLLOW);
    if (fd < 0)
        return false;
    ssize_t len = read(fd, bytes, sizeof(bytes));
    close(fd);
    return len == (ssize_t)strlen(text) && memcmp(bytes, text, (size_t)len) == 0;
}

size_t
folder_count(const struct folder *folder)
{
    size_t count = 0;
    DIR *dir = opendir(folder->path);
    assert(dir != NULL);
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count - 2;
}
