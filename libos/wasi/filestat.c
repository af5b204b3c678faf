// SPDX-License-Identifier: Apache-2.0
#include "libos/wasi/filestat.h"

enum wasi_filetype
filestat_type(const struct fs_inode *inode)
{
    switch ((enum fs_kind)inode->kind) {
    case FS_FILE:
        return WASI_FILETYPE_REGULAR_FILE;
    case FS_DIR:
        return WASI_FILETYPE_DIRECTORY;
    case FS_SYMLINK:
        return WASI_FILETYPE_SYMBOLIC_LINK;
    }
    return WASI_FILETYPE_UNKNOWN;
}

void
filestat_of(const struct fs_inode *inode, struct wasi_filestat *stat)
{
    *stat = (struct wasi_filestat){
        .dev = (uint64_t)inode->mount->number + 1,
        .ino = inode->ino,
        .filetype = (uint8_t)filestat_type(inode),
        // A root has no entry; it is there all the same.
        .nlink = inode == inode->mount->root ? 1 : inode->links,
        .size = fs_inode_size(inode),
        .atim = inode->atime_ns,
        .mtim = inode->mtime_ns,
        .ctim = inode->ctime_ns,
    };
}

static bool
both_set(uint32_t flags, uint32_t a, uint32_t b)
{
    return flags & a && flags & b;
}

enum wasi_errno
filestat_set_times(struct fs *fs, struct fs_inode *inode, uint64_t atim, uint64_t mtim,
                   uint32_t fst_flags)
{
    if (fst_flags & ~WASI_FSTFLAGS_ALL ||
        both_set(fst_flags, WASI_FSTFLAG_ATIM, WASI_FSTFLAG_ATIM_NOW) ||
        both_set(fst_flags, WASI_FSTFLAG_MTIM, WASI_FSTFLAG_MTIM_NOW))
        return WASI_EINVAL;
    if (inode->mount->is_read_only)
        return WASI_EROFS;
    uint64_t now = fs->now_ns();
    if (fst_flags & (WASI_FSTFLAG_ATIM | WASI_FSTFLAG_ATIM_NOW))
        inode->atime_ns = fst_flags & WASI_FSTFLAG_ATIM ? atim : now;
    if (fst_flags & (WASI_FSTFLAG_MTIM | WASI_FSTFLAG_MTIM_NOW)) {
        inode->mtime_ns = fst_flags & WASI_FSTFLAG_MTIM ? mtim : now;
        inode->is_changed = true;
    }
    if (fst_flags)
        inode->ctime_ns = now;
    return WASI_SUCCESS;
}
