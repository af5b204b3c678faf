// SPDX-License-Identifier: Apache-2.0
//
// Changes to the tree: each checks, then commits. The only step of a commit that can
// fail, the memory of a new entry, comes before anything else is changed.
#include "libos/fs/fs.h"

#include "base/string.h"

// Whether a new entry may be made at `place`.
static enum fs_error
check_vacant(const struct fs_place *place)
{
    if (place->inode)
        return FS_EXISTS;
    if (place->dir->mount->is_read_only)
        return FS_READ_ONLY;
    // A removed directory takes no entries.
    if (!place->dir->links && place->dir != place->dir->mount->root)
        return FS_NO_ENTRY;
    return FS_OK;
}

static enum fs_error
insert(struct fs *fs, const struct fs_place *place, struct fs_inode *inode)
{
    enum fs_error error = fs_dir_add(fs, place->dir, place->name, place->name_len, inode);
    if (error) {
        fs_inode_drop(fs, inode);
        return error;
    }
    fs_inode_touch(fs, inode);
    inode->atime_ns = inode->mtime_ns;
    fs_inode_touch(fs, place->dir);
    return FS_OK;
}

enum fs_error
fs_create(struct fs *fs, const struct fs_place *place, enum fs_kind kind,
          struct fs_inode **inode)
{
    enum fs_error error = check_vacant(place);
    if (error)
        return error;
    if (kind != FS_DIR && place->has_slash)
        return FS_IS_DIR;
    struct fs_inode *created = fs_inode_create(fs, place->dir->mount, kind);
    if (!created)
        return FS_NO_SPACE;
    error = insert(fs, place, created);
    if (!error)
        *inode = created;
    return error;
}

enum fs_error
fs_symlink(struct fs *fs, const struct fs_place *place, const char *target, size_t len)
{
    enum fs_error error = check_vacant(place);
    if (error)
        return error;
    if (place->has_slash || len == 0)
        return FS_NO_ENTRY;
    if (len > FS_PATH_MAX)
        return FS_NAME_TOO_LONG;
    if (target[0] == '/')
        return FS_ESCAPE;
    char *copy = allocator_alloc(fs->allocator, len);
    if (!copy)
        return FS_NO_SPACE;
    memcpy(copy, target, len);
    struct fs_inode *inode = fs_inode_create(fs, place->dir->mount, FS_SYMLINK);
    if (!inode) {
        allocator_free(fs->allocator, copy, len);
        return FS_NO_SPACE;
    }
    inode->symlink =
        (struct fs_symlink){.target = copy, .len = (uint32_t)len, .is_owned = true};
    return insert(fs, place, inode);
}

enum fs_error
fs_link(struct fs *fs, struct fs_inode *inode, const struct fs_place *place)
{
    enum fs_error error = check_vacant(place);
    if (error)
        return error;
    if (place->has_slash)
        return FS_NO_ENTRY;
    if (inode->kind == FS_DIR)
        return FS_NOT_PERMITTED;
    if (inode->mount != place->dir->mount)
        return FS_CROSS_MOUNT;
    error = fs_dir_add(fs, place->dir, place->name, place->name_len, inode);
    if (error)
        return error;
    inode->ctime_ns = fs->now_ns();
    fs_inode_touch(fs, place->dir);
    return FS_OK;
}

static void
remove_entry(struct fs *fs, const struct fs_place *place)
{
    struct fs_inode *inode = place->inode;
    fs_dir_remove(fs, place->dir, place->entry);
    inode->ctime_ns = fs->now_ns();
    fs_inode_drop(fs, inode);
    fs_inode_touch(fs, place->dir);
}

enum fs_error
fs_unlink(struct fs *fs, const struct fs_place *place)
{
    if (!place->inode)
        return FS_NO_ENTRY;
    if (fs_place_is_misfit(place))
        return FS_NOT_DIR;
    if (place->inode->kind == FS_DIR)
        return FS_IS_DIR;
    if (place->dir->mount->is_read_only)
        return FS_READ_ONLY;
    remove_entry(fs, place);
    return FS_OK;
}

enum fs_error
fs_remove_dir(struct fs *fs, const struct fs_place *place)
{
    if (!place->inode)
        return FS_NO_ENTRY;
    if (place->inode->kind != FS_DIR)
        return FS_NOT_DIR;
    if (!place->entry)
        return FS_INVALID;
    if (place->inode->dir.entry_count)
        return FS_NOT_EMPTY;
    if (place->dir->mount->is_read_only)
        return FS_READ_ONLY;
    remove_entry(fs, place);
    return FS_OK;
}

static bool
is_inside(const struct fs_inode *dir, const struct fs_inode *ancestor)
{
    while (dir && dir != ancestor)
        dir = dir->dir.parent;
    return dir == ancestor;
}

static enum fs_error
check_rename_dir(const struct fs_place *from, const struct fs_place *to)
{
    if (from->inode == to->inode)
        return FS_OK;
    if (is_inside(to->dir, from->inode))
        return FS_INVALID;
    if (!to->inode)
        return FS_OK;
    if (to->inode->kind != FS_DIR)
        return FS_NOT_DIR;
    return to->inode->dir.entry_count ? FS_NOT_EMPTY : FS_OK;
}

static enum fs_error
check_rename(const struct fs_place *from, const struct fs_place *to)
{
    if (!from->dir || !to->dir)
        return FS_BUSY;
    if (!from->inode)
        return FS_NO_ENTRY;
    bool is_dir = from->inode->kind == FS_DIR;
    if (!is_dir && (from->has_slash || to->has_slash))
        return FS_NOT_DIR;
    if (from->dir->mount != to->dir->mount)
        return FS_CROSS_MOUNT;
    if (from->dir->mount->is_read_only)
        return FS_READ_ONLY;
    if (to->inode && is_inside(from->dir, to->inode))
        return FS_NOT_EMPTY;
    if (is_dir) {
        enum fs_error error = check_rename_dir(from, to);
        if (error)
            return error;
    } else if (to->inode && to->inode->kind == FS_DIR) {
        return FS_IS_DIR;
    }
    if (to->inode)
        return FS_OK;
    return check_vacant(to);
}

enum fs_error
fs_rename(struct fs *fs, const struct fs_place *from, const struct fs_place *to)
{
    enum fs_error error = check_rename(from, to);
    if (error || from->inode == to->inode)
        return error;
    struct fs_inode *moved = from->inode;
    struct fs_inode *replaced = to->inode;
    if (replaced)
        fs_dir_replace(to->dir, to->entry, moved);
    else
        error = fs_dir_add(fs, to->dir, to->name, to->name_len, moved);
    if (error)
        return error;
    fs_dir_remove(fs, from->dir, from->entry);
    moved->ctime_ns = fs->now_ns();
    if (replaced)
        fs_inode_drop(fs, replaced);
    fs_inode_touch(fs, from->dir);
    fs_inode_touch(fs, to->dir);
    return FS_OK;
}
