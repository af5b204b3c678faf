// SPDX-License-Identifier: Apache-2.0
//
// path_*: what is done with a name below a directory descriptor.
#include "libos/wasi/descriptor.h"
#include "libos/wasi/errno.h"
#include "libos/wasi/filestat.h"
#include "libos/wasi/guest.h"

// Resolves a guest's path relative to a descriptor that has `rights`.
static enum wasi_errno
find(struct wasi *w, uint32_t fd, uint64_t rights, uint32_t path, uint32_t path_len,
     enum fs_follow follow, struct fs_place *place)
{
    struct wasi_fd *d;
    const char *text;
    enum wasi_errno error = descriptor_dir(w, fd, rights, &d);
    if (!error)
        error = guest_path(w, path, path_len, &text);
    if (error)
        return error;
    return wasi_errno_of_fs(fs_resolve(d->inode, text, path_len, follow, place));
}

// The same, for something that must be there.
static enum wasi_errno
find_present(struct wasi *w, uint32_t fd, uint64_t rights, uint32_t path,
             uint32_t path_len, enum fs_follow follow, struct fs_place *place)
{
    enum wasi_errno error = find(w, fd, rights, path, path_len, follow, place);
    if (!error && !place->inode)
        return WASI_ENOENT;
    if (!error && fs_place_is_misfit(place))
        return WASI_ENOTDIR;
    return error;
}

// EINVAL for a flag that does not exist.
static enum wasi_errno
follow_of(uint32_t lookupflags, enum fs_follow *follow)
{
    *follow =
        lookupflags & WASI_LOOKUPFLAG_SYMLINK_FOLLOW ? FS_FOLLOW_LAST : FS_FOLLOW_SLASH;
    return lookupflags & ~WASI_LOOKUPFLAG_SYMLINK_FOLLOW ? WASI_EINVAL : WASI_SUCCESS;
}

uint32_t
wasi_path_create_directory(void *env, uint32_t fd, uint32_t path, uint32_t path_len)
{
    struct wasi *w = env;
    struct fs_place place;
    struct fs_inode *inode;
    enum wasi_errno error = find(w, fd, WASI_RIGHT_PATH_CREATE_DIRECTORY, path, path_len,
                                 FS_FOLLOW_NEVER, &place);
    if (error)
        return error;
    return wasi_errno_of_fs(fs_create(w->fs, &place, FS_DIR, &inode));
}

uint32_t
wasi_path_filestat_get(void *env, uint32_t fd, uint32_t flags, uint32_t path,
                       uint32_t path_len, uint32_t stat)
{
    struct wasi *w = env;
    struct fs_place place;
    enum fs_follow follow;
    enum wasi_errno error = follow_of(flags, &follow);
    if (!error)
        error = find_present(w, fd, WASI_RIGHT_PATH_FILESTAT_GET, path, path_len, follow,
                             &place);
    if (error)
        return error;
    struct wasi_filestat out;
    filestat_of(place.inode, &out);
    return guest_store(w, stat, &out, sizeof(out), 8) ? WASI_SUCCESS : WASI_EFAULT;
}

uint32_t
wasi_path_filestat_set_times(void *env, uint32_t fd, uint32_t flags, uint32_t path,
                             uint32_t path_len, uint64_t atim, uint64_t mtim,
                             uint32_t fst_flags)
{
    struct wasi *w = env;
    struct fs_place place;
    enum fs_follow follow;
    enum wasi_errno error = follow_of(flags, &follow);
    if (!error)
        error = find_present(w, fd, WASI_RIGHT_PATH_FILESTAT_SET_TIMES, path, path_len,
                             follow, &place);
    if (error)
        return error;
    return filestat_set_times(w->fs, place.inode, atim, mtim, fst_flags);
}

uint32_t
wasi_path_link(void *env, uint32_t old_fd, uint32_t old_flags, uint32_t old_path,
               uint32_t old_path_len, uint32_t new_fd, uint32_t new_path,
               uint32_t new_path_len)
{
    struct wasi *w = env;
    struct fs_place from;
    struct fs_place to;
    enum fs_follow follow;
    enum wasi_errno error = follow_of(old_flags, &follow);
    if (!error)
        error = find_present(w, old_fd, WASI_RIGHT_PATH_LINK_SOURCE, old_path,
                             old_path_len, follow, &from);
    if (!error)
        error = find(w, new_fd, WASI_RIGHT_PATH_LINK_TARGET, new_path, new_path_len,
                     FS_FOLLOW_NEVER, &to);
    if (error)
        return error;
    return wasi_errno_of_fs(fs_link(w->fs, from.inode, &to));
}

