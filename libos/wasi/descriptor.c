// SPDX-License-Identifier: Apache-2.0
#include "libos/wasi/descriptor.h"

#include "base/string.h"
#include "libos/allocator.h"
#include "libos/fs/fs.h"

#define FD_ROOM_MIN 16u

static struct wasi_fd *
lookup(struct wasi *w, uint32_t fd)
{
    if (fd >= w->fd_room || w->fds[fd].kind == WASI_FD_CLOSED)
        return NULL;
    return &w->fds[fd];
}

static enum wasi_errno
check_rights(const struct wasi_fd *d, uint64_t rights)
{
    uint64_t missing = rights & ~d->rights_base;
    if (missing & (WASI_RIGHT_FD_READ | WASI_RIGHT_FD_WRITE))
        return WASI_EBADF;
    return missing ? WASI_ENOTCAPABLE : WASI_SUCCESS;
}

enum wasi_errno
descriptor_get(struct wasi *w, uint32_t fd, uint64_t rights, struct wasi_fd **d)
{
    struct wasi_fd *found = lookup(w, fd);
    if (!found)
        return WASI_EBADF;
    *d = found;
    return check_rights(found, rights);
}

enum wasi_errno
descriptor_file(struct wasi *w, uint32_t fd, uint64_t rights, struct wasi_fd **d)
{
    struct wasi_fd *found = lookup(w, fd);
    if (!found)
        return WASI_EBADF;
    if (found->kind == WASI_FD_DIR)
        return WASI_EISDIR;
    if (found->kind != WASI_FD_FILE)
        return WASI_ESPIPE;
    *d = found;
    return check_rights(found, rights);
}

enum wasi_errno
descriptor_dir(struct wasi *w, uint32_t fd, uint64_t rights, struct wasi_fd **d)
{
    struct wasi_fd *found = lookup(w, fd);
    if (!found) {
        w->missed_grant |= w->preopen_count == 0;
        return WASI_EBADF;
    }
    if (found->kind != WASI_FD_DIR)
        return WASI_ENOTDIR;
    *d = found;
    return check_rights(found, rights);
}

// The lowest free number, or fd_room.
static uint32_t
lowest_free(struct wasi *w)
{
    while (w->fd_lowest < w->fd_room && w->fds[w->fd_lowest].kind != WASI_FD_CLOSED)
        w->fd_lowest++;
    return w->fd_lowest;
}

static void
forget(struct wasi *w, struct wasi_fd *d)
{
    uint32_t fd = (uint32_t)(d - w->fds);
    *d = (struct wasi_fd){0};
    if (fd < w->fd_lowest)
        w->fd_lowest = fd;
}

enum wasi_errno
descriptor_reserve(struct wasi *w)
{
    if (lowest_free(w) < w->fd_room)
        return WASI_SUCCESS;
    if (w->fd_room >= WASI_FD_MAX)
        return WASI_EMFILE;
    uint32_t room = w->fd_room ? w->fd_room * 2 : FD_ROOM_MIN;
    struct wasi_fd *fds = allocator_alloc(w->allocator, room * sizeof(*fds));
    if (!fds)
        return WASI_ENOMEM;
    if (w->fd_room)
        memcpy(fds, w->fds, w->fd_room * sizeof(*fds));
    allocator_free(w->allocator, w->fds, w->fd_room * sizeof(*fds));
    w->fds = fds;
    w->fd_room = room;
    return WASI_SUCCESS;
}

uint32_t
descriptor_add(struct wasi *w, const struct wasi_fd *d)
{
    uint32_t fd = lowest_free(w);
    w->fds[fd] = *d;
    if (d->inode)
        fs_inode_acquire(d->inode);
    return fd;
}

void
descriptor_close(struct wasi *w, struct wasi_fd *d)
{
    if (d->inode)
        fs_inode_release(w->fs, d->inode);
    forget(w, d);
}

void
descriptor_move(struct wasi *w, struct wasi_fd *from, struct wasi_fd *to)
{
    descriptor_close(w, to);
    *to = *from;
    forget(w, from);
}

static bool
is_terminal(const struct wasi *w, char fd)
{
    struct bundle_text list = bundle_option(w->bundle, "tty");
    for (uint32_t i = 0; i < list.len; i++)
        if (list.bytes[i] == fd)
            return true;
    return false;
}

bool
wasi_init(struct wasi *w)
{
    if (descriptor_reserve(w))
        return false;
    struct wasi_fd console = {
        .kind = WASI_FD_INPUT,
        .console = SK_SLOT_CONSOLE,
        .is_terminal = is_terminal(w, '0'),
        .rights_base = WASI_RIGHTS_CONSOLE | WASI_RIGHT_FD_READ,
    };
    descriptor_add(w, &console);
    console.kind = WASI_FD_OUTPUT;
    console.is_terminal = is_terminal(w, '1');
    console.rights_base = WASI_RIGHTS_CONSOLE | WASI_RIGHT_FD_WRITE;
    descriptor_add(w, &console);
    console.console = SK_SLOT_LOG;
    console.is_terminal = is_terminal(w, '2');
    descriptor_add(w, &console);
    return true;
}

void
wasi_fini(struct wasi *w)
{
    for (uint32_t fd = 0; fd < w->fd_room; fd++)
        descriptor_close(w, &w->fds[fd]);
    allocator_free(w->allocator, w->fds, w->fd_room * sizeof(*w->fds));
    w->fds = NULL;
    w->fd_room = 0;
}

bool
wasi_preopen(struct wasi *w, struct fs_mount *mount, struct bundle_text name)
{
    if (descriptor_reserve(w))
        return false;
    struct wasi_fd dir = {
        .kind = WASI_FD_DIR,
        .inode = mount->root,
        .rights_base = WASI_RIGHTS_DIR,
        .rights_inheriting = WASI_RIGHTS_DIR | WASI_RIGHTS_FILE,
        .preopen = name,
    };
    descriptor_add(w, &dir);
    w->preopen_count++;
    return true;
}
