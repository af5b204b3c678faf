// SPDX-License-Identifier: Apache-2.0

// _Noreturn void upcall_enter(struct sk_upcall *interrupted)
//
// Where upcalls arrive: rsp = top of the upcall stack - 8. Keeps the vector and x87 state of
// the interrupted code around upcall_handle, then resumes with the registers that it left.
    .intel_syntax noprefix
    .text
    .globl upcall_enter
    .hidden upcall_enter, upcall_handle, sk_resume
    .type upcall_enter, @function
upcall_enter:
    sub rsp, 520                // 512 for the state; aligned to 16 from here on
    fxsave64 [rsp]
    mov rbx, rdi                // regs are the first member
    call upcall_handle
    fxrstor64 [rsp]
    mov rdi, rbx
    call sk_resume
    ud2                         // the domain stops: the registers were no user's
    .size upcall_enter, . - upcall_enter
    .section .note.GNU-stack, "", @progbits
