// SPDX-License-Identifier: Apache-2.0
#include "host/clock.h"

#include <errno.h>
#include <sys/random.h>

#include "host/cap.h"
#include "host/memory.h"

static uint64_t boot_ns;

static uint64_t
read_ns(clockid_t which)
{
    struct timespec now;
    clock_gettime(which, &now);
    return (uint64_t)now.tv_sec * HOST_NS_PER_S + (uint64_t)now.tv_nsec;
}

void
host_clock_init(void)
{
    boot_ns = read_ns(CLOCK_MONOTONIC);
}

uint64_t
host_clock_monotonic_ns(void)
{
    return read_ns(CLOCK_MONOTONIC) - boot_ns;
}

int64_t
sk_clock_read(sk_handle_t clock, uint64_t which)
{
    const struct host_cap *cap;
    int64_t status = host_cap_find(clock, SK_CAP_CLOCK, SK_RIGHT_READ, &cap);
    if (status != SK_OK)
        return status;
    if (which == SK_CLOCK_MONOTONIC)
        return (int64_t)host_clock_monotonic_ns();
    if (which == SK_CLOCK_REALTIME)
        return (int64_t)read_ns(CLOCK_REALTIME);
    return SK_E_ARG;
}

int64_t
sk_entropy_read(sk_handle_t entropy, void *bytes, uint64_t len)
{
    const struct host_cap *cap;
    int64_t status = host_cap_find(entropy, SK_CAP_ENTROPY, SK_RIGHT_READ, &cap);
    if (status == SK_OK && len > SK_ENTROPY_MAX)
        status = SK_E_RANGE;
    if (status == SK_OK && !host_memory_writable(bytes, len))
        status = SK_E_ADDRESS;
    if (status != SK_OK)
        return status;
    uint64_t done = 0;
    while (done < len) {
        ssize_t part = getrandom((uint8_t *)bytes + done, len - done, 0);
        if (part >= 0)
            done += (uint64_t)part;
        else if (errno != EINTR)
            return SK_E_UNSUPPORTED;
    }
    return SK_OK;
}
