// SPDX-License-Identifier: Apache-2.0
#include "libos/wasi/errno.h"
#include "libos/wasi/guest.h"

uint32_t
wasi_random_get(void *env, uint32_t buf, uint32_t buf_len)
{
    uint8_t *bytes;
    if (!guest_bytes(env, buf, buf_len, &bytes))
        return WASI_EFAULT;
    while (buf_len) {
        uint32_t len = buf_len < SK_ENTROPY_MAX ? buf_len : SK_ENTROPY_MAX;
        int64_t status = sk_entropy_read(SK_SLOT_ENTROPY, bytes, len);
        if (status < 0)
            return wasi_errno_of_sk(status);
        bytes += len;
        buf_len -= len;
    }
    return WASI_SUCCESS;
}
