// SPDX-License-Identifier: Apache-2.0
//
// Upcalls: how a domain learns of its own faults.
#pragma once

#include "kernel/domain.h"

// Lets the current domain, whose registers are saved, handle its fault; stops it when it
// cannot.
_Noreturn void upcall_fault(struct domain *domain, uint32_t reason, uint32_t detail,
                            uint64_t address);
