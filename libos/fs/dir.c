// SPDX-License-Identifier: Apache-2.0
//
// Representation: `slots` holds every entry by rising cookie, with gaps where one was
// removed; they are closed when they outnumber the entries. A directory of more than
// SEARCH_MAX entries also has them in hash buckets. Closing gaps and growing buckets are
// improvements only: if memory fails there, nothing is lost.
#include "libos/fs/fs.h"

#include "base/string.h"

#define SEARCH_MAX 8u
#define SLOT_MIN   8u

// FNV-1a.
static uint32_t
hash_name(const char *name, size_t len)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (uint8_t)name[i]) * 16777619u;
    return hash;
}

static bool
is_named(const struct fs_entry *entry, uint32_t hash, const char *name, size_t len)
{
    return entry->hash == hash && entry->name_len == len &&
           memcmp(entry->name, name, len) == 0;
}

static struct fs_entry **
bucket_of(const struct fs_dir *d, uint32_t hash)
{
    return &d->buckets[hash & (d->bucket_count - 1)];
}

struct fs_entry *
fs_dir_find(const struct fs_inode *dir, const char *name, size_t name_len)
{
    const struct fs_dir *d = &dir->dir;
    uint32_t hash = hash_name(name, name_len);
    if (d->bucket_count) {
        struct fs_entry *entry = *bucket_of(d, hash);
        while (entry && !is_named(entry, hash, name, name_len))
            entry = entry->next;
        return entry;
    }
    for (uint32_t i = 0; i < d->slot_count; i++) {
        struct fs_entry *entry = d->slots[i].entry;
        if (entry && is_named(entry, hash, name, name_len))
            return entry;
    }
    return NULL;
}

// The first slot whose cookie is not below `cookie`.
static uint32_t
slot_search(const struct fs_dir *d, uint64_t cookie)
{
    uint32_t lo = 0;
    uint32_t hi = d->slot_count;
    while (lo < hi) {
        uint32_t middle = lo + (hi - lo) / 2;
        if (d->slots[middle].cookie < cookie)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}

struct fs_entry *
fs_dir_next(const struct fs_inode *dir, uint64_t cookie)
{
    const struct fs_dir *d = &dir->dir;
    for (uint32_t i = slot_search(d, cookie); i < d->slot_count; i++) {
        if (d->slots[i].entry)
            return d->slots[i].entry;
    }
    return NULL;
}

static bool
make_slot_room(struct fs *fs, struct fs_dir *d)
{
    if (d->slot_count < d->slot_room)
        return true;
    if (d->slot_room > UINT32_MAX / 2)
        return false;
    uint32_t room = d->slot_room ? d->slot_room * 2 : SLOT_MIN;
    struct fs_slot *slots = allocator_alloc(fs->allocator, room * sizeof(*slots));
    if (!slots)
        return false;
    if (d->slot_count)
        memcpy(slots, d->slots, d->slot_count * sizeof(*slots));
    allocator_free(fs->allocator, d->slots, d->slot_room * sizeof(*slots));
    d->slots = slots;
    d->slot_room = room;
    return true;
}

static void
bucket_insert(struct fs_dir *d, struct fs_entry *entry)
{
    struct fs_entry **bucket = bucket_of(d, entry->hash);
    entry->next = *bucket;
    *bucket = entry;
}

static void
bucket_remove(struct fs_dir *d, struct fs_entry *entry)
{
    struct fs_entry **link = bucket_of(d, entry->hash);
    while (*link != entry)
        link = &(*link)->next;
    *link = entry->next;
}

static void
grow_buckets(struct fs *fs, struct fs_dir *d)
{
    if (d->entry_count <= SEARCH_MAX || d->entry_count <= d->bucket_count)
        return;
    uint32_t count = d->bucket_count ? d->bucket_count * 2 : 4 * SEARCH_MAX;
    struct fs_entry **buckets = allocator_alloc(fs->allocator, count * sizeof(*buckets));
    if (!buckets)
        return;
    allocator_free(fs->allocator, d->buckets, d->bucket_count * sizeof(*buckets));
    d->buckets = buckets;
    d->bucket_count = count;
    for (uint32_t i = 0; i < d->slot_count; i++) {
        if (d->slots[i].entry)
            bucket_insert(d, d->slots[i].entry);
    }
}

static void
adopt(struct fs_inode *dir, struct fs_entry *entry)
{
    entry->inode->links++;
    if (entry->inode->kind == FS_DIR) {
        entry->inode->dir.parent = dir;
        entry->inode->dir.entry = entry;
    }
}

static void
disown(struct fs_entry *entry)
{
    entry->inode->links--;
    // A directory that was renamed already hangs on its new entry.
    if (entry->inode->kind == FS_DIR && entry->inode->dir.entry == entry) {
        entry->inode->dir.parent = NULL;
        entry->inode->dir.entry = NULL;
    }
}

enum fs_error
fs_dir_add(struct fs *fs, struct fs_inode *dir, const char *name, size_t name_len,
           struct fs_inode *inode)
{
    struct fs_dir *d = &dir->dir;
    struct fs_entry *entry = allocator_alloc(fs->allocator, sizeof(*entry) + name_len);
    if (!entry)
        return FS_NO_SPACE;
    if (!make_slot_room(fs, d)) {
        allocator_free(fs->allocator, entry, sizeof(*entry) + name_len);
        return FS_NO_SPACE;
    }
    entry->inode = inode;
    entry->cookie = d->next_cookie++;
    entry->hash = hash_name(name, name_len);
    entry->name_len = (uint32_t)name_len;
    memcpy(entry->name, name, name_len);
    d->slots[d->slot_count++] = (struct fs_slot){.cookie = entry->cookie, .entry = entry};
    d->entry_count++;
    if (d->bucket_count)
        bucket_insert(d, entry);
    grow_buckets(fs, d);
    adopt(dir, entry);
    return FS_OK;
}

static void
close_gaps(struct fs_dir *d)
{
    if (d->slot_count < SLOT_MIN || d->slot_count / 2 < d->entry_count)
        return;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < d->slot_count; i++) {
        if (d->slots[i].entry)
            d->slots[kept++] = d->slots[i];
    }
    d->slot_count = kept;
}

void
fs_dir_remove(struct fs *fs, struct fs_inode *dir, struct fs_entry *entry)
{
    struct fs_dir *d = &dir->dir;
    disown(entry);
    d->slots[slot_search(d, entry->cookie)].entry = NULL;
    if (d->bucket_count)
        bucket_remove(d, entry);
    d->entry_count--;
    close_gaps(d);
    allocator_free(fs->allocator, entry, sizeof(*entry) + entry->name_len);
}

void
fs_dir_replace(struct fs_inode *dir, struct fs_entry *entry, struct fs_inode *inode)
{
    disown(entry);
    entry->inode = inode;
    adopt(dir, entry);
}

void
fs_dir_clear(struct fs *fs, struct fs_dir *dir)
{
    allocator_free(fs->allocator, dir->slots, dir->slot_room * sizeof(*dir->slots));
    allocator_free(fs->allocator, dir->buckets,
                   dir->bucket_count * sizeof(*dir->buckets));
    *dir = (struct fs_dir){0};
}
