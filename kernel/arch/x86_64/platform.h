// SPDX-License-Identifier: Apache-2.0
//
// What the CPU and the hypervisor say about themselves.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Refuses a CPU that lacks what the kernel or compiled code needs; turns on the rest.
void platform_init(void);

// Rate of the local APIC's timer before division.
uint64_t platform_apic_hz(void);
