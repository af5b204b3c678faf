// SPDX-License-Identifier: Apache-2.0
//
// The steps that C cannot say. Each is in host/x86_64/entry.S.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "abi/domain.h"
#include "abi/layout.h"

// Copies len bytes between addresses that nobody vouches for. False: one of them is not
// mapped as needed; what lies before it may have been copied.
// The fault arrives as a signal at host_copy_at; its handler continues at
// host_copy_failed.
bool host_copy(uint64_t to, uint64_t from, uint64_t len);
extern const char host_copy_at[];
extern const char host_copy_failed[];

// Leaves the C stack for good: calls entry(boot) with rsp = stack_hi - 8 and a null
// return address.
_Noreturn void host_enter(void (*entry)(const struct sk_boot_info *boot),
                          const struct sk_boot_info *boot, uint64_t stack_hi);

// Loads the registers, rip and rflags too. fs_base and gs_base are not touched.
_Noreturn void host_load_regs(const struct sk_regs *regs);