struct opening {
    uint32_t oflags;
    uint32_t fdflags;
    uint64_t rights; // asked for
};

// Whether what is there may be opened so.
static enum wasi_errno
check_present(const struct opening *o, const struct fs_inode *inode)
{
    bool writes = o->oflags & WASI_OFLAG_TRUNC || o->rights & WASI_RIGHT_FD_WRITE;
    if (o->oflags & WASI_OFLAG_CREAT && o->oflags & WASI_OFLAG_EXCL)
        return WASI_EEXIST;
    switch ((enum fs_kind)inode->kind) {
    case FS_SYMLINK:
        return o->oflags & WASI_OFLAG_DIRECTORY ? WASI_ENOTDIR : WASI_ELOOP;
    case FS_DIR:
        return writes || o->oflags & WASI_OFLAG_CREAT ? WASI_EISDIR : WASI_SUCCESS;
    case FS_FILE:
        if (o->oflags & WASI_OFLAG_DIRECTORY)
            return WASI_ENOTDIR;
        return writes && inode->mount->is_read_only ? WASI_EROFS : WASI_SUCCESS;
    }
    return WASI_EIO;
}

static enum wasi_errno
open_place(struct wasi *w, const struct opening *o, struct fs_place *place)
{
    if (place->dir && place->has_slash && o->oflags & WASI_OFLAG_CREAT)
        return WASI_EISDIR;
    if (fs_place_is_misfit(place))
        return WASI_ENOTDIR;
    if (!place->inode) {
        if (!(o->oflags & WASI_OFLAG_CREAT))
            return WASI_ENOENT;
        return wasi_errno_of_fs(fs_create(w->fs, place, FS_FILE, &place->inode));
    }
    enum wasi_errno error = check_present(o, place->inode);
    if (!error && o->oflags & WASI_OFLAG_TRUNC)
        error = wasi_errno_of_fs(fs_file_resize(w->fs, place->inode, 0));
    return error;
}

static uint64_t
rights_to_open(uint32_t oflags)
{
    uint64_t rights = WASI_RIGHT_PATH_OPEN;
    if (oflags & WASI_OFLAG_CREAT)
        rights |= WASI_RIGHT_PATH_CREATE_FILE;
    if (oflags & WASI_OFLAG_TRUNC)
        rights |= WASI_RIGHT_PATH_FILESTAT_SET_SIZE;
    return rights;
}

static struct wasi_fd
opened_fd(const struct opening *o, struct fs_inode *inode, uint64_t inheriting)
{
    struct wasi_fd d = {.inode = inode, .flags = o->fdflags};
    if (inode->kind == FS_DIR) {
        d.kind = WASI_FD_DIR;
        d.rights_base = inheriting & WASI_RIGHTS_DIR;
        d.rights_inheriting = inheriting;
    } else {
        uint64_t access = WASI_RIGHT_FD_READ | WASI_RIGHT_FD_WRITE;
        d.kind = WASI_FD_FILE;
        d.rights_base = inheriting & WASI_RIGHTS_FILE & (~access | o->rights);
    }
    return d;
}

static bool
ends_with_slash(const struct wasi *w, uint32_t path, uint32_t path_len)
{
    uint8_t *bytes;
    return path_len && guest_bytes(w, path, path_len, &bytes) &&
           bytes[path_len - 1] == '/';
}

// Checks the flags and finds out how to resolve the path.
static enum wasi_errno
check_opening(const struct wasi *w, const struct opening *o, uint32_t dirflags,
              uint32_t path, uint32_t path_len, enum fs_follow *follow)
{
    bool creates = o->oflags & WASI_OFLAG_CREAT;
    if (o->oflags & ~WASI_OFLAGS_ALL || o->fdflags & ~WASI_FDFLAGS_ALL ||
        (creates && o->oflags & WASI_OFLAG_DIRECTORY))
        return WASI_EINVAL;
    enum wasi_errno error = follow_of(dirflags, follow);
    // What is exclusive, or cannot be a file, is decided by the last name itself.
    if (creates && (*follow != FS_FOLLOW_LAST || o->oflags & WASI_OFLAG_EXCL ||
                    ends_with_slash(w, path, path_len)))
        *follow = FS_FOLLOW_NEVER;
    return error;
}

