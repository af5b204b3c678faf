// SPDX-License-Identifier: Apache-2.0
#include "host/memory.h"

#include "abi/domain.h"
#include "abi/layout.h"
#include "host/entry.h"

// User addresses end where they do on the kernel.
static bool
in_range(uint64_t user, uint64_t len)
{
    return user < SK_VA_LIMIT && len <= SK_VA_LIMIT - user;
}

// One byte of each page: copied to a place of ours, or onto itself.
static bool
probe(uint64_t user, uint64_t len, bool write)
{
    if (!in_range(user, len))
        return false;
    for (uint64_t at = user; at < user + len; at = (at | (SK_PAGE_SIZE - 1)) + 1) {
        uint8_t byte;
        if (!host_copy(write ? at : (uint64_t)&byte, at, 1))
            return false;
    }
    return true;
}

bool
host_memory_read(void *to, const void *user, uint64_t len)
{
    return in_range((uint64_t)user, len) && host_copy((uint64_t)to, (uint64_t)user, len);
}

bool
host_memory_write(void *user, const void *from, uint64_t len)
{
    return probe((uint64_t)user, len, true) &&
           host_copy((uint64_t)user, (uint64_t)from, len);
}

bool
host_memory_readable(const void *user, uint64_t len)
{
    return probe((uint64_t)user, len, false);
}

bool
host_memory_writable(const void *user, uint64_t len)
{
    return probe((uint64_t)user, len, true);
}
