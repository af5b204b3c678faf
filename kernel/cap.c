// SPDX-License-Identifier: Apache-2.0
#include "kernel/cap.h"

#include "kernel/call.h"
#include "kernel/domain.h"
#include "kernel/user.h"
#include "kernel/vspace.h"

static int64_t
slot_at(struct domain *domain, sk_handle_t slot, struct cap **cap)
{
    if (slot == SK_SLOT_NONE || slot >= SK_SLOT_COUNT)
        return SK_E_HANDLE;
    *cap = &domain_caps(domain)[slot];
    return SK_OK;
}

int64_t
cap_find(struct domain *domain, sk_handle_t slot, uint32_t type, uint32_t rights,
         struct cap **cap)
{
    struct cap *found;
    if (slot_at(domain, slot, &found) != SK_OK || found->type == SK_CAP_NONE)
        return SK_E_HANDLE;
    if (type != SK_CAP_NONE && found->type != type)
        return SK_E_TYPE;
    if ((found->rights & rights) != rights)
        return SK_E_RIGHTS;
    *cap = found;
    return SK_OK;
}

int64_t
cap_frames(struct domain *domain, sk_handle_t slot, uint32_t rights, uint64_t first,
           uint64_t count, paddr_t *base)
{
    struct cap *cap;
    int64_t s = cap_find(domain, slot, SK_CAP_FRAMES, rights, &cap);
    if (s != SK_OK)
        return s;
    if (count == 0 || first >= cap->count || count > cap->count - first)
        return SK_E_RANGE;
    *base = cap->object + (first << SK_PAGE_SHIFT);
    return SK_OK;
}

struct range
cap_run(struct domain *domain, paddr_t frame)
{
    const struct cap *caps = domain_caps(domain);
    for (uint32_t i = 0; i < SK_SLOT_COUNT; i++) {
        struct range run = {caps[i].object,
                            caps[i].object + (caps[i].count << SK_PAGE_SHIFT)};
        if (caps[i].type == SK_CAP_FRAMES && run.lo <= frame && frame < run.hi)
            return run;
    }
    return (struct range){0, 0};
}

int64_t
cap_empty(struct domain *domain, sk_handle_t slot, struct cap **cap)
{
    int64_t s = slot_at(domain, slot, cap);
    if (s == SK_OK && (*cap)->type != SK_CAP_NONE)
        return SK_E_BUSY;
    return s;
}

void
cap_set(struct cap *slot, const struct cap *value)
{
    *slot = *value;
    if (slot->type == SK_CAP_SPACE)
        space_acquire(arch_direct(slot->object));
    if (slot->type == SK_CAP_DOMAIN)
        domain_acquire(arch_direct(slot->object));
}

int64_t
cap_derive(const struct cap *from, uint64_t rights, uint64_t badge, struct cap *copy)
{
    if (rights & ~(uint64_t)SK_RIGHT_ALL)
        return SK_E_ARG;
    if (rights & ~(uint64_t)from->rights)
        return SK_E_RIGHTS;
    if (badge != 0 && from->badge != 0 && badge != from->badge)
        return SK_E_ARG;
    *copy = *from;
    copy->rights = (uint32_t)rights;
    if (badge != 0)
        copy->badge = badge;
    return SK_OK;
}

void
cap_drop(struct cap *slot)
{
    struct cap old = *slot;
    *slot = (struct cap){.type = SK_CAP_NONE};
    if (old.type == SK_CAP_SPACE)
        space_release(arch_direct(old.object));
    if (old.type == SK_CAP_DOMAIN)
        domain_release(arch_direct(old.object));
}

int64_t
call_cap_read(sk_handle_t slot, uint64_t info)
{
    struct cap *cap;
    int64_t s = cap_find(cpu_current(), slot, SK_CAP_NONE, 0, &cap);
    if (s != SK_OK)
        return s;
    struct sk_cap_info value = {
        .type = cap->type,
        .rights = cap->rights,
        .badge = cap->badge,
    };
    if (cap->type == SK_CAP_FRAMES) {
        value.first = cap->object;
        value.count = cap->count;
    }
    if (cap->type == SK_CAP_SPACE)
        value.count = space_pool_count(arch_direct(cap->object));
    return user_write(info, &value, sizeof value);
}

int64_t
call_cap_copy(sk_handle_t slot, sk_handle_t to, uint64_t rights, uint64_t badge)
{
    struct domain *self = cpu_current();
    struct cap *from, *target, copy;
    int64_t s = cap_find(self, slot, SK_CAP_NONE, 0, &from);
    if (s == SK_OK)
        s = cap_empty(self, to, &target);
    if (s == SK_OK)
        s = cap_derive(from, rights, badge, &copy);
    if (s == SK_OK)
        cap_set(target, &copy);
    return s;
}

int64_t
call_cap_delete(sk_handle_t slot)
{
    struct cap *cap;
    int64_t s = cap_find(cpu_current(), slot, SK_CAP_NONE, 0, &cap);
    if (s != SK_OK)
        return s;
    cap_drop(cap);
    domain_reap();
    return SK_OK;
}

int64_t
call_frame_split(sk_handle_t frames, uint64_t first, uint64_t count, sk_handle_t to)
{
    struct domain *self = cpu_current();
    struct cap *run, *target;
    paddr_t base;
    int64_t s = cap_find(self, frames, SK_CAP_FRAMES, 0, &run);
    if (s == SK_OK)
        s = cap_frames(self, frames, 0, first, count, &base);
    if (s == SK_OK)
        s = cap_empty(self, to, &target);
    if (s != SK_OK)
        return s;
    struct cap part = *run;
    part.object = base;
    part.count = count;
    cap_set(target, &part);
    return SK_OK;
}
