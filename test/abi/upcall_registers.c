// SPDX-License-Identifier: Apache-2.0
//
// An upcall tells every register, and resume loads every register.
#include "test/abi/harness.h"

static volatile unsigned faults;

static void
handler(struct sk_upcall *upcall)
{
    struct sk_regs *r = &upcall->regs;
    EXPECT(r->rax == 1 && r->rbx == 2 && r->rcx == 3 && r->rdx == 4);
    EXPECT(r->rsi == 5 && r->rdi == 6 && r->r8 == 8 && r->r9 == 9);
    EXPECT(r->r10 == 10 && r->r11 == 11 && r->r12 == 12 && r->r13 == 13 && r->r14 == 14);
    r->rax = 101;
    r->rbx = 102;
    r->r11 = 111;
    r->r14 = 114;
    r->rip += 2;
    faults++;
    (void)sk_resume(r);
}

PROMISE(upcall_registers)
{
    (void)boot;
    EXPECT(upcall_bind(handler) == SK_OK);
    uint64_t out[4] = {0};
    register uint64_t *out_r15 __asm__("r15") = out;
    __asm__ volatile(
        "movq $1, %%rax; movq $2, %%rbx; movq $3, %%rcx; movq $4, %%rdx\n"
        "movq $5, %%rsi; movq $6, %%rdi; movq $8, %%r8; movq $9, %%r9\n"
        "movq $10, %%r10; movq $11, %%r11; movq $12, %%r12; movq $13, %%r13\n"
        "movq $14, %%r14\n"
        "ud2\n"
        "movq %%rax, (%0); movq %%rbx, 8(%0); movq %%r14, 16(%0)\n"
        "movq %%r11, 24(%0)"
        :
        : "r"(out_r15)
        : "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12",
          "r13", "r14", "memory");
    EXPECT(faults == 1);
    EXPECT(out[0] == 101 && out[1] == 102 && out[2] == 114 && out[3] == 111);
}
