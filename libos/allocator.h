// SPDX-License-Identifier: Apache-2.0
//
// Where the parts of the library OS get memory from. Parts take one of these instead of
// the heap itself, so that a test can hand them one whose n-th allocation fails.
#pragma once

#include <stddef.h>

struct allocator {
    void *context;
    // Zeroed bytes, 16-byte aligned; NULL when there is no more. len > 0, the same in
    // both.
    void *(*alloc)(void *context, size_t len);
    void (*free)(void *context, void *bytes, size_t len);
};

static inline void *
allocator_alloc(const struct allocator *a, size_t len)
{
    return a->alloc(a->context, len);
}

// `bytes` may be NULL.
static inline void
allocator_free(const struct allocator *a, void *bytes, size_t len)
{
    if (bytes)
        a->free(a->context, bytes, len);
}
