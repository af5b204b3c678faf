// SPDX-License-Identifier: Apache-2.0
//
// A domain that is a Linux process, observed with Linux's tools.
#pragma once

#include <stdbool.h>

struct sk_boot_info;

// What host_boot is to enter: the library OS, which tells perf and gdb, where wanted, of
// the module's functions. Once per process.
typedef void observe_entry_fn(const struct sk_boot_info *boot);
observe_entry_fn *observe_entry(bool perf, bool gdb);
