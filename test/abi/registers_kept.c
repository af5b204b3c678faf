// SPDX-License-Identifier: Apache-2.0
//
// A call changes rax, rcx and r11 and no other register.
#include "test/abi/harness.h"

PROMISE(registers_kept)
{
    (void)boot;
    uint64_t wrong = 0;
    __asm__ volatile(
        "movq $2, %%rbx; movq $4, %%rdx; movq $5, %%rsi; movq $6, %%rdi\n"
        "movq $8, %%r8; movq $9, %%r9; movq $10, %%r10; movq $12, %%r12\n"
        "movq $13, %%r13; movq $14, %%r14; movq $15, %%r15; movq %%rsp, %%xmm7\n"
        "xorl %%eax, %%eax; syscall\n"
        "subq $2, %%rbx; orq %%rbx, %%rax; subq $4, %%rdx; orq %%rdx, %%rax\n"
        "subq $5, %%rsi; orq %%rsi, %%rax; subq $6, %%rdi; orq %%rdi, %%rax\n"
        "subq $8, %%r8; orq %%r8, %%rax; subq $9, %%r9; orq %%r9, %%rax\n"
        "subq $10, %%r10; orq %%r10, %%rax; subq $12, %%r12; orq %%r12, %%rax\n"
        "subq $13, %%r13; orq %%r13, %%rax; subq $14, %%r14; orq %%r14, %%rax\n"
        "subq $15, %%r15; orq %%r15, %%rax\n"
        "movq %%xmm7, %%rbx; subq %%rsp, %%rbx; orq %%rbx, %%rax"
        : "=a"(wrong)
        :
        : "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13",
          "r14", "r15", "xmm7", "cc", "memory");
    EXPECT(wrong == 0);
}
