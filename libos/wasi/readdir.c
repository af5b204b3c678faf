// SPDX-License-Identifier: Apache-2.0
//
// fd_readdir. Cookies: 0 is "." and 1 is "..", then come those of the entries, which stay
// with an entry for as long as it lives, so a listing goes on rightly while entries come
// and go.
#include "libos/fs/fs.h"
#include "libos/wasi/descriptor.h"
#include "libos/wasi/filestat.h"
#include "libos/wasi/guest.h"

struct listed {
    struct wasi_dirent dirent;
    const char *name;
};

static void
list(struct listed *out, const struct fs_inode *inode, uint64_t next, const char *name,
     uint32_t name_len)
{
    *out = (struct listed){
        .dirent =
            {
                .d_next = next,
                .d_ino = inode->ino,
                .d_namlen = name_len,
                .d_type = (uint8_t)filestat_type(inode),
            },
        .name = name,
    };
}

// The first entry from `cookie` on. False: there is none.
static bool
list_next(const struct fs_inode *dir, uint64_t cookie, struct listed *out)
{
    if (cookie == 0) {
        list(out, dir, 1, ".", 1);
        return true;
    }
    if (cookie == 1) {
        const struct fs_inode *parent = dir->dir.parent ? dir->dir.parent : dir;
        list(out, parent, FS_COOKIE_FIRST, "..", 2);
        return true;
    }
    const struct fs_entry *entry = fs_dir_next(dir, cookie);
    if (!entry)
        return false;
    list(out, entry->inode, entry->cookie + 1, entry->name, entry->name_len);
    return true;
}

// Copies as much as there is room for; the last entry may be cut off, which tells the
// program that there is more.
static uint32_t
put(uint8_t *buf, uint32_t room, const void *bytes, uint32_t len)
{
    uint32_t n = len < room ? len : room;
    memcpy(buf, bytes, n);
    return n;
}

uint32_t
wasi_fd_readdir(void *env, uint32_t fd, uint32_t buf, uint32_t buf_len, uint64_t cookie,
                uint32_t bufused)
{
    struct wasi *w = env;
    struct wasi_fd *d;
    uint8_t *bytes;
    enum wasi_errno error = descriptor_dir(w, fd, WASI_RIGHT_FD_READDIR, &d);
    if (error)
        return error;
    if (!guest_bytes(w, buf, buf_len, &bytes) || !guest_holds(w, bufused, 4, 4))
        return WASI_EFAULT;
    uint32_t used = 0;
    struct listed entry;
    while (used < buf_len && list_next(d->inode, cookie, &entry)) {
        used += put(bytes + used, buf_len - used, &entry.dirent, sizeof(entry.dirent));
        used += put(bytes + used, buf_len - used, entry.name, entry.dirent.d_namlen);
        cookie = entry.dirent.d_next;
    }
    guest_store_u32(w, bufused, used);
    return WASI_SUCCESS;
}
