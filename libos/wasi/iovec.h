// SPDX-License-Identifier: Apache-2.0
//
// Scattered buffers of the guest. An array is checked whole before anything moves. Its
// elements are read again one by one while data moves, and checked again: what is read
// may overwrite the array itself.
#pragma once

#include "libos/wasi/wasi.h"

// Moves one piece between `bytes` and the descriptor. *moved < len ends the transfer.
typedef enum wasi_errno iovec_move(struct wasi *w, struct wasi_fd *d, uint64_t offset,
                                   uint8_t *bytes, uint32_t len, uint32_t *moved);

// Runs `move` over the buffers, `offset` advancing. An error after some bytes have moved
// is a short count. Errors: EFAULT, EINVAL (more than 4 GiB in all), those of `move`.
enum wasi_errno iovec_transfer(struct wasi *w, struct wasi_fd *d, uint32_t iovs,
                               uint32_t count, uint64_t offset, iovec_move *move,
                               uint32_t *moved);
