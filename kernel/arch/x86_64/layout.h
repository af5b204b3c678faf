// SPDX-License-Identifier: Apache-2.0
//
// Numbers that C, assembly and the linker script share: the kernel's address space,
// segment selectors, interrupt vectors, struct offsets (asserted in trap.c).
//
//   0000_0000_0000_0000  the domain, to SK_VA_LIMIT
//   ffff_8000_0000_0000  direct map: all RAM, not executable (holes where the image is)
//   ffff_ffff_8000_0000  kernel image at its physical offset
//   ffff_ffff_c000_0000  registers of the interrupt controllers, uncached
#pragma once

#define DIRECT_BASE 0xffff800000000000
#define IMAGE_BASE  0xffffffff80000000
#define MMIO_BASE   0xffffffffc0000000

#define SELECTOR_KERNEL_CODE 0x08
#define SELECTOR_KERNEL_DATA 0x10
#define SELECTOR_USER_DATA   0x1b
#define SELECTOR_USER_CODE   0x23
#define SELECTOR_TSS         0x28

#define VECTOR_COUNT    48
#define VECTOR_IRQ_BASE 32 // 32 + ISA interrupt number
#define VECTOR_TIMER    46
#define VECTOR_SPURIOUS 47

// struct cpu, reached through gs.
#define CPU_CURRENT   0
#define CPU_USER_RSP  8
#define CPU_STACK_TOP 16

// struct sk_regs, at the start of struct domain.
#define REGS_RAX    0
#define REGS_RBX    8
#define REGS_RCX    16
#define REGS_RDX    24
#define REGS_RSI    32
#define REGS_RDI    40
#define REGS_RBP    48
#define REGS_RSP    56
#define REGS_R8     64
#define REGS_R9     72
#define REGS_R10    80
#define REGS_R11    88
#define REGS_R12    96
#define REGS_R13    104
#define REGS_R14    112
#define REGS_R15    120
#define REGS_RIP    128
#define REGS_RFLAGS 136

#define KERNEL_STACK_LEN 16384
#define FAULT_STACK_LEN  4096
