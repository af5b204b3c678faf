// SPDX-License-Identifier: Apache-2.0
//
// The domain's capability table.
#pragma once

#include <stdint.h>

#include "abi/domain.h"

struct host_cap {
    uint32_t type; // enum sk_cap_type
    uint32_t rights;
    uint64_t badge;
    uint64_t first; // frames: number of the first frame
    uint64_t count; // frames: how many
    int fd_in;      // console
    int fd_out;
};

// The capability in `slot`, if it has the type (SK_CAP_NONE: any) and all of `rights`.
// Errors, in this order: SK_E_HANDLE, SK_E_TYPE, SK_E_RIGHTS.
SK_NODISCARD int64_t host_cap_find(sk_handle_t slot, enum sk_cap_type type,
                                   uint64_t rights, const struct host_cap **out);

// The same for frames [first, first + count) of the run in `slot`: *frame is the number
// of the first one. count >= 1. Error also SK_E_RANGE.
SK_NODISCARD int64_t host_cap_find_frames(sk_handle_t slot, uint64_t rights,
                                          uint64_t first, uint64_t count,
                                          uint64_t *frame);

// SK_OK: `slot` can take a capability. Errors: SK_E_HANDLE, SK_E_BUSY.
SK_NODISCARD int64_t host_cap_room(sk_handle_t slot);

// Fills an empty slot.
void host_cap_put(sk_handle_t slot, const struct host_cap *cap);

// A copy of `from` with fewer rights. Errors: SK_E_ARG, SK_E_RIGHTS.
SK_NODISCARD int64_t host_cap_derive(const struct host_cap *from, uint64_t rights,
                                     uint64_t badge, struct host_cap *copy);
