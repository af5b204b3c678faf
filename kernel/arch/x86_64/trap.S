// SPDX-License-Identifier: Apache-2.0
//
// The border between domains and the kernel: system calls and traps in, domains out, and
// the copies that may fault. The kernel runs with interrupts off except in cpu_idle, on
// one stack per CPU; the registers of a domain that is not running are in its object.
#include "kernel/arch/x86_64/layout.h"

    .text

// ---- void call_entry(void): where `syscall` arrives ----
// rax: number; rdi rsi rdx r10 r8 r9: arguments; rcx: return address; r11: flags.
// Interrupts are off (SFMASK). Every register but rax, rcx, r11 keeps its value. A call
// that does not come back at once never returns here (sched_leave).
    .globl call_entry
    .balign 16
call_entry:
    swapgs
    movq %rsp, %gs:CPU_USER_RSP
    movq %gs:CPU_CURRENT, %rsp
    movq %rax, REGS_RAX(%rsp)
    movq %rbx, REGS_RBX(%rsp)
    movq %rcx, REGS_RCX(%rsp)
    movq %rdx, REGS_RDX(%rsp)
    movq %rsi, REGS_RSI(%rsp)
    movq %rdi, REGS_RDI(%rsp)
    movq %rbp, REGS_RBP(%rsp)
    movq %r8, REGS_R8(%rsp)
    movq %r9, REGS_R9(%rsp)
    movq %r10, REGS_R10(%rsp)
    movq %r11, REGS_R11(%rsp)
    movq %r12, REGS_R12(%rsp)
    movq %r13, REGS_R13(%rsp)
    movq %r14, REGS_R14(%rsp)
    movq %r15, REGS_R15(%rsp)
    movq %rcx, REGS_RIP(%rsp)
    movq %r11, REGS_RFLAGS(%rsp)
    movq %gs:CPU_USER_RSP, %rbx
    movq %rbx, REGS_RSP(%rsp)
    movq %rsp, %rbx
    movq %gs:CPU_STACK_TOP, %rsp
    xorl %ebp, %ebp
    movq %r10, %rcx
    cmpq call_count, %rax
    jae 2f
    sbbq %r11, %r11 // all ones; zero when the branch above was mispredicted
    andq %r11, %rax
    callq *call_table(, %rax, 8)
1:  movq REGS_RDX(%rbx), %rdx
    movq REGS_RSI(%rbx), %rsi
    movq REGS_RDI(%rbx), %rdi
    movq REGS_RBP(%rbx), %rbp
    movq REGS_R8(%rbx), %r8
    movq REGS_R9(%rbx), %r9
    movq REGS_R10(%rbx), %r10
    movq REGS_RIP(%rbx), %rcx
    movq REGS_RFLAGS(%rbx), %r11
    movq REGS_RSP(%rbx), %rsp
    movq REGS_RBX(%rbx), %rbx
    swapgs
    sysretq
2:  movq $-1, %rax // SK_E_CALL
    jmp 1b

// ---- Traps: one stub per vector pushes what the CPU did not; then all go one way ----
// Stack at trap_common: vector, error code, rip, cs, rflags, rsp, ss.
    .altmacro
    .macro trap_stub vector
trap_stub_\vector:
    .if !(\vector == 8 || (\vector >= 10 && \vector <= 14) || \vector == 17 || \vector == 21)
    pushq $0
    .endif
    pushq $\vector
    jmp trap_common
    .endm

    .macro trap_address vector
    .quad trap_stub_\vector
    .endm

    .set vector, 0
    .rept VECTOR_COUNT
    trap_stub %vector
    .set vector, vector + 1
    .endr

    .section .rodata
    .balign 8
    .globl trap_stubs
trap_stubs:
    .set vector, 0
    .rept VECTOR_COUNT
    trap_address %vector
    .set vector, vector + 1
    .endr
    .text

#define FLAG_AC (1 << 18)
trap_common:
    testl $FLAG_AC, 32(%rsp) // a domain may have set it to outwit SMAP
    jz 1f
    cmpb $0, cpu_has_smap
    je 1f
    clac
