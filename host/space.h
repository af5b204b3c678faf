// SPDX-License-Identifier: Apache-2.0
//
// The domain's space: the window, and what is mapped there.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "abi/domain.h"

// Reserves the window and gives the space a pool of table_frames frames.
// NULL, or what could not be done (errno says why).
const char *host_space_init(uint64_t table_frames);

// What the machine maps before the domain starts; takes nothing from the pool.
// False: Linux refuses (errno).
SK_NODISCARD bool host_space_map_boot(uint64_t va, uint64_t frame, uint64_t count,
                                      uint32_t prot, uint32_t rights);

// Frames left in the pool.
uint64_t host_space_pool(void);
