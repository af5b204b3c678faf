// SPDX-License-Identifier: Apache-2.0
//
// The granted directories: trees of the file system that start as the boot bundle says
// and go back to whoever granted them, as far as they have changed.
#pragma once

#include "libos/bundle.h"
#include "libos/fs/fs.h"

struct mounts {
    struct fs_mount *mounts; // in bundle order
    uint32_t *entries;       // [i]: the bundle entry of mounts[i]
    uint32_t count;
};

// Builds the trees. Returns NULL, or that memory ran out or what is wrong: names must be
// relative, without "." and "..", parents first, none twice.
const char *mounts_init(struct mounts *mounts, struct fs *fs,
                        const struct bundle *bundle);
// Sends the changes of the writable trees as report records: what is gone, children
// first, then what is new or different, parents first (write_back.c).
void mounts_write_back(const struct mounts *mounts, const struct bundle *bundle);
