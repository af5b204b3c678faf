// SPDX-License-Identifier: Apache-2.0
#include "libos/fs/fs.h"

#include "base/string.h"

void
fs_init(struct fs *fs, const struct allocator *allocator, uint64_t (*now_ns)(void))
{
    *fs = (struct fs){.allocator = allocator, .now_ns = now_ns, .next_ino = 1};
}

struct fs_inode *
fs_inode_create(struct fs *fs, struct fs_mount *mount, enum fs_kind kind)
{
    struct fs_inode *inode = allocator_alloc(fs->allocator, sizeof(*inode));
    if (!inode)
        return NULL;
    inode->mount = mount;
    inode->ino = fs->next_ino++;
    inode->kind = (uint8_t)kind;
    inode->origin = FS_NO_ORIGIN;
    if (kind == FS_DIR)
        inode->dir.next_cookie = FS_COOKIE_FIRST;
    return inode;
}

static void
clear(struct fs *fs, struct fs_inode *inode)
{
    switch ((enum fs_kind)inode->kind) {
    case FS_FILE:
        fs_file_clear(fs, &inode->file);
        break;
    case FS_DIR:
        fs_dir_clear(fs, &inode->dir);
        break;
    case FS_SYMLINK:
        if (inode->symlink.is_owned)
            allocator_free(fs->allocator, (void *)(uintptr_t)inode->symlink.target,
                           inode->symlink.len);
        break;
    }
}

void
fs_inode_drop(struct fs *fs, struct fs_inode *inode)
{
    if (inode->links || inode->holds)
        return;
    clear(fs, inode);
    allocator_free(fs->allocator, inode, sizeof(*inode));
}

void
fs_inode_acquire(struct fs_inode *inode)
{
    inode->holds++;
}

void
fs_inode_release(struct fs *fs, struct fs_inode *inode)
{
    inode->holds--;
    fs_inode_drop(fs, inode);
}

void
fs_inode_touch(struct fs *fs, struct fs_inode *inode)
{
    inode->mtime_ns = inode->ctime_ns = fs->now_ns();
    inode->is_changed = true;
    fs->is_changed = true;
}

uint64_t
fs_inode_size(const struct fs_inode *inode)
{
    switch ((enum fs_kind)inode->kind) {
    case FS_FILE:
        return inode->file.size;
    case FS_DIR:
        return inode->dir.entry_count;
    case FS_SYMLINK:
        return inode->symlink.len;
    }
    return 0;
}

enum fs_error
fs_mount_init(struct fs *fs, struct fs_mount *mount, uint32_t number, bool is_read_only)
{
    struct fs_inode *root = fs_inode_create(fs, mount, FS_DIR);
    if (!root)
        return FS_NO_SPACE;
    root->atime_ns = root->mtime_ns = root->ctime_ns = fs->now_ns();
    fs_inode_acquire(root);
    *mount =
        (struct fs_mount){.root = root, .number = number, .is_read_only = is_read_only};
    return FS_OK;
}

// Walks down to a leaf, removes it, and starts again at its parent: no recursion, since
// a program may nest directories as deep as its memory allows.
void
fs_mount_fini(struct fs *fs, struct fs_mount *mount)
{
    struct fs_inode *dir = mount->root;
    while (dir) {
        struct fs_entry *entry = fs_dir_next(dir, 0);
        if (!entry) {
            struct fs_inode *parent = dir->dir.parent;
            if (parent) {
                fs_dir_remove(fs, parent, dir->dir.entry);
                fs_inode_drop(fs, dir);
            }
            dir = parent;
        } else if (entry->inode->kind == FS_DIR) {
            dir = entry->inode;
        } else {
            struct fs_inode *inode = entry->inode;
            fs_dir_remove(fs, dir, entry);
            fs_inode_drop(fs, inode);
        }
    }
    fs_inode_release(fs, mount->root);
    mount->root = NULL;
}
