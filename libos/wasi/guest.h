// SPDX-License-Identifier: Apache-2.0
//
// The only way to the guest's memory. A range is checked, then used within the same call;
// the base may be address 0, so success is never told by a pointer.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/string.h"
#include "libos/wasi/wasi.h"

// Whether [at, at + len) lies in the guest's memory and `at` is a multiple of `align`.
bool guest_holds(const struct wasi *w, uint32_t at, uint64_t len, uint32_t align);

// The bytes at `at`; false: not the guest's.
bool guest_bytes(const struct wasi *w, uint32_t at, uint64_t len, uint8_t **bytes);

// The i-th element of an array that guest_holds has seen whole.
uint32_t guest_element(uint32_t array, uint32_t index, uint32_t size);

// Copies in and out, checked. False: not the guest's.
bool guest_load(const struct wasi *w, uint32_t at, void *to, uint32_t len,
                uint32_t align);
bool guest_store(const struct wasi *w, uint32_t at, const void *from, uint32_t len,
                 uint32_t align);

static inline bool
guest_store_u32(const struct wasi *w, uint32_t at, uint32_t value)
{
    return guest_store(w, at, &value, sizeof(value), sizeof(value));
}

static inline bool
guest_store_u64(const struct wasi *w, uint32_t at, uint64_t value)
{
    return guest_store(w, at, &value, sizeof(value), sizeof(value));
}

// A path or symlink target: not too long, UTF-8, no zero byte.
// Errors: EFAULT, ENAMETOOLONG, EILSEQ, EINVAL.
enum wasi_errno guest_path(const struct wasi *w, uint32_t at, uint32_t len,
                           const char **path);
