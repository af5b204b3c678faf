// SPDX-License-Identifier: Apache-2.0
//
// clock_*: the realtime and the monotonic clock. A domain does not measure its own
// processor time.
#include "libos/wasi/clock.h"

#include "libos/wasi/errno.h"
#include "libos/wasi/guest.h"

#define RESOLUTION_NS 1u // the clocks count nanoseconds

static enum wasi_errno
find(uint32_t id, uint64_t *which)
{
    switch (id) {
    case WASI_CLOCKID_REALTIME:
        *which = SK_CLOCK_REALTIME;
        return WASI_SUCCESS;
    case WASI_CLOCKID_MONOTONIC:
        *which = SK_CLOCK_MONOTONIC;
        return WASI_SUCCESS;
    case WASI_CLOCKID_PROCESS_CPUTIME_ID:
    case WASI_CLOCKID_THREAD_CPUTIME_ID:
        return WASI_ENOTSUP;
    default:
        return WASI_EINVAL;
    }
}

enum wasi_errno
clock_read(uint32_t id, uint64_t *ns)
{
    uint64_t which;
    enum wasi_errno error = find(id, &which);
    if (error)
        return error;
    int64_t now = sk_clock_read(SK_SLOT_CLOCK, which);
    if (now >= 0)
        *ns = (uint64_t)now;
    return wasi_errno_of_sk(now);
}

uint32_t
wasi_clock_res_get(void *env, uint32_t id, uint32_t resolution)
{
    uint64_t which;
    enum wasi_errno error = find(id, &which);
    if (error)
        return error;
    return guest_store_u64(env, resolution, RESOLUTION_NS) ? WASI_SUCCESS : WASI_EFAULT;
}

uint32_t
wasi_clock_time_get(void *env, uint32_t id, uint64_t precision, uint32_t time)
{
    uint64_t ns = 0;
    (void)precision;
    enum wasi_errno error = clock_read(id, &ns);
    if (error)
        return error;
    return guest_store_u64(env, time, ns) ? WASI_SUCCESS : WASI_EFAULT;
}
