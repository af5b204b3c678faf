// SPDX-License-Identifier: Apache-2.0
#include "kernel/irq.h"

#include "kernel/dev/serial.h"
#include "kernel/sched.h"

void
irq_timer(void)
{
    sched_timer();
}

void
irq_device(uint32_t irq)
{
    if (irq == SERIAL_IRQ)
        serial_irq();
}
