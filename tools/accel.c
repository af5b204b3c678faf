// SPDX-License-Identifier: Apache-2.0
//
// The verdict is a byte in a file named after the user and the boot, trusted only if it
// is a plain file of this user that nobody else can write.
#include "tools/accel.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
verdict_path(char path[PATH_MAX])
{
    char boot_id[37] = "";
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? -1 : read(fd, boot_id, sizeof(boot_id) - 1);
    if (fd >= 0)
        close(fd);
    const char *dir = getenv("XDG_RUNTIME_DIR");
    int written =
        snprintf(path, PATH_MAX, "%s/selkis-kvm-%u-%s",
                 dir != NULL && *dir == '/' ? dir : "/tmp", (unsigned)geteuid(), boot_id);
    return len == sizeof(boot_id) - 1 && written < PATH_MAX;
}

// 'y', 'n', or 0 when there is no verdict.
static char
read_verdict(const char *path)
{
    struct stat stat;
    char verdict = 0;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return 0;
    if (fstat(fd, &stat) != 0 || !S_ISREG(stat.st_mode) || stat.st_uid != geteuid() ||
        (stat.st_mode & 022) != 0 || read(fd, &verdict, 1) != 1)
        verdict = 0;
    close(fd);
    return verdict == 'y' || verdict == 'n' ? verdict : 0;
}

static void
keep_verdict(const char *path, char verdict)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    if (write(fd, &verdict, 1) != 1)
        unlink(path);
    close(fd);
}

bool
accel_kvm_works(bool (*trial)(void *context), void *context)
{
    char path[PATH_MAX];
    if (access("/dev/kvm", R_OK | W_OK) != 0)
        return false;
    bool keep = verdict_path(path);
    char verdict = keep ? read_verdict(path) : 0;
    if (verdict == 0) {
        verdict = trial(context) ? 'y' : 'n';
        if (keep)
            keep_verdict(path, verdict);
    }
    return verdict == 'y';
}
