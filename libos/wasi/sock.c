// SPDX-License-Identifier: Apache-2.0
//
// sock_*: no descriptor is a socket, since nothing grants one.
#include "libos/wasi/descriptor.h"

static uint32_t
refuse(struct wasi *w, uint32_t fd)
{
    struct wasi_fd *d;
    enum wasi_errno error = descriptor_get(w, fd, 0, &d);
    return error ? error : WASI_ENOTSOCK;
}

uint32_t
wasi_sock_accept(void *env, uint32_t fd, uint32_t flags, uint32_t accepted)
{
    (void)flags;
    (void)accepted;
    return refuse(env, fd);
}

uint32_t
wasi_sock_recv(void *env, uint32_t fd, uint32_t data, uint32_t data_count, uint32_t flags,
               uint32_t nread, uint32_t roflags)
{
    (void)data;
    (void)data_count;
    (void)flags;
    (void)nread;
    (void)roflags;
    return refuse(env, fd);
}

uint32_t
wasi_sock_send(void *env, uint32_t fd, uint32_t data, uint32_t data_count, uint32_t flags,
               uint32_t nwritten)
{
    (void)data;
    (void)data_count;
    (void)flags;
    (void)nwritten;
    return refuse(env, fd);
}

uint32_t
wasi_sock_shutdown(void *env, uint32_t fd, uint32_t how)
{
    (void)how;
    return refuse(env, fd);
}
