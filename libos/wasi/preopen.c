// SPDX-License-Identifier: Apache-2.0
//
// fd_prestat_*: how a program finds out which directories it was granted.
#include "libos/wasi/descriptor.h"
#include "libos/wasi/guest.h"

static enum wasi_errno
find(struct wasi *w, uint32_t fd, struct wasi_fd **d)
{
    enum wasi_errno error = descriptor_get(w, fd, 0, d);
    if (error)
        w->missed_grant |= w->preopen_count == 0;
    else if (!(*d)->preopen.bytes)
        return WASI_EBADF;
    return error;
}

uint32_t
wasi_fd_prestat_get(void *env, uint32_t fd, uint32_t stat)
{
    struct wasi *w = env;
    struct wasi_fd *d;
    enum wasi_errno error = find(w, fd, &d);
    if (error)
        return error;
    struct wasi_prestat out = {.pr_name_len = d->preopen.len};
    return guest_store(w, stat, &out, sizeof(out), 4) ? WASI_SUCCESS : WASI_EFAULT;
}

uint32_t
wasi_fd_prestat_dir_name(void *env, uint32_t fd, uint32_t path, uint32_t path_len)
{
    struct wasi *w = env;
    struct wasi_fd *d;
    enum wasi_errno error = find(w, fd, &d);
    if (error)
        return error;
    if (path_len < d->preopen.len)
        return WASI_ENAMETOOLONG;
    return guest_store(w, path, d->preopen.bytes, d->preopen.len, 1) ? WASI_SUCCESS
                                                                     : WASI_EFAULT;
}
