// SPDX-License-Identifier: Apache-2.0
//
// The memory file system: inodes in the heap, one tree for each preopened directory.
//
//   mount ── root inode (DIR) ── entry "a" ── inode (FILE) ── source bytes + written
//   chunks
//
// Files of the boot bundle are read in place; what is written lies in chunks of its own.
// An inode lives while an entry names it (links) or somebody holds it (holds). Paths are
// resolved relative to a directory and never lead out of it (path.c).
//
// Access times are not kept up by reads.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libos/allocator.h"

#define FS_NAME_MAX    255u          // bytes of a name
#define FS_PATH_MAX    4096u         // bytes of a path or a symlink's target
#define FS_SYMLINK_MAX 40u           // symlinks followed in one resolution
#define FS_FILE_MAX    (64ull << 30) // bytes of a file
#define FS_CHUNK       4096u         // unit in which written content is kept
#define FS_NO_ORIGIN   UINT32_MAX

enum fs_error {
    FS_OK = 0,
    FS_NO_ENTRY,
    FS_EXISTS,
    FS_NOT_DIR,
    FS_IS_DIR,
    FS_NOT_EMPTY,
    FS_LOOP,          // more symlinks than FS_SYMLINK_MAX, or one where none is followed
    FS_NAME_TOO_LONG, // a name or the whole path
    FS_NO_SPACE,      // out of memory
    FS_TOO_BIG,       // beyond FS_FILE_MAX
    FS_READ_ONLY,     // the mount is
    FS_ESCAPE,        // the path leads out of its directory
    FS_INVALID,       // not possible for this object, ever
    FS_NOT_PERMITTED, // a hard link to a directory
    FS_BUSY,          // ".", ".." or a root where an entry is needed
    FS_CROSS_MOUNT,
};

enum fs_kind {
    FS_FILE = 1,
    FS_DIR = 2,
    FS_SYMLINK = 3,
};

struct fs_inode;
struct fs_entry;

struct fs_file {
    const uint8_t *source; // read-only content of [0, source_len) where no chunk is
    uint64_t source_len;   // at most size
    uint64_t size;
    uint8_t **chunks; // [i]: bytes from i * FS_CHUNK on, or NULL; zero beyond size
    uint64_t chunk_room;
};

// Where an entry stands in its directory's order; entry is NULL after removal.
struct fs_slot {
    uint64_t cookie;
    struct fs_entry *entry;
};

struct fs_dir {
    struct fs_inode *parent; // NULL: a root, or removed
    struct fs_entry *entry;  // the one that names this directory in its parent
    struct fs_slot *slots;   // by rising cookie, the order of creation
    struct fs_entry **buckets;
    uint64_t next_cookie;
    uint32_t slot_count;
    uint32_t slot_room;
    uint32_t bucket_count; // 0: so few entries that the slots are searched
    uint32_t entry_count;
};

struct fs_symlink {
    const char *target;
    uint32_t len;
    bool is_owned; // target is on the heap, not in the bundle
};

struct fs_mount;

struct fs_inode {
    struct fs_mount *mount;
    uint64_t ino;
    uint64_t atime_ns;
    uint64_t mtime_ns;
    uint64_t ctime_ns;
    uint32_t links;  // entries that name it
    uint32_t holds;  // descriptors and roots
    uint32_t origin; // bundle entry that it came from, or FS_NO_ORIGIN
    uint8_t kind;    // enum fs_kind
    bool is_changed; // differs from its origin
    union {
        struct fs_file file;
        struct fs_dir dir;
        struct fs_symlink symlink;
    };
};

struct fs_entry {
    struct fs_inode *inode;
    struct fs_entry *next; // in its bucket
    uint64_t cookie;
    uint32_t hash;
    uint32_t name_len;
    char name[];
};

struct fs_mount {
    struct fs_inode *root;
    uint32_t number; // from 0, in the order of the preopens
    bool is_read_only;
};

struct fs {
    const struct allocator *allocator;
    uint64_t (*now_ns)(void); // since 1970
    uint64_t next_ino;
    bool is_changed; // anything, since it was built from the bundle
};

void fs_init(struct fs *fs, const struct allocator *allocator, uint64_t (*now_ns)(void));

// ---- Inodes (inode.c) ----

// An empty tree. Errors: FS_NO_SPACE.
enum fs_error fs_mount_init(struct fs *fs, struct fs_mount *mount, uint32_t number,
                            bool is_read_only);
// Frees the tree, but for what somebody else holds.
void fs_mount_fini(struct fs *fs, struct fs_mount *mount);

// A new inode without links or holds, or NULL.
struct fs_inode *fs_inode_create(struct fs *fs, struct fs_mount *mount,
                                 enum fs_kind kind);
void fs_inode_acquire(struct fs_inode *inode);
void fs_inode_release(struct fs *fs, struct fs_inode *inode);
// Frees the inode when nobody names or holds it.
void fs_inode_drop(struct fs *fs, struct fs_inode *inode);
// Content has changed now.
void fs_inode_touch(struct fs *fs, struct fs_inode *inode);
uint64_t // of a file or symlink; a directory: its entries
fs_inode_size(const struct fs_inode *inode);

