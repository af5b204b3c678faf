// SPDX-License-Identifier: Apache-2.0
//
// The interrupt controllers: local APIC (timer, acknowledgement) and I/O APIC (devices).
// Their addresses are the architecture's defaults; ACPI is not asked.
#pragma once

#include <stdint.h>

#define APIC_PADDR   0xfee00000ull
#define IOAPIC_PADDR 0xfec00000ull

// Within MMIO_BASE.
#define APIC_OFFSET   0x0000u
#define IOAPIC_OFFSET 0x1000u

void apic_acknowledge(void);
