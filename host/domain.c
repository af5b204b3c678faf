// SPDX-License-Identifier: Apache-2.0
//
// The calls on domains. There is one, the caller, and it is `init`: it always runs and
// can be neither stopped nor destroyed.
#include <sched.h>
#include <unistd.h>

#include "abi/domain.h"
#include "host/cap.h"
#include "host/frame.h"
#include "host/memory.h"

int64_t
sk_null(void)
{
    return SK_OK;
}

void
sk_exit(uint64_t status)
{
    _exit((int)(status & 0xff));
}

int64_t
sk_yield(void)
{
    sched_yield();
    return SK_OK;
}

int64_t
sk_domain_create(sk_handle_t frames, uint64_t first, uint64_t count, sk_handle_t space,
                 sk_handle_t to)
{
    const struct host_cap *cap;
    uint64_t frame;
    int64_t status = host_cap_find_frames(frames, SK_RIGHT_RETYPE, first, count, &frame);
    if (status == SK_OK && count != SK_DOMAIN_FRAMES)
        status = SK_E_RANGE;
    if (status == SK_OK)
        status = host_cap_find(space, SK_CAP_SPACE, SK_RIGHT_MAP, &cap);
    if (status == SK_OK)
        status = host_cap_room(to);
    if (status == SK_OK)
        status = host_frame_retype_check(frame, count);
    return status == SK_OK ? SK_E_UNSUPPORTED : status;
}

// The other domain can only be the caller itself.
int64_t
sk_domain_grant(sk_handle_t domain, sk_handle_t to, sk_handle_t slot, uint64_t rights,
                uint64_t badge)
{
    const struct host_cap *cap;
    int64_t status = host_cap_find(domain, SK_CAP_DOMAIN, SK_RIGHT_CONTROL, &cap);
    return status == SK_OK ? sk_cap_copy(slot, to, rights, badge) : status;
}

static int64_t
refuse_control(sk_handle_t domain)
{
    const struct host_cap *cap;
    int64_t status = host_cap_find(domain, SK_CAP_DOMAIN, SK_RIGHT_CONTROL, &cap);
    return status == SK_OK ? SK_E_STATE : status;
}

int64_t
sk_domain_start(sk_handle_t domain, const struct sk_regs *regs)
{
    (void)regs;
    return refuse_control(domain);
}

int64_t
sk_domain_stop(sk_handle_t domain)
{
    return refuse_control(domain);
}

int64_t
sk_domain_destroy(sk_handle_t domain)
{
    return refuse_control(domain);
}

// The caller's registers are in use; the state says that it runs.
int64_t
sk_domain_read(sk_handle_t domain, struct sk_domain_state *state)
{
    const struct host_cap *cap;
    int64_t status = host_cap_find(domain, SK_CAP_DOMAIN, SK_RIGHT_READ, &cap);
    if (status != SK_OK)
        return status;
    struct sk_domain_state value = {.run = SK_DOMAIN_RUNNABLE};
    return host_memory_write(state, &value, sizeof(value)) ? SK_OK : SK_E_ADDRESS;
}
