// SPDX-License-Identifier: Apache-2.0
//
// The local APIC's timer is the kernel's only timer. Its rate comes from CPUID, or is the
// 1 GHz that KVM and QEMU give it.
#include "kernel/arch/x86_64/apic.h"

#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/layout.h"
#include "kernel/arch/x86_64/platform.h"
#include "kernel/dev/serial.h"
#include "kernel/panic.h"

#define APIC_EOI           0x0b0u
#define APIC_SPURIOUS      0x0f0u
#define APIC_TIMER         0x320u
#define APIC_TIMER_INITIAL 0x380u
#define APIC_TIMER_CURRENT 0x390u
#define APIC_TIMER_DIVIDE  0x3e0u
#define APIC_ENABLE        0x100u
#define APIC_MASKED        0x10000u
#define APIC_DIVIDE_16     0x3u
#define APIC_DIVISOR       16u
#define APIC_BASE_ENABLE   (1ull << 11)
#define APIC_BASE_X2APIC   (1ull << 10)

#define IOAPIC_SELECT 0x00u
#define IOAPIC_WINDOW 0x10u
#define IOAPIC_ROUTE  0x10u // register of interrupt 0, two each

#define PIC_MASK_1 0x21
#define PIC_MASK_2 0xa1

#define COUNT_MAX 0xffffffffull

static uint64_t timer_hz; // after division

static volatile uint32_t *
reg(uint32_t offset)
{
    return (volatile uint32_t *)(MMIO_BASE + offset);
}

static void
ioapic_write(uint32_t index, uint32_t value)
{
    *reg(IOAPIC_OFFSET + IOAPIC_SELECT) = index;
    *reg(IOAPIC_OFFSET + IOAPIC_WINDOW) = value;
}

void
arch_init_irq(void)
{
    uint64_t base = rdmsr(MSR_APIC_BASE);
    if ((base & ~(uint64_t)0xfff) != APIC_PADDR || (base & APIC_BASE_X2APIC))
        panic("local APIC at %llx: this kernel needs xAPIC mode at %llx",
              (unsigned long long)base, APIC_PADDR);
    wrmsr(MSR_APIC_BASE, base | APIC_BASE_ENABLE);
    outb(PIC_MASK_1, 0xff);
    outb(PIC_MASK_2, 0xff);
    *reg(APIC_SPURIOUS) = APIC_ENABLE | VECTOR_SPURIOUS;
    *reg(APIC_TIMER) = APIC_MASKED | VECTOR_TIMER;
    *reg(APIC_TIMER_DIVIDE) = APIC_DIVIDE_16;
    timer_hz = platform_apic_hz() / APIC_DIVISOR;

    // Edge triggered, active high, fixed, to CPU 0, as ISA interrupts are.
    ioapic_write(IOAPIC_ROUTE + 2 * SERIAL_IRQ + 1, 0);
    ioapic_write(IOAPIC_ROUTE + 2 * SERIAL_IRQ, VECTOR_IRQ_BASE + SERIAL_IRQ);
}

void
apic_acknowledge(void)
{
    *reg(APIC_EOI) = 0;
}

void
arch_timer_set(uint64_t ns)
{
    uint64_t count = arch_mul_div(ns, timer_hz, 1000000000u);
    *reg(APIC_TIMER) = VECTOR_TIMER;
    *reg(APIC_TIMER_INITIAL) = (uint32_t)(count < COUNT_MAX ? count + 1 : COUNT_MAX);
}

void
arch_timer_stop(void)
{
    *reg(APIC_TIMER) = APIC_MASKED | VECTOR_TIMER;
    *reg(APIC_TIMER_INITIAL) = 0;
}

void
arch_reference_start(void)
{
    *reg(APIC_TIMER) = APIC_MASKED | VECTOR_TIMER;
    *reg(APIC_TIMER_INITIAL) = (uint32_t)COUNT_MAX;
}

uint64_t
arch_reference_ns(void)
{
    uint32_t left = *reg(APIC_TIMER_CURRENT);
    if (left == 0)
        return 0;
    return arch_mul_div(COUNT_MAX - left, 1000000000u, timer_hz);
}