// ---- Content of files (file.c) ----

// Returns how many bytes were read: less than len only at the end.
size_t fs_file_read(const struct fs_inode *inode, uint64_t offset, void *bytes,
                    size_t len);
// *written may be short, but not 0, when memory runs out (else FS_NO_SPACE).
// Errors: FS_READ_ONLY, FS_TOO_BIG, FS_NO_SPACE.
enum fs_error fs_file_write(struct fs *fs, struct fs_inode *inode, uint64_t offset,
                            const void *bytes, size_t len, size_t *written);
// Errors: FS_READ_ONLY, FS_TOO_BIG.
enum fs_error fs_file_resize(struct fs *fs, struct fs_inode *inode, uint64_t size);
void fs_file_clear(struct fs *fs, struct fs_file *file);

// ---- Directories (dir.c) ----

struct fs_entry *fs_dir_find(const struct fs_inode *dir, const char *name,
                             size_t name_len);
// The first entry whose cookie is not below `cookie`, or NULL. Cookies start at
// FS_COOKIE_FIRST, rise in order of creation, and are never used twice in a directory.
struct fs_entry *fs_dir_next(const struct fs_inode *dir, uint64_t cookie);
// Adds an entry whose name is not there yet, and counts the link. Errors: FS_NO_SPACE.
enum fs_error fs_dir_add(struct fs *fs, struct fs_inode *dir, const char *name,
                         size_t name_len, struct fs_inode *inode);
// Removes an entry and its link; frees the entry, not the inode.
void fs_dir_remove(struct fs *fs, struct fs_inode *dir, struct fs_entry *entry);
// Lets an entry name another inode; links follow.
void fs_dir_replace(struct fs_inode *dir, struct fs_entry *entry, struct fs_inode *inode);
void fs_dir_clear(struct fs *fs, struct fs_dir *dir);

#define FS_COOKIE_FIRST 2u // 0 and 1 are left for "." and ".."

// ---- Paths (path.c) ----

enum fs_follow {
    FS_FOLLOW_NEVER, // the last name itself, also when a slash follows it
    FS_FOLLOW_SLASH, // a symlink in last place only when a slash follows
    FS_FOLLOW_LAST,
};

// Where a path leads. Valid until the file system changes; name points into the path or
// into a symlink.
struct fs_place {
    struct fs_inode *dir; // of the last name; NULL when the path ends with "." or ".."
    const char *name;
    size_t name_len;
    struct fs_entry *entry; // of that name, or NULL
    struct fs_inode *inode; // what is there, or NULL
    bool has_slash;         // only a directory will do
};

// Whether a slash asks for a directory where there is something else.
static inline bool
fs_place_is_misfit(const struct fs_place *place)
{
    return place->has_slash && place->inode && place->inode->kind != FS_DIR;
}

// Resolves `path` relative to the directory `start` and inside it. That nothing is at the
// end of the path, or something that does not fit a slash there, is no error.
// Errors: FS_NO_ENTRY, FS_NOT_DIR, FS_LOOP, FS_NAME_TOO_LONG, FS_ESCAPE.
enum fs_error fs_resolve(struct fs_inode *start, const char *path, size_t path_len,
                         enum fs_follow follow, struct fs_place *place);

// ---- Changes to the tree (tree.c) ----
// All check first; all-or-nothing. Errors, besides those named: FS_READ_ONLY,
// FS_NO_SPACE.

// Makes a file or directory. Errors: FS_EXISTS, FS_IS_DIR (a file with a slash behind),
// FS_NO_ENTRY (in a removed directory).
enum fs_error fs_create(struct fs *fs, const struct fs_place *place, enum fs_kind kind,
                        struct fs_inode **inode);
// Errors: FS_EXISTS, FS_NO_ENTRY, FS_NAME_TOO_LONG, FS_ESCAPE (an absolute target).
enum fs_error fs_symlink(struct fs *fs, const struct fs_place *place, const char *target,
                         size_t len);
// Errors: FS_EXISTS, FS_NO_ENTRY, FS_NOT_PERMITTED, FS_CROSS_MOUNT.
enum fs_error fs_link(struct fs *fs, struct fs_inode *inode,
                      const struct fs_place *place);
// Errors: FS_NO_ENTRY, FS_IS_DIR, FS_NOT_DIR (a slash behind a file).
enum fs_error fs_unlink(struct fs *fs, const struct fs_place *place);
// Errors: FS_NO_ENTRY, FS_NOT_DIR, FS_NOT_EMPTY, FS_INVALID.
enum fs_error fs_remove_dir(struct fs *fs, const struct fs_place *place);
// As POSIX rename. Errors: FS_NO_ENTRY, FS_NOT_DIR, FS_IS_DIR, FS_NOT_EMPTY, FS_INVALID,
// FS_BUSY, FS_CROSS_MOUNT.
enum fs_error fs_rename(struct fs *fs, const struct fs_place *from,
                        const struct fs_place *to);
