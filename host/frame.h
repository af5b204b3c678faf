// SPDX-License-Identifier: Apache-2.0
//
// Frames: pages of the memory file, then pages of the bundle's file. The memory file is
// as long as the free frames, the stack and the boot page together; its pages take no
// memory until they are touched, and are zero then.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/domain.h"

// memory_count: frames of the memory file. bundle_fd -1: no bundle.
// NULL, or what could not be done (errno says why).
const char *host_frame_init(uint64_t memory_count, int bundle_fd, uint64_t bundle_count);

// Shows frames [frame, frame + count), all of one file, at `va` of the window.
bool host_frame_show(uint64_t frame, uint64_t count, uint64_t va, int linux_prot);

// Counting uses. Frames that became kernel objects serve for nothing else.
SK_NODISCARD int64_t host_frame_map_check(uint64_t frame, uint64_t count);
void host_frame_map(uint64_t frame, uint64_t count);
void host_frame_unmap(uint64_t frame);
SK_NODISCARD int64_t host_frame_retype_check(uint64_t frame, uint64_t count);
void host_frame_retype(uint64_t frame, uint64_t count);

// `len` bytes of zeroes that take memory only where they are written. NULL: errno.
void *host_sparse(size_t len);
