// SPDX-License-Identifier: Apache-2.0
//
// Attributes of an inode as WASI shows them.
#pragma once

#include "libos/fs/fs.h"
#include "libos/wasi/abi.h"

enum wasi_filetype filestat_type(const struct fs_inode *inode);
void filestat_of(const struct fs_inode *inode, struct wasi_filestat *stat);
// Errors: EINVAL (contradicting flags), EROFS.
enum wasi_errno filestat_set_times(struct fs *fs, struct fs_inode *inode, uint64_t atim,
                                   uint64_t mtim, uint32_t fst_flags);
