// SPDX-License-Identifier: Apache-2.0
//
// The only way to a domain's memory: check the range, then copy and survive a fault.
#pragma once

#include "abi/layout.h"
#include "kernel/arch/arch.h"

static inline bool
user_range(uint64_t va, uint64_t len)
{
    return va < SK_VA_LIMIT && len <= SK_VA_LIMIT - va;
}

// Reads or writes the current domain's memory. SK_OK or SK_E_ADDRESS; after an error,
// part of `to` may have been written.
static inline int64_t
user_read(void *to, uint64_t va, uint64_t len)
{
    if (!user_range(va, len) || user_copy(to, (const void *)va, len) != 0)
        return SK_E_ADDRESS;
    return SK_OK;
}

static inline int64_t
user_write(uint64_t va, const void *from, uint64_t len)
{
    if (!user_range(va, len) || user_copy((void *)va, from, len) != 0)
        return SK_E_ADDRESS;
    return SK_OK;
}

// Are all pages of [va, va + len) there to be read?
static inline bool
user_readable(uint64_t va, uint64_t len)
{
    uint8_t byte;
    if (!user_range(va, len))
        return false;
    for (uint64_t at = va; at < va + len; at = (at | (SK_PAGE_SIZE - 1)) + 1) {
        if (user_copy(&byte, (const void *)at, 1) != 0)
            return false;
    }
    return true;
}

// Are they there to be written? Leaves the contents as they are.
static inline bool
user_writable(uint64_t va, uint64_t len)
{
    uint8_t byte;
    if (!user_range(va, len))
        return false;
    for (uint64_t at = va; at < va + len; at = (at | (SK_PAGE_SIZE - 1)) + 1) {
        if (user_copy(&byte, (const void *)at, 1) != 0 ||
            user_copy((void *)at, &byte, 1) != 0)
            return false;
    }
    return true;
}
