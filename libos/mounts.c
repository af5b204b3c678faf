// SPDX-License-Identifier: Apache-2.0
//
// Mounts and the numbers of their entries share one allocation, which lives as long as
// the domain.
#include "libos/mounts.h"

#include "base/string.h"

static const char no_memory[] = "out of memory: the granted directories do not fit; "
                                "give the program more with --mem";

static uint32_t
count_preopens(const struct bundle *bundle)
{
    uint32_t count = 0;
    for (uint32_t i = bundle_next(bundle, 0, SK_BUNDLE_PREOPEN); i < bundle->entry_count;
         i = bundle_next(bundle, i + 1, SK_BUNDLE_PREOPEN))
        count++;
    return count;
}

// Preopens are few; files of one come together, so the last answer is mostly right.
static struct fs_mount *
mount_of(const struct mounts *mounts, uint32_t entry)
{
    for (uint32_t i = mounts->count; i-- > 0;) {
        if (mounts->entries[i] == entry)
            return &mounts->mounts[i];
    }
    return NULL;
}

static const char *
add_mount(struct mounts *mounts, struct fs *fs, const struct bundle *bundle,
          uint32_t entry)
{
    uint32_t number = mounts->count;
    bool read_only = bundle->entries[entry].flags & SK_BUNDLE_READ_ONLY;
    if (fs_mount_init(fs, &mounts->mounts[number], number, read_only))
        return no_memory;
    mounts->entries[number] = entry;
    mounts->count++;
    return NULL;
}

static uint32_t
last_slash(struct bundle_text name)
{
    uint32_t at = name.len;
    while (at > 0 && name.bytes[at - 1] != '/')
        at--;
    return at;
}

// Splits a bundle name into its directory, which must be there, and its last name.
static bool
find_place(struct fs_inode *root, struct bundle_text name, struct fs_place *place)
{
    uint32_t slash = last_slash(name);
    struct fs_inode *dir = root;
    if (slash) {
        struct fs_place parent;
        if (fs_resolve(root, name.bytes, slash - 1, FS_FOLLOW_NEVER, &parent) ||
            !parent.inode || parent.inode->kind != FS_DIR)
            return false;
        dir = parent.inode;
    }
    return !fs_resolve(dir, name.bytes + slash, name.len - slash, FS_FOLLOW_NEVER,
                       place) &&
           place->dir && !place->entry;
}

static void
fill(struct fs_inode *inode, const struct bundle *bundle, uint32_t index)
{
    const struct sk_bundle_entry *entry = &bundle->entries[index];
    inode->origin = index;
    inode->atime_ns = inode->mtime_ns = inode->ctime_ns = entry->mtime_ns;
    if (entry->kind == SK_BUNDLE_FILE)
        inode->file = (struct fs_file){
            .source = bundle_data(bundle, index),
            .source_len = entry->data_len,
            .size = entry->data_len,
        };
    if (entry->kind == SK_BUNDLE_SYMLINK)
        inode->symlink = (struct fs_symlink){
            .target = (const char *)bundle_data(bundle, index),
            .len = (uint32_t)entry->data_len,
        };
}

static const char *
add_entry(struct fs *fs, struct fs_mount *mount, const struct bundle *bundle,
          uint32_t index)
{
    struct fs_place place;
    uint32_t kind = bundle->entries[index].kind;
    if (!mount || !find_place(mount->root, bundle_name(bundle, index), &place))
        return "boot bundle: a file's name is absolute, unnormalised, double or without "
               "its directory";
    if (kind == SK_BUNDLE_SYMLINK && bundle->entries[index].data_len > FS_PATH_MAX)
        return "boot bundle: a symlink's target is too long";
    struct fs_inode *inode = fs_inode_create(fs, mount,
                                             kind == SK_BUNDLE_DIR    ? FS_DIR
                                             : kind == SK_BUNDLE_FILE ? FS_FILE
                                                                      : FS_SYMLINK);
    if (!inode)
        return no_memory;
    fill(inode, bundle, index);
    if (fs_dir_add(fs, place.dir, place.name, place.name_len, inode)) {
        fs_inode_drop(fs, inode);
        return no_memory;
    }
    return NULL;
}

static const char *
add_any(struct mounts *mounts, struct fs *fs, const struct bundle *bundle, uint32_t index)
{
    const struct sk_bundle_entry *entry = &bundle->entries[index];
    switch ((enum sk_bundle_kind)entry->kind) {
    case SK_BUNDLE_PREOPEN:
        return add_mount(mounts, fs, bundle, index);
    case SK_BUNDLE_DIR:
    case SK_BUNDLE_FILE:
    case SK_BUNDLE_SYMLINK:
        return add_entry(fs, mount_of(mounts, entry->parent), bundle, index);
    default:
        return NULL;
    }
}

const char *
mounts_init(struct mounts *mounts, struct fs *fs, const struct bundle *bundle)
{
    *mounts = (struct mounts){0};
    uint32_t count = count_preopens(bundle);
    if (!count)
        return NULL;
    size_t mounts_len = count * sizeof(*mounts->mounts);
    uint8_t *bytes =
        allocator_alloc(fs->allocator, mounts_len + count * sizeof(*mounts->entries));
    if (!bytes)
        return no_memory;
    mounts->mounts = (struct fs_mount *)(void *)bytes;
    mounts->entries = (uint32_t *)(void *)(bytes + mounts_len);
    for (uint32_t i = 0; i < bundle->entry_count; i++) {
        const char *error = add_any(mounts, fs, bundle, i);
        if (error)
            return error;
    }
    return NULL;
}
