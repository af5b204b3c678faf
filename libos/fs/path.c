// SPDX-License-Identifier: Apache-2.0
//
// Path resolution. What is left to walk is a stack of texts: the path at the bottom,
// above it the target of each symlink that is being followed. The walk only goes down
// from the directory it started in and up to that directory again, and absolute texts are
// refused, so it cannot leave.
#include "libos/fs/fs.h"

struct text {
    const char *at;
    const char *end;
};

struct walk {
    struct text texts[FS_SYMLINK_MAX + 1];
    unsigned count;
    unsigned followed;
};

struct name {
    const char *bytes;
    size_t len;
    bool is_last;
    bool has_slash; // behind it
};

static void
skip_slashes(struct text *text)
{
    while (text->at < text->end && *text->at == '/')
        text->at++;
}

// Whether only slashes, at least one if *has_slash, are left to walk.
static bool
nothing_left(const struct walk *w, bool *has_slash)
{
    *has_slash = false;
    for (unsigned i = w->count; i-- > 0;) {
        for (const char *at = w->texts[i].at; at < w->texts[i].end; at++) {
            if (*at != '/')
                return false;
            *has_slash = true;
        }
    }
    return true;
}

// False: the walk is over.
static bool
next_name(struct walk *w, struct name *name)
{
    while (w->count) {
        struct text *text = &w->texts[w->count - 1];
        skip_slashes(text);
        if (text->at < text->end)
            break;
        w->count--;
    }
    if (!w->count)
        return false;
    struct text *text = &w->texts[w->count - 1];
    name->bytes = text->at;
    while (text->at < text->end && *text->at != '/')
        text->at++;
    name->len = (size_t)(text->at - name->bytes);
    name->is_last = nothing_left(w, &name->has_slash);
    return true;
}

static enum fs_error
push_symlink(struct walk *w, const struct fs_symlink *symlink)
{
    if (w->followed == FS_SYMLINK_MAX)
        return FS_LOOP;
    if (symlink->len == 0)
        return FS_NO_ENTRY;
    if (symlink->target[0] == '/')
        return FS_ESCAPE;
    w->followed++;
    w->texts[w->count++] = (struct text){symlink->target, symlink->target + symlink->len};
    return FS_OK;
}

static bool
is_dots(const struct name *name, size_t count)
{
    if (name->len != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (name->bytes[i] != '.')
            return false;
    }
    return true;
}

static bool
must_follow(const struct name *name, enum fs_follow follow)
{
    if (!name->is_last || follow == FS_FOLLOW_LAST)
        return true;
    return follow == FS_FOLLOW_SLASH && name->has_slash;
}

enum fs_error
fs_resolve(struct fs_inode *start, const char *path, size_t path_len,
           enum fs_follow follow, struct fs_place *place)
{
    if (path_len == 0)
        return FS_NO_ENTRY;
    if (path_len > FS_PATH_MAX)
        return FS_NAME_TOO_LONG;
    if (path[0] == '/')
        return FS_ESCAPE;
    struct walk walk;
    walk.texts[0] = (struct text){path, path + path_len};
    walk.count = 1;
    walk.followed = 0;
    struct fs_inode *at = start;
    *place = (struct fs_place){.inode = start};
    struct name name;
    while (next_name(&walk, &name)) {
        if (at->kind != FS_DIR)
            return FS_NOT_DIR;
        if (is_dots(&name, 1) || is_dots(&name, 2)) {
            if (name.len == 2 && at == start)
                return FS_ESCAPE;
            if (name.len == 2)
                at = at->dir.parent;
            *place = (struct fs_place){.inode = at, .has_slash = name.has_slash};
            continue;
        }
        if (name.len > FS_NAME_MAX)
            return FS_NAME_TOO_LONG;
        struct fs_entry *entry = fs_dir_find(at, name.bytes, name.len);
        if (!entry && !name.is_last)
            return FS_NO_ENTRY;
        if (entry && entry->inode->kind == FS_SYMLINK && must_follow(&name, follow)) {
            enum fs_error error = push_symlink(&walk, &entry->inode->symlink);
            if (error)
                return error;
            continue;
        }
        *place = (struct fs_place){
            .dir = at,
            .name = name.bytes,
            .name_len = name.len,
            .entry = entry,
            .inode = entry ? entry->inode : NULL,
            .has_slash = name.has_slash,
        };
        if (entry)
            at = entry->inode;
    }
    return FS_OK;
}