uint32_t
wasi_path_open(void *env, uint32_t fd, uint32_t dirflags, uint32_t path,
               uint32_t path_len, uint32_t oflags, uint64_t rights_base,
               uint64_t rights_inheriting, uint32_t fdflags, uint32_t opened)
{
    struct wasi *w = env;
    struct opening o = {.oflags = oflags, .fdflags = fdflags, .rights = rights_base};
    struct fs_place place;
    struct wasi_fd *dir;
    enum fs_follow follow;
    (void)rights_inheriting;
    enum wasi_errno error = check_opening(w, &o, dirflags, path, path_len, &follow);
    if (!error)
        error = find(w, fd, rights_to_open(oflags), path, path_len, follow, &place);
    if (!error && !guest_holds(w, opened, 4, 4))
        error = WASI_EFAULT;
    if (!error)
        error = descriptor_reserve(w);
    if (!error)
        error = descriptor_dir(w, fd, 0, &dir);
    if (!error)
        error = open_place(w, &o, &place);
    if (error)
        return error;
    struct wasi_fd d = opened_fd(&o, place.inode, dir->rights_inheriting);
    guest_store_u32(w, opened, descriptor_add(w, &d));
    return WASI_SUCCESS;
}

uint32_t
wasi_path_readlink(void *env, uint32_t fd, uint32_t path, uint32_t path_len, uint32_t buf,
                   uint32_t buf_len, uint32_t bufused)
{
    struct wasi *w = env;
    struct fs_place place;
    enum wasi_errno error = find_present(w, fd, WASI_RIGHT_PATH_READLINK, path, path_len,
                                         FS_FOLLOW_SLASH, &place);
    if (error)
        return error;
    if (place.inode->kind != FS_SYMLINK)
        return WASI_EINVAL;
    const struct fs_symlink *symlink = &place.inode->symlink;
    uint32_t len = symlink->len < buf_len ? symlink->len : buf_len;
    uint8_t *bytes;
    if (!guest_bytes(w, buf, buf_len, &bytes) || !guest_holds(w, bufused, 4, 4))
        return WASI_EFAULT;
    memcpy(bytes, symlink->target, len);
    guest_store_u32(w, bufused, len);
    return WASI_SUCCESS;
}

uint32_t
wasi_path_remove_directory(void *env, uint32_t fd, uint32_t path, uint32_t path_len)
{
    struct wasi *w = env;
    struct fs_place place;
    enum wasi_errno error = find(w, fd, WASI_RIGHT_PATH_REMOVE_DIRECTORY, path, path_len,
                                 FS_FOLLOW_NEVER, &place);
    if (error)
        return error;
    return wasi_errno_of_fs(fs_remove_dir(w->fs, &place));
}

uint32_t
wasi_path_rename(void *env, uint32_t fd, uint32_t old_path, uint32_t old_path_len,
                 uint32_t new_fd, uint32_t new_path, uint32_t new_path_len)
{
    struct wasi *w = env;
    struct fs_place from;
    struct fs_place to;
    enum wasi_errno error = find(w, fd, WASI_RIGHT_PATH_RENAME_SOURCE, old_path,
                                 old_path_len, FS_FOLLOW_NEVER, &from);
    if (!error)
        error = find(w, new_fd, WASI_RIGHT_PATH_RENAME_TARGET, new_path, new_path_len,
                     FS_FOLLOW_NEVER, &to);
    if (error)
        return error;
    return wasi_errno_of_fs(fs_rename(w->fs, &from, &to));
}

uint32_t
wasi_path_symlink(void *env, uint32_t old_path, uint32_t old_path_len, uint32_t fd,
                  uint32_t new_path, uint32_t new_path_len)
{
    struct wasi *w = env;
    struct fs_place place;
    const char *target;
    enum wasi_errno error = guest_path(w, old_path, old_path_len, &target);
    if (!error)
        error = find(w, fd, WASI_RIGHT_PATH_SYMLINK, new_path, new_path_len,
                     FS_FOLLOW_NEVER, &place);
    if (error)
        return error;
    return wasi_errno_of_fs(fs_symlink(w->fs, &place, target, old_path_len));
}

uint32_t
wasi_path_unlink_file(void *env, uint32_t fd, uint32_t path, uint32_t path_len)
{
    struct wasi *w = env;
    struct fs_place place;
    enum wasi_errno error =
        find(w, fd, WASI_RIGHT_PATH_UNLINK_FILE, path, path_len, FS_FOLLOW_NEVER, &place);
    if (error)
        return error;
    return wasi_errno_of_fs(fs_unlink(w->fs, &place));
}
