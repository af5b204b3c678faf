// SPDX-License-Identifier: Apache-2.0
//
// What a program may not do: without a grant there is no file, and a read-only one stays
// as it is.
#include "check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int
refused(int result)
{
    return result == -1 &&
           (errno == EROFS || errno == EPERM || errno == EACCES || errno == ENOTCAPABLE);
}

static void
check_read_only(void)
{
    char bytes[8] = {0};
    int fd = open("/r/given.txt", O_RDONLY);
    CHECK(fd >= 0);
    CHECK(read(fd, bytes, sizeof bytes) == 6);
    CHECK(write(fd, "x", 1) == -1);
    CHECK(close(fd) == 0);
    CHECK(refused(open("/r/given.txt", O_WRONLY)));
    CHECK(refused(open("/r/new.txt", O_WRONLY | O_CREAT, 0666)));
    CHECK(refused(open("/r/given.txt", O_WRONLY | O_TRUNC)));
    CHECK(refused(mkdir("/r/dir", 0777)));
    CHECK(refused(unlink("/r/given.txt")));
    CHECK(refused(rename("/r/given.txt", "/r/other.txt")));
    CHECK(refused(symlink("given.txt", "/r/link")));
    CHECK(rmdir("/r/sub") == -1);
}

int
main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "read-only") == 0) {
        check_read_only();
        return check_status;
    }
    if (argc > 1 && strcmp(argv[1], "missing") == 0) {
        perror(open("/data/in.txt", O_RDONLY) < 0 ? "/data/in.txt" : "opened");
        return 1;
    }
    CHECK(open("/etc/passwd", O_RDONLY) == -1);
    CHECK(open("given.txt", O_RDONLY) == -1);
    CHECK(open(".", O_RDONLY | O_DIRECTORY) == -1);
    CHECK(mkdir("/dir", 0777) == -1);
    return check_status;
}
