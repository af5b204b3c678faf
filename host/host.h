// SPDX-License-Identifier: Apache-2.0
//
// The exokernel ABI as a Linux process: every sk_* call of abi/domain.h, without root.
// One process is one machine with one domain, `init`, whose code is linked into it.
//
//   0x200000000000  linear memory 0 (linear_va) and its guard, as on the kernel
//   0x201000000000  boot info, stack with an unmapped page below it
//   0x201100000000  bundle
//   0x202000000000  [va_lo, va_hi): the domain's
//   0x240000000000  end of the window
//
// The window is reserved at boot and stays clear of the C library and of the shadow
// memory of sanitizers. "Physical" memory is one memory file; a frame's physical
// address is its offset there, and the bundle's frames follow those of the memory.
//
// What differs from the kernel:
// - Other spaces and domains: SK_E_UNSUPPORTED, once the arguments have passed the
// checks.
// - What lies outside the window cannot be mapped, unmapped or protected: SK_E_RANGE.
// - fs_base belongs to the C library: sk_resume leaves it alone; upcalls tell its value.
// - A caller's pointer may lie anywhere in the process, not only in the window.
// - Writing to a console whose descriptor fails: SK_E_END.
// - A domain that a fault stops ends the process by SIGABRT, registers on `log_out`.
#pragma once

#include <stdint.h>

#include "abi/layout.h"

#define HOST_MEMORY_MAX (64ull << 30)

struct host_config {
    int bundle_fd;       // file with the bundle, mapped in place; -1: none
    uint64_t bundle_len; // bytes
    uint64_t memory_len; // bytes of free frames, a multiple of SK_PAGE_SIZE
    int console_in;      // SK_SLOT_CONSOLE
    int console_out;
    int log_out;     // SK_SLOT_LOG
    int control_out; // SK_SLOT_CONTROL
    void (*entry)(const struct sk_boot_info *boot);
};

// Makes a machine of the calling process and runs config->entry as its `init`, on a
// stack of SK_INIT_STACK_LEN. The process ends by sk_exit or by a fault. Once per
// process. Returns only on a failure: what could not be done (static text; errno says
// why).
const char *host_boot(const struct host_config *config);
