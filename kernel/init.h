// SPDX-License-Identifier: Apache-2.0
//
// The first domain: made from the boot bundle, given everything.
#pragma once

#include "kernel/arch/arch.h"

// Makes `init` runnable, or panics with what is wrong with the bundle. Ends the boot
// allocator: the frames that are left become init's.
void init_start(const struct machine *machine);
