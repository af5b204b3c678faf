// SPDX-License-Identifier: Apache-2.0
#include "libos/wasi/errno.h"

#include "abi/domain.h"

enum wasi_errno
wasi_errno_of_fs(enum fs_error error)
{
    switch (error) {
    case FS_OK:
        return WASI_SUCCESS;
    case FS_NO_ENTRY:
        return WASI_ENOENT;
    case FS_EXISTS:
        return WASI_EEXIST;
    case FS_NOT_DIR:
        return WASI_ENOTDIR;
    case FS_IS_DIR:
        return WASI_EISDIR;
    case FS_NOT_EMPTY:
        return WASI_ENOTEMPTY;
    case FS_LOOP:
        return WASI_ELOOP;
    case FS_NAME_TOO_LONG:
        return WASI_ENAMETOOLONG;
    case FS_NO_SPACE:
        return WASI_ENOSPC;
    case FS_TOO_BIG:
        return WASI_EFBIG;
    case FS_READ_ONLY:
        return WASI_EROFS;
    case FS_ESCAPE:
    case FS_NOT_PERMITTED:
        return WASI_EPERM;
    case FS_INVALID:
        return WASI_EINVAL;
    case FS_BUSY:
        return WASI_EBUSY;
    case FS_CROSS_MOUNT:
        return WASI_EXDEV;
    }
    return WASI_EIO;
}

enum wasi_errno
wasi_errno_of_sk(int64_t status)
{
    if (status >= 0)
        return WASI_SUCCESS;
    switch ((enum sk_status)status) {
    case SK_E_AGAIN:
        return WASI_EAGAIN;
    case SK_E_END:
        return WASI_EPIPE;
    case SK_E_RIGHTS:
        return WASI_ENOTCAPABLE;
    case SK_E_MEMORY:
        return WASI_ENOMEM;
    default:
        return WASI_EIO;
    }
}
