// SPDX-License-Identifier: Apache-2.0
//
// The kernel's boot order. Entered once by arch/x86_64/boot.S on the kernel stack, with
// interrupts off.
#include "kernel/arch/arch.h"
#include "kernel/clock.h"
#include "kernel/dev/serial.h"
#include "kernel/frame.h"
#include "kernel/init.h"
#include "kernel/sched.h"

_Noreturn void kernel_main(void);

static struct machine machine;

void
kernel_main(void)
{
    serial_init();
    arch_init();
    arch_read_machine(&machine);
    frame_init(&machine);
    mmu_init(&machine, frame_boot_take_zero);
    arch_init_irq();
    clock_init(machine.counter_entry);
    init_start(&machine);
    sched_leave();
}