1:  cld
    testb $3, 24(%rsp)
    jz trap_from_kernel
    swapgs
    pushq %rdi
    movq %gs:CPU_CURRENT, %rdi
    movq %rax, REGS_RAX(%rdi)
    movq %rbx, REGS_RBX(%rdi)
    movq %rcx, REGS_RCX(%rdi)
    movq %rdx, REGS_RDX(%rdi)
    movq %rsi, REGS_RSI(%rdi)
    popq REGS_RDI(%rdi)
    movq %rbp, REGS_RBP(%rdi)
    movq %r8, REGS_R8(%rdi)
    movq %r9, REGS_R9(%rdi)
    movq %r10, REGS_R10(%rdi)
    movq %r11, REGS_R11(%rdi)
    movq %r12, REGS_R12(%rdi)
    movq %r13, REGS_R13(%rdi)
    movq %r14, REGS_R14(%rdi)
    movq %r15, REGS_R15(%rdi)
    popq %rsi // vector
    popq %rdx // error code
    popq REGS_RIP(%rdi)
    addq $8, %rsp
    popq REGS_RFLAGS(%rdi)
    popq REGS_RSP(%rdi)
    movq %gs:CPU_STACK_TOP, %rsp
    xorl %ebp, %ebp
    pushq $0
    jmp trap_user // (struct domain *, vector, error), does not return

trap_from_kernel: // makes a struct trap_frame
    pushq %r15
    pushq %r14
    pushq %r13
    pushq %r12
    pushq %r11
    pushq %r10
    pushq %r9
    pushq %r8
    pushq %rbp
    pushq %rdi
    pushq %rsi
    pushq %rdx
    pushq %rcx
    pushq %rbx
    pushq %rax
    movq %rsp, %rdi
    movq %rsp, %rbx
    andq $-16, %rsp
    callq trap_kernel
    movq %rbx, %rsp
    popq %rax
    popq %rbx
    popq %rcx
    popq %rdx
    popq %rsi
    popq %rdi
    popq %rbp
    popq %r8
    popq %r9
    popq %r10
    popq %r11
    popq %r12
    popq %r13
    popq %r14
    popq %r15
    addq $16, %rsp
    iretq

// ---- noreturn void cpu_enter(const struct sk_regs *regs) ----
// Runs the domain with `regs`, on which rip and flags have been checked.
    .globl cpu_enter
cpu_enter:
    movq %gs:CPU_STACK_TOP, %rsp
    pushq $SELECTOR_USER_DATA
    pushq REGS_RSP(%rdi)
    pushq REGS_RFLAGS(%rdi)
    pushq $SELECTOR_USER_CODE
    pushq REGS_RIP(%rdi)
    movq REGS_RAX(%rdi), %rax
    movq REGS_RBX(%rdi), %rbx
    movq REGS_RCX(%rdi), %rcx
    movq REGS_RDX(%rdi), %rdx
    movq REGS_RSI(%rdi), %rsi
    movq REGS_RBP(%rdi), %rbp
    movq REGS_R8(%rdi), %r8
    movq REGS_R9(%rdi), %r9
    movq REGS_R10(%rdi), %r10
    movq REGS_R11(%rdi), %r11
    movq REGS_R12(%rdi), %r12
    movq REGS_R13(%rdi), %r13
    movq REGS_R14(%rdi), %r14
    movq REGS_R15(%rdi), %r15
    movq REGS_RDI(%rdi), %rdi
    swapgs
    iretq

// ---- noreturn void cpu_restack(void (*next)(void)) ----
// Goes on in `next` with an empty kernel stack: a domain that was left has no use for it.
    .globl cpu_restack
cpu_restack:
    movq %gs:CPU_STACK_TOP, %rsp
    xorl %ebp, %ebp
    pushq $0
    jmpq *%rdi

// ---- size_t user_copy(void *to, const void *from, size_t len) ----
// Copies between the kernel and checked user addresses; returns 0, or not 0 when a page
// was not there. A fault at an address in .extable goes on at the address beside it.
    .globl user_copy
user_copy:
    cmpb $0, cpu_has_smap
    je 1f
    stac
1:  movq %rdx, %rcx
    shrq $3, %rcx
2:  rep movsq
    movl %edx, %ecx
    andl $7, %ecx
3:  rep movsb
    xorl %eax, %eax
4:  cmpb $0, cpu_has_smap
    je 5f
    clac
5:  retq
6:  movl $1, %eax
    jmp 4b

// ---- size_t user_output(uint16_t port, const void *from, size_t len) ----
// Sends user bytes to an I/O port; returns how many were left when a page was missing.
    .globl user_output
user_output:
    movq %rdx, %rcx
    movl %edi, %edx
    cmpb $0, cpu_has_smap
    je 7f
    stac
7:  rep outsb
8:  cmpb $0, cpu_has_smap
    je 9f
    clac
9:  movq %rcx, %rax
    retq

    .section .extable, "a"
    .quad 2b, 6b
    .quad 3b, 6b
    .quad 7b, 8b

    .section .note.GNU-stack, "", @progbits
