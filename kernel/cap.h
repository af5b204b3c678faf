// SPDX-License-Identifier: Apache-2.0
//
// Capabilities: a domain's table has SK_SLOT_COUNT slots in a frame of its own. There is
// no list of capabilities per object: domain_reap visits the tables of all domains
// instead, which costs time when a domain is destroyed and nothing before.
#pragma once

#include "kernel/arch/arch.h"

struct cap {
    uint32_t type; // enum sk_cap_type; SK_CAP_NONE: empty
    uint32_t rights;
    uint64_t badge;
    uint64_t object; // frames, space, domain: physical address; console: line number
    uint64_t count;  // frames
};
_Static_assert(sizeof(struct cap) * SK_SLOT_COUNT <= SK_PAGE_SIZE, "one frame");

// Finds the capability in `slot`, of `type` (SK_CAP_NONE: any), with all of `rights`.
// SK_E_HANDLE, SK_E_TYPE, SK_E_RIGHTS.
int64_t cap_find(struct domain *domain, sk_handle_t slot, uint32_t type, uint32_t rights,
                 struct cap **cap);

// Frames [first, first + count) of the run in `slot`; their address. Also SK_E_RANGE.
int64_t cap_frames(struct domain *domain, sk_handle_t slot, uint32_t rights,
                   uint64_t first, uint64_t count, paddr_t *base);

// The run of frames around `frame` that one of the domain's capabilities names, or none.
struct range cap_run(struct domain *domain, paddr_t frame);

// An empty slot to put a capability into. SK_E_HANDLE, SK_E_BUSY.
int64_t cap_empty(struct domain *domain, sk_handle_t slot, struct cap **cap);

// Puts `value` into the empty `slot` and counts the use of its object.
void cap_set(struct cap *slot, const struct cap *value);

// A copy of `from` with fewer rights. SK_E_ARG, SK_E_RIGHTS.
int64_t cap_derive(const struct cap *from, uint64_t rights, uint64_t badge,
                   struct cap *copy);

// Empties a slot; an object that nothing needs any more goes (domains: at domain_reap).
void cap_drop(struct cap *slot);
