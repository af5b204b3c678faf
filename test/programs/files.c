// SPDX-License-Identifier: Apache-2.0
//
// Files below the preopened directory /w, which holds `given.txt` ("given\n") and
// `sub/deep.txt` at the start, and `made.txt`, `kept/`, `kept/log.txt` at the end.
#include "check.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define BIG_LEN 300000

static int
write_file(const char *path, int flags, const char *text)
{
    int fd = open(path, O_WRONLY | flags, 0666);
    if (fd < 0) {
        return 0;
    }
    ssize_t len = (ssize_t)strlen(text);
    int good = write(fd, text, (size_t)len) == len;
    return close(fd) == 0 && good;
}

static int
holds(const char *path, const char *text)
{
    char buffer[256] = {0};
    int fd = open(path, O_RDONLY);
    if (fd < 0) {
        return 0;
    }
    ssize_t count = read(fd, buffer, sizeof buffer - 1);
    close(fd);
    return count == (ssize_t)strlen(text) && strcmp(buffer, text) == 0;
}

static int
fails_with(int result, int error)
{
    return result == -1 && errno == error;
}

static off_t
size_of(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 ? info.st_size : -1;
}

static int
order(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

// Tells whether the entries of a directory, sorted and each followed by a space, are
// `names`.
static int
lists(const char *path, const char *names)
{
    char *found[16];
    size_t count = 0;
    DIR *dir = opendir(path);
    if (dir == NULL) {
        return 0;
    }
    for (struct dirent *entry; (entry = readdir(dir)) != NULL && count < 16;) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            found[count++] = strdup(entry->d_name);
        }
    }
    closedir(dir);
    qsort(found, count, sizeof found[0], order);
    char text[256] = {0};
    for (size_t i = 0; i < count; i++) {
        strcat(strcat(text, found[i]), " ");
        free(found[i]);
    }
    return strcmp(text, names) == 0;
}

static void
check_reading(void)
{
    CHECK(holds("/w/given.txt", "given\n"));
    CHECK(holds("/w/sub/../given.txt", "given\n"));
    CHECK(size_of("/w/given.txt") == 6);
    CHECK(lists("/w", "given.txt sub "));
    CHECK(lists("/w/sub", "deep.txt "));

    struct stat info = {0};
    CHECK(stat("/w/given.txt", &info) == 0 && S_ISREG(info.st_mode));
    CHECK(stat("/w/sub", &info) == 0 && S_ISDIR(info.st_mode));
    CHECK(fails_with(open("/w/none.txt", O_RDONLY), ENOENT));
    CHECK(fails_with(open("/w/given.txt/x", O_RDONLY), ENOTDIR));
    CHECK(fails_with(open("/w/given.txt", O_RDONLY | O_DIRECTORY), ENOTDIR));
    CHECK(open("/elsewhere/x", O_RDONLY) == -1);
}

static void
check_writing(void)
{
    CHECK(write_file("/w/made.txt", O_CREAT | O_EXCL, "one two three"));
    CHECK(fails_with(open("/w/made.txt", O_CREAT | O_EXCL | O_WRONLY, 0666), EEXIST));
    CHECK(write_file("/w/made.txt", 0, "ONE"));
    CHECK(holds("/w/made.txt", "ONE two three"));
    CHECK(write_file("/w/made.txt", O_APPEND, " four"));
    CHECK(holds("/w/made.txt", "ONE two three four"));
    CHECK(write_file("/w/made.txt", O_TRUNC, "fresh"));
    CHECK(holds("/w/made.txt", "fresh"));

    int fd = open("/w/made.txt", O_RDWR);
    CHECK(fd >= 0);
    CHECK(lseek(fd, 0, SEEK_END) == 5);
    CHECK(lseek(fd, -2, SEEK_CUR) == 3);
    CHECK(write(fd, "SH!", 3) == 3);
    CHECK(fails_with((int)lseek(fd, -1, SEEK_SET), EINVAL));
    CHECK(lseek(fd, 8, SEEK_SET) == 8);
    CHECK(write(fd, "gap", 3) == 3);
    char bytes[12] = {0};
    CHECK(pread(fd, bytes, sizeof bytes, 0) == 11);
    CHECK(memcmp(bytes, "freSH!\0\0gap", 11) == 0);
    CHECK(pwrite(fd, "F", 1, 0) == 1);
    CHECK(ftruncate(fd, 6) == 0);
    CHECK(lseek(fd, 0, SEEK_CUR) == 11);
    CHECK(read(fd, bytes, sizeof bytes) == 0);
    CHECK(fsync(fd) == 0);
    CHECK(close(fd) == 0);
    CHECK(fails_with(close(fd), EBADF));
    CHECK(holds("/w/made.txt", "FreSH!"));
}

