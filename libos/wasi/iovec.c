// SPDX-License-Identifier: Apache-2.0
#include "libos/wasi/iovec.h"

#include "libos/wasi/guest.h"

static bool
load(const struct wasi *w, uint32_t iovs, uint32_t index, struct wasi_iovec *iovec,
     uint8_t **bytes)
{
    uint32_t at = guest_element(iovs, index, sizeof(*iovec));
    return guest_load(w, at, iovec, sizeof(*iovec), 4) &&
           guest_bytes(w, iovec->buf, iovec->buf_len, bytes);
}

static enum wasi_errno
check(const struct wasi *w, uint32_t iovs, uint32_t count)
{
    struct wasi_iovec iovec;
    uint8_t *bytes;
    uint64_t total = 0;
    if (!guest_holds(w, iovs, (uint64_t)count * sizeof(iovec), 4))
        return WASI_EFAULT;
    for (uint32_t i = 0; i < count; i++) {
        if (!load(w, iovs, i, &iovec, &bytes))
            return WASI_EFAULT;
        total += iovec.buf_len;
    }
    return total > UINT32_MAX ? WASI_EINVAL : WASI_SUCCESS;
}

enum wasi_errno
iovec_transfer(struct wasi *w, struct wasi_fd *d, uint32_t iovs, uint32_t count,
               uint64_t offset, iovec_move *move, uint32_t *moved)
{
    enum wasi_errno error = check(w, iovs, count);
    uint32_t total = 0;
    for (uint32_t i = 0; i < count && !error; i++) {
        struct wasi_iovec iovec;
        uint8_t *bytes;
        uint32_t n = 0;
        if (!load(w, iovs, i, &iovec, &bytes) || iovec.buf_len > UINT32_MAX - total)
            break;
        if (!iovec.buf_len)
            continue;
        error = move(w, d, offset + total, bytes, iovec.buf_len, &n);
        total += n;
        if (n < iovec.buf_len)
            break;
    }
    if (error && !total)
        return error;
    *moved = total;
    return WASI_SUCCESS;
}
