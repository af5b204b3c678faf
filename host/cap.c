// SPDX-License-Identifier: Apache-2.0
#include "host/cap.h"

#include "host/memory.h"
#include "host/space.h"

static struct host_cap cap_table[SK_SLOT_COUNT];

int64_t
host_cap_find(sk_handle_t slot, enum sk_cap_type type, uint64_t rights,
              const struct host_cap **out)
{
    if (slot >= SK_SLOT_COUNT || cap_table[slot].type == SK_CAP_NONE)
        return SK_E_HANDLE;
    const struct host_cap *cap = &cap_table[slot];
    if (type != SK_CAP_NONE && cap->type != type)
        return SK_E_TYPE;
    if ((rights & ~(uint64_t)cap->rights) != 0)
        return SK_E_RIGHTS;
    *out = cap;
    return SK_OK;
}

int64_t
host_cap_find_frames(sk_handle_t slot, uint64_t rights, uint64_t first, uint64_t count,
                     uint64_t *frame)
{
    const struct host_cap *cap;
    int64_t status = host_cap_find(slot, SK_CAP_FRAMES, rights, &cap);
    if (status != SK_OK)
        return status;
    if (count == 0 || first >= cap->count || count > cap->count - first)
        return SK_E_RANGE;
    *frame = cap->first + first;
    return SK_OK;
}

int64_t
host_cap_room(sk_handle_t slot)
{
    if (slot == SK_SLOT_NONE || slot >= SK_SLOT_COUNT)
        return SK_E_HANDLE;
    return cap_table[slot].type == SK_CAP_NONE ? SK_OK : SK_E_BUSY;
}

void
host_cap_put(sk_handle_t slot, const struct host_cap *cap)
{
    cap_table[slot] = *cap;
}

int64_t
sk_cap_read(sk_handle_t slot, struct sk_cap_info *info)
{
    const struct host_cap *cap;
    int64_t status = host_cap_find(slot, SK_CAP_NONE, 0, &cap);
    if (status != SK_OK)
        return status;
    struct sk_cap_info out = {
        .type = cap->type,
        .rights = cap->rights,
        .badge = cap->badge,
        .first = cap->first * SK_PAGE_SIZE,
        .count = cap->type == SK_CAP_SPACE ? host_space_pool() : cap->count,
    };
    return host_memory_write(info, &out, sizeof(out)) ? SK_OK : SK_E_ADDRESS;
}

int64_t
host_cap_derive(const struct host_cap *from, uint64_t rights, uint64_t badge,
                struct host_cap *copy)
{
    if ((rights & ~(uint64_t)SK_RIGHT_ALL) != 0)
        return SK_E_ARG;
    if ((rights & ~(uint64_t)from->rights) != 0)
        return SK_E_RIGHTS;
    if (badge != 0 && from->badge != 0 && badge != from->badge)
        return SK_E_ARG;
    *copy = *from;
    copy->rights = (uint32_t)rights;
    if (badge != 0)
        copy->badge = badge;
    return SK_OK;
}

int64_t
sk_cap_copy(sk_handle_t slot, sk_handle_t to, uint64_t rights, uint64_t badge)
{
    const struct host_cap *from;
    struct host_cap copy;
    int64_t status = host_cap_find(slot, SK_CAP_NONE, 0, &from);
    if (status == SK_OK)
        status = host_cap_room(to);
    if (status == SK_OK)
        status = host_cap_derive(from, rights, badge, &copy);
    if (status == SK_OK)
        host_cap_put(to, &copy);
    return status;
}

int64_t
sk_cap_delete(sk_handle_t slot)
{
    const struct host_cap *cap;
    int64_t status = host_cap_find(slot, SK_CAP_NONE, 0, &cap);
    if (status == SK_OK)
        cap_table[slot] = (struct host_cap){.type = SK_CAP_NONE};
    return status;
}

int64_t
sk_frame_split(sk_handle_t frames, uint64_t first, uint64_t count, sk_handle_t to)
{
    uint64_t frame;
    int64_t status = host_cap_find_frames(frames, 0, first, count, &frame);
    if (status == SK_OK)
        status = host_cap_room(to);
    if (status != SK_OK)
        return status;
    struct host_cap part = cap_table[frames];
    part.first = frame;
    part.count = count;
    host_cap_put(to, &part);
    return SK_OK;
}