static void
check_folders(void)
{
    CHECK(mkdir("/w/dir", 0777) == 0);
    CHECK(fails_with(mkdir("/w/dir", 0777), EEXIST));
    CHECK(fails_with(mkdir("/w/none/dir", 0777), ENOENT));
    CHECK(write_file("/w/dir/log.txt", O_CREAT, "log\n"));
    CHECK(lists("/w", "dir given.txt made.txt sub "));
    CHECK(fails_with(rmdir("/w/dir"), ENOTEMPTY));
    CHECK(rename("/w/dir", "/w/kept") == 0);
    CHECK(holds("/w/kept/log.txt", "log\n"));
    CHECK(fails_with(open("/w/dir/log.txt", O_RDONLY), ENOENT));

    CHECK(write_file("/w/a.txt", O_CREAT, "a"));
    CHECK(write_file("/w/b.txt", O_CREAT, "b"));
    CHECK(rename("/w/a.txt", "/w/b.txt") == 0);
    CHECK(holds("/w/b.txt", "a"));
    CHECK(fails_with(rename("/w/a.txt", "/w/c.txt"), ENOENT));
    CHECK(unlink("/w/b.txt") == 0);
    CHECK(fails_with(unlink("/w/b.txt"), ENOENT));
    CHECK(unlink("/w/given.txt") == 0);
    CHECK(unlink("/w/sub/deep.txt") == 0);
    CHECK(rmdir("/w/sub") == 0);
    CHECK(lists("/w", "kept made.txt "));
}

static void
check_open_unlinked(void)
{
    int fd = open("/w/gone.txt", O_CREAT | O_RDWR, 0666);
    CHECK(fd >= 0);
    CHECK(unlink("/w/gone.txt") == 0);
    CHECK(write(fd, "still", 5) == 5);
    char bytes[5];
    CHECK(pread(fd, bytes, 5, 0) == 5 && memcmp(bytes, "still", 5) == 0);
    CHECK(close(fd) == 0);
    CHECK(size_of("/w/gone.txt") == -1);
}

static void
check_links(void)
{
    char target[32] = {0};
    CHECK(symlink("made.txt", "/w/link") == 0);
    CHECK(readlink("/w/link", target, sizeof target) == 8);
    CHECK(strcmp(target, "made.txt") == 0);
    CHECK(holds("/w/link", "FreSH!"));
    struct stat info = {0};
    CHECK(lstat("/w/link", &info) == 0 && S_ISLNK(info.st_mode));
    CHECK(unlink("/w/link") == 0);
    CHECK(holds("/w/made.txt", "FreSH!"));

    // A link that leads out may be refused when it is made or when it is followed.
    int made = symlink("../../etc/passwd", "/w/out") == 0;
    CHECK(open("/w/out", O_RDONLY) == -1);
    CHECK(!made || unlink("/w/out") == 0);
    CHECK(symlink("loop", "/w/loop") == 0);
    CHECK(open("/w/loop", O_RDONLY) == -1);
    CHECK(unlink("/w/loop") == 0);
    CHECK(open("/w/../etc/passwd", O_RDONLY) == -1);
    CHECK(open("/w/kept/../../etc/passwd", O_RDONLY) == -1);
}

static int
copies_big_file(void)
{
    static char bytes[BIG_LEN];
    static char copy[BIG_LEN];
    for (int i = 0; i < BIG_LEN; i++) {
        bytes[i] = (char)(i * 31 % 251);
    }
    FILE *file = fopen("/w/big.bin", "w+b");
    if (file == NULL) {
        return 0;
    }
    int good =
        fwrite(bytes, 1, BIG_LEN, file) == BIG_LEN && fseek(file, 0, SEEK_SET) == 0 &&
        fread(copy, 1, BIG_LEN, file) == BIG_LEN && memcmp(bytes, copy, BIG_LEN) == 0;
    fclose(file);
    return good;
}

int
main(void)
{
    check_reading();
    check_writing();
    check_folders();
    check_open_unlinked();
    check_links();
    CHECK(copies_big_file());
    CHECK(size_of("/w/big.bin") == BIG_LEN);
    CHECK(unlink("/w/big.bin") == 0);
    return check_status;
}
