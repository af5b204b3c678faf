// SPDX-License-Identifier: Apache-2.0
//
// host/entry.h for x86-64. Offsets into struct sk_regs (abi/domain.h): rax 0, rbx 8,
// rcx 16, rdx 24, rsi 32, rdi 40, rbp 48, rsp 56, r8 64 ... r15 120, rip 128, rflags 136;
// host/activation.c asserts those used here.

        .text

// bool host_copy(uint64_t to, uint64_t from, uint64_t len)
        .globl  host_copy, host_copy_at, host_copy_failed
        .type   host_copy, @function
host_copy:
        movq    %rdx, %rcx
host_copy_at:
        rep movsb
        movl    $1, %eax
        ret
host_copy_failed:
        xorl    %eax, %eax
        ret
        .size   host_copy, . - host_copy

// void host_enter(entry, boot, stack_hi)
        .globl  host_enter
        .type   host_enter, @function
host_enter:
        movq    %rdx, %rsp
        xorl    %ebp, %ebp
        pushq   $0
        movq    %rdi, %rax
        movq    %rsi, %rdi
        jmpq    *%rax
        .size   host_enter, . - host_enter

// void host_load_regs(regs)
// iretq is the one instruction that loads rip, rsp and rflags together, without a word
// below the new stack pointer, where a red zone may be. Its frame is static, since one
// thread runs the domain.
        .globl  host_load_regs
        .type   host_load_regs, @function
host_load_regs:
        leaq    iret_frame(%rip), %rsp
        movq    128(%rdi), %rax
        movq    %rax, 0(%rsp)
        movq    %cs, %rax
        movq    %rax, 8(%rsp)
        movq    136(%rdi), %rax
        movq    %rax, 16(%rsp)
        movq    56(%rdi), %rax
        movq    %rax, 24(%rsp)
        movq    %ss, %rax
        movq    %rax, 32(%rsp)
        movq    0(%rdi), %rax
        movq    8(%rdi), %rbx
        movq    16(%rdi), %rcx
        movq    24(%rdi), %rdx
        movq    32(%rdi), %rsi
        movq    48(%rdi), %rbp
        movq    64(%rdi), %r8
        movq    72(%rdi), %r9
        movq    80(%rdi), %r10
        movq    88(%rdi), %r11
        movq    96(%rdi), %r12
        movq    104(%rdi), %r13
        movq    112(%rdi), %r14
        movq    120(%rdi), %r15
        movq    40(%rdi), %rdi
        iretq
        .size   host_load_regs, . - host_load_regs

        .local  iret_frame
        .comm   iret_frame, 40, 16

        .section .note.GNU-stack, "", @progbits
