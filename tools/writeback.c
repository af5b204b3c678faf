// SPDX-License-Identifier: Apache-2.0
//
// A file or link is made under a name of ours in its folder, complete, and then renamed
// over the old one.
#include "tools/writeback.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tools/beneath.h"
#include "tools/message.h"

#define NS_PER_S 1000000000ull

struct change {
    const struct report_record *record;
    const char *path; // terminated
    int dir;          // the folder of the last name
    const char *leaf;
    bool replaces; // a plain file, which is `replaced`
    struct stat replaced;
    char temporary[64];
};

struct tally {
    uint32_t written;
    uint32_t removed;
    uint32_t folders;
};

static bool
write_all(int fd, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        ssize_t done = write(fd, bytes, len);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        bytes += done;
        len -= (size_t)done;
    }
    return true;
}

static bool
set_times(int fd, uint64_t mtime_ns)
{
    struct timespec times[2] = {
        {.tv_nsec = UTIME_OMIT},
        {.tv_sec = (time_t)(mtime_ns / NS_PER_S), .tv_nsec = (long)(mtime_ns % NS_PER_S)},
    };
    return futimens(fd, times) == 0;
}

// The new file is at no time open to more than the one that it replaces.
static bool
make_file(const struct change *c)
{
    mode_t mode = c->replaced.st_mode & 0777;
    int fd =
        openat(c->dir, c->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
               c->replaces ? mode & 0600 : 0666);
    if (fd < 0)
        return false;
    if (c->replaces) {
        int ignored = fchown(fd, c->replaced.st_uid, c->replaced.st_gid);
        (void)ignored; // only root may give files away
    }
    bool done = write_all(fd, c->record->data, c->record->data_len) &&
                (!c->replaces || fchmod(fd, mode) == 0) &&
                set_times(fd, c->record->value);
    int saved_errno = errno;
    if (close(fd) != 0 && done)
        return false; // a full disk may show only here
    errno = saved_errno;
    return done;
}

// Links that lead out of the folder are refused: the host's programs would follow them.
static bool
target_stays(const char *path, const char *target)
{
    int depth = 0;
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/'))
        depth++;
    if (*target == '/')
        return false;
    while (*target != '\0' && depth >= 0) {
        size_t len = strcspn(target, "/");
        if (len == 2 && strncmp(target, "..", 2) == 0)
            depth--;
        else if (len != 0 && !(len == 1 && *target == '.'))
            depth++;
        target += len + (target[len] == '/');
    }
    return depth >= 0;
}

static bool
make_link(const struct change *c)
{
    char target[PATH_MAX];
    if (c->record->data_len >= sizeof(target) ||
        memchr(c->record->data, '\0', c->record->data_len) != NULL) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(target, c->record->data, c->record->data_len);
    target[c->record->data_len] = '\0';
    if (!target_stays(c->path, target)) {
        errno = EPERM;
        return false;
    }
    return symlinkat(target, c->dir, c->temporary) == 0;
}

// What is neither file nor link was not shown to the program, and is not replaced.
static bool
look_at_old(struct change *c)
{
    if (fstatat(c->dir, c->leaf, &c->replaced, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT;
    c->replaces = S_ISREG(c->replaced.st_mode);
    errno = EEXIST;
    return c->replaces || S_ISLNK(c->replaced.st_mode);
}

static bool
replace(struct change *c, bool (*make)(const struct change *))
{
    if (!look_at_old(c))
        return false;
    if (make(c) && renameat(c->dir, c->temporary, c->dir, c->leaf) == 0)
        return true;
    int saved_errno = errno;
    unlinkat(c->dir, c->temporary, 0);
    errno = saved_errno;
    return false;
}

static bool
make_folder(const struct change *c)
{
    struct stat stat;
    if (mkdirat(c->dir, c->leaf, 0777) == 0)
        return true;
    if (errno != EEXIST || fstatat(c->dir, c->leaf, &stat, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    errno = EEXIST;
    return S_ISDIR(stat.st_mode);
}

static bool
remove_entry(const struct change *c)
{
    struct stat stat;
    if (fstatat(c->dir, c->leaf, &stat, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT;
    return unlinkat(c->dir, c->leaf, S_ISDIR(stat.st_mode) ? AT_REMOVEDIR : 0) == 0;
}

static bool
apply_in_folder(struct change *c, struct tally *tally)
{
    switch (c->record->kind) {
    case SK_REPORT_REMOVE:
        tally->removed++;
        return remove_entry(c);
    case SK_REPORT_DIR:
        tally->folders++;
        return make_folder(c);
    case SK_REPORT_FILE:
        tally->written++;
        return replace(c, make_file);
    case SK_REPORT_SYMLINK:
        tally->written++;
        return replace(c, make_link);
    default:
        return true;
    }
}

// A name that no other file has, nor another run of this command.
static void
name_temporary(struct change *c)
{
    uint64_t number = 0;
    ssize_t ignored = getrandom(&number, sizeof(number), 0);
    (void)ignored; // a name that is taken is an error where it is used
    snprintf(c->temporary, sizeof(c->temporary), ".selkis-%016llx",
             (unsigned long long)number);
}

static bool
apply(const struct report_record *record, const struct preopen *preopen,
      struct tally *tally)
{
    char path[BENEATH_PATH_MAX];
    memcpy(path, record->name, record->name_len);
    path[record->name_len] = '\0';
    struct change c = {.record = record, .path = path};
    name_temporary(&c);
    bool done = false;
    errno = EROFS;
    if (!preopen->read_only) {
        c.dir = beneath_open_parent(preopen->root, path, &c.leaf);
        done = c.dir >= 0 && apply_in_folder(&c, tally);
    }
    int saved_errno = errno;
    if (!preopen->read_only && c.dir >= 0)
        close(c.dir);
    if (!done)
        message_error("cannot write back %s/%s: %s", preopen->host, path,
                      strerror(saved_errno));
    return done;
}

static void
say(const struct preopen *preopen, const struct tally *tally)
{
    if (tally->written + tally->removed + tally->folders == 0)
        return;
    char removed[32] = "";
    char folders[32] = "";
    if (tally->removed != 0)
        snprintf(removed, sizeof(removed), ", removed %u", tally->removed);
    if (tally->folders != 0)
        snprintf(folders, sizeof(folders), ", made %u folder%s", tally->folders,
                 tally->folders == 1 ? "" : "s");
    message_note("wrote back %u file%s%s%s to %s", tally->written,
                 tally->written == 1 ? "" : "s", removed, folders, preopen->host);
}

bool
writeback_apply(const struct report *report, const struct preopen *preopens,
                uint32_t preopen_count)
{
    struct tally *tallies = calloc(preopen_count + 1, sizeof(tallies[0]));
    bool done = tallies != NULL;
    struct report_record record;
    for (size_t at = 0; done && report_next(report, &at, &record);) {
        if (record.kind >= SK_REPORT_REMOVE && record.kind <= SK_REPORT_SYMLINK)
            done = apply(&record, &preopens[record.parent], &tallies[record.parent]);
    }
    for (uint32_t i = 0; done && i < preopen_count; i++)
        say(&preopens[i], &tallies[i]);
    free(tallies);
    return done;
}
