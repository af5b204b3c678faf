// SPDX-License-Identifier: Apache-2.0
//
// What has changed is found by comparing paths: an inode from the bundle is intact when
// it stands where its bundle entry says, below directories that are intact. Whatever is
// not intact is removed at its old path and made at its new one. Files are replaced in
// place.
#include "libos/mounts.h"

#include "base/string.h"
#include "libos/log.h"
#include "libos/report.h"

#define COPY_ROOM 16384u // bytes of a file that are sent at once

struct path {
    char bytes[FS_PATH_MAX];
    uint32_t len;
};

static bool
is_origin(const struct bundle *bundle, const struct fs_inode *inode, const char *path,
          uint32_t len)
{
    if (inode->origin == FS_NO_ORIGIN)
        return false;
    struct bundle_text name = bundle_name(bundle, inode->origin);
    return name.len == len && memcmp(name.bytes, path, len) == 0;
}

// Whether a directory and all above it stand where they came from. `path` leads to it.
static bool
is_intact(const struct bundle *bundle, const struct fs_inode *dir, const char *path,
          uint32_t len)
{
    while (dir->dir.parent) {
        if (!is_origin(bundle, dir, path, len))
            return false;
        uint32_t name_len = dir->dir.entry->name_len;
        len = len > name_len ? len - name_len - 1 : 0;
        dir = dir->dir.parent;
    }
    return true;
}

// ---- What is gone ----

// What stands at a bundle path now, without following symlinks, and in which directory.
static const struct fs_inode *
stands_at(const struct fs_inode *root, struct bundle_text path,
          const struct fs_inode **dir, uint32_t *dir_len)
{
    const struct fs_inode *at = root;
    uint32_t lo = 0;
    for (;;) {
        if (at->kind != FS_DIR)
            return NULL;
        uint32_t hi = lo;
        while (hi < path.len && path.bytes[hi] != '/')
            hi++;
        const struct fs_entry *entry = fs_dir_find(at, path.bytes + lo, hi - lo);
        if (!entry)
            return NULL;
        if (hi == path.len) {
            *dir = at;
            *dir_len = lo ? lo - 1 : 0;
            return entry->inode;
        }
        at = entry->inode;
        lo = hi + 1;
    }
}

static bool
is_gone(const struct bundle *bundle, uint32_t index, const struct fs_inode *root)
{
    struct bundle_text path = bundle_name(bundle, index);
    const struct fs_inode *dir;
    uint32_t dir_len;
    const struct fs_inode *inode = stands_at(root, path, &dir, &dir_len);
    if (!inode || !is_intact(bundle, dir, path.bytes, dir_len))
        return true;
    if (bundle->entries[index].kind == SK_BUNDLE_FILE)
        return inode->kind != FS_FILE;
    return inode->origin != index;
}

static void
send_removals(const struct fs_mount *mount, uint32_t preopen, const struct bundle *bundle)
{
    for (uint32_t i = bundle->entry_count; i-- > 0;) {
        const struct sk_bundle_entry *entry = &bundle->entries[i];
        bool is_below = entry->kind >= SK_BUNDLE_DIR && entry->kind <= SK_BUNDLE_SYMLINK;
        if (!is_below || entry->parent != preopen || !is_gone(bundle, i, mount->root))
            continue;
        struct bundle_text path = bundle_name(bundle, i);
        report_begin(SK_REPORT_REMOVE, mount->number, path.bytes, path.len, 0, 0);
    }
}

// ---- What is new or different ----

static void
send_content(const struct fs_inode *inode)
{
    uint8_t copy[COPY_ROOM];
    uint64_t offset = 0;
    size_t n;
    while ((n = fs_file_read(inode, offset, copy, sizeof(copy))) > 0) {
        report_data(copy, n);
        offset += n;
    }
}

static void
send_inode(const struct fs_inode *inode, const struct path *path)
{
    uint32_t number = inode->mount->number;
    switch ((enum fs_kind)inode->kind) {
    case FS_DIR:
        report_begin(SK_REPORT_DIR, number, path->bytes, path->len, 0, inode->mtime_ns);
        break;
    case FS_FILE:
        report_begin(SK_REPORT_FILE, number, path->bytes, path->len, inode->file.size,
                     inode->mtime_ns);
        send_content(inode);
        break;
    case FS_SYMLINK:
        report_begin(SK_REPORT_SYMLINK, number, path->bytes, path->len,
                     inode->symlink.len, 0);
        report_data(inode->symlink.target, inode->symlink.len);
        break;
    }
}

static bool
push_name(struct path *path, const struct fs_entry *entry)
{
    uint32_t slash = path->len ? 1 : 0;
    if (entry->name_len + slash > FS_PATH_MAX - path->len)
        return false;
    if (slash)
        path->bytes[path->len++] = '/';
    memcpy(path->bytes + path->len, entry->name, entry->name_len);
    path->len += entry->name_len;
    return true;
}

static void
pop_name(struct path *path, const struct fs_entry *entry)
{
    path->len -= entry->name_len;
    if (path->len)
        path->len--;
}

static void
send_entry(const struct bundle *bundle, const struct fs_inode *dir,
           const struct fs_entry *entry, const struct path *path)
{
    const struct fs_inode *inode = entry->inode;
    uint32_t dir_len = path->len - entry->name_len;
    dir_len = dir_len ? dir_len - 1 : 0;
    bool is_same = is_origin(bundle, inode, path->bytes, path->len) &&
                   is_intact(bundle, dir, path->bytes, dir_len);
    if (is_same && (inode->kind != FS_FILE || !inode->is_changed))
        return;
    send_inode(inode, path);
}

// Walks the tree without recursion: its depth is the program's to choose.
static void
send_changes(const struct fs_inode *root, const struct bundle *bundle)
{
    struct path path = {.len = 0};
    const struct fs_inode *dir = root;
    uint64_t cookie = 0;
    for (;;) {
        const struct fs_entry *entry = fs_dir_next(dir, cookie);
        if (!entry) {
            entry = dir->dir.entry;
            if (dir == root)
                return;
            pop_name(&path, entry);
            dir = dir->dir.parent;
            cookie = entry->cookie + 1;
            continue;
        }
        cookie = entry->cookie + 1;
        if (!push_name(&path, entry)) {
            log_line("selkis: error: a path longer than %u bytes is not written back",
                     FS_PATH_MAX);
            continue;
        }
        send_entry(bundle, dir, entry, &path);
        if (entry->inode->kind == FS_DIR) {
            dir = entry->inode;
            cookie = 0;
        } else {
            pop_name(&path, entry);
        }
    }
}

void
mounts_write_back(const struct mounts *mounts, const struct bundle *bundle)
{
    for (uint32_t i = 0; i < mounts->count; i++) {
        const struct fs_mount *mount = &mounts->mounts[i];
        if (mount->is_read_only)
            continue;
        send_removals(mount, mounts->entries[i], bundle);
        send_changes(mount->root, bundle);
    }
}
