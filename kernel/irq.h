// SPDX-License-Identifier: Apache-2.0
//
// Interrupts that reach the kernel proper; the arch side has acknowledged them.
#pragma once

#include <stdint.h>

void irq_timer(void);
void irq_device(uint32_t irq);
