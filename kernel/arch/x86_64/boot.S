// SPDX-License-Identifier: Apache-2.0
//
// The first instructions. A PVH loader (QEMU, Firecracker, Cloud Hypervisor) enters
// pvh_entry in 32-bit protected mode without paging, ebx = physical address of the
// hvm_start_info. Leaves for kernel_main in long mode, with tables that map the first
// 4 GiB at 0, at DIRECT_BASE and the first GiB at IMAGE_BASE; mmu.c replaces them.
#include "kernel/arch/x86_64/layout.h"

#define PHYSICAL(symbol) (symbol - IMAGE_BASE)

#define XEN_ELFNOTE_PHYS32_ENTRY 18

    .section .note.pvh, "a", @note
    .balign 4
    .long 4, 8, XEN_ELFNOTE_PHYS32_ENTRY
    .asciz "Xen"
    .quad pvh_entry

#define PAGE_TABLE 0x003 // present, writable
#define PAGE_2MIB  0x083 // and large
#define CR4_PAE    (1 << 5)
#define MSR_EFER   0xc0000080
#define EFER_SCE_LME_NXE 0x901
#define CR0_BITS   0x80010023 // PG, WP, NE, MP, PE
#define CPUID_LM   (1 << 29)
#define CPUID_NX   (1 << 20)

    .section .boot, "ax"
    .code32
    .globl pvh_entry
pvh_entry:
    rdtsc
    cld
    movl $PHYSICAL(kernel_stack_top), %esp
    movl %eax, PHYSICAL(boot_tsc)
    movl %edx, PHYSICAL(boot_tsc) + 4
    movl %ebx, PHYSICAL(boot_start_info)

    movl $0x80000000, %eax
    cpuid
    cmpl $0x80000001, %eax
    movl $missing_lm, %esi
    jb refuse
    movl $0x80000001, %eax
    cpuid
    testl $CPUID_LM, %edx
    jz refuse
    movl $missing_nx, %esi
    testl $CPUID_NX, %edx
    jz refuse

    movl $PHYSICAL(boot_directory), %edi // 2048 large pages
    movl $PAGE_2MIB, %eax
1:  movl %eax, (%edi)
    addl $8, %edi
    addl $0x200000, %eax
    jnc 1b

    movl $PHYSICAL(boot_directory) + PAGE_TABLE, %eax
    movl $PHYSICAL(boot_low), %edi
    movl %eax, PHYSICAL(boot_high) + 510 * 8
    movl $4, %ecx
2:  movl %eax, (%edi)
    addl $8, %edi
    addl $4096, %eax
    loop 2b
    movl $PHYSICAL(boot_low) + PAGE_TABLE, PHYSICAL(boot_root)
    movl $PHYSICAL(boot_low) + PAGE_TABLE, PHYSICAL(boot_root) + 256 * 8
    movl $PHYSICAL(boot_high) + PAGE_TABLE, PHYSICAL(boot_root) + 511 * 8

    movl $CR4_PAE, %eax
    movl %eax, %cr4
    movl $PHYSICAL(boot_root), %eax
    movl %eax, %cr3
    movl $MSR_EFER, %ecx
    movl $EFER_SCE_LME_NXE, %eax
    xorl %edx, %edx
    wrmsr
    movl $CR0_BITS, %eax
    movl %eax, %cr0
    lgdt boot_gdt_pointer
    ljmp $SELECTOR_KERNEL_CODE, $1f

    .code64
1:  xorl %eax, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %fs
    movl %eax, %gs
    movl $SELECTOR_KERNEL_DATA, %eax
    movl %eax, %ss
    movq $kernel_stack_top, %rsp
    xorl %ebp, %ebp
    movabsq $kernel_main, %rax
    pushq $0 // the end of every backtrace
    jmpq *%rax

// Says what is missing (esi) on the first serial line and powers off as a panic does.
    .code32
refuse:
    movw $0x3fd, %dx
    movl $0x1000000, %ecx
1:  inb %dx, %al // has it sent the byte before? (no line: all ones)
    testb $0x40, %al
    loopz 1b
    lodsb
    testb %al, %al
    jz 2f
    movw $0x3f8, %dx
    outb %al, %dx
    jmp refuse
2:  movb $0x7f, %al
    outb %al, $0xf4
3:  hlt
    jmp 3b

missing_lm:
    .asciz "selkis: panic: this CPU lacks long mode (64 bit)\n"
missing_nx:
    .asciz "selkis: panic: this CPU lacks NX (no-execute pages)\n"

    .balign 8
boot_gdt:
    .quad 0
    .quad 0x00af9a000000ffff // code, 64 bit
    .quad 0x00cf92000000ffff // data
boot_gdt_pointer:
    .word boot_gdt_pointer - boot_gdt - 1
    .long boot_gdt

// mmu.c leaves kernel_stack_guard unmapped, so an overflow of the stack is a double fault.
// The tables serve until mmu_init has made the kernel's own.
    .section .bss
    .balign 4096
    .globl kernel_stack_guard, kernel_stack_top
kernel_stack_guard:
    .skip 4096
    .skip KERNEL_STACK_LEN
kernel_stack_top:

    .balign 4096
boot_root:
    .skip 4096
boot_low:
    .skip 4096
boot_high:
    .skip 4096
boot_directory:
    .skip 4 * 4096

    .data
    .balign 8
    .globl boot_tsc, boot_start_info
boot_tsc:
    .quad 0
boot_start_info:
    .quad 0

    .section .note.GNU-stack, "", @progbits
