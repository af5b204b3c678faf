// SPDX-License-Identifier: Apache-2.0
//
// Out of generated code into host_call.c. Offsets are those of struct wasm_host_registers.
#define INTS    0
#define VECTORS 48
#define LEN     176

.text

// void wasm_host_call(void); in the calling convention of instance.h.
.globl wasm_host_call
.hidden wasm_host_call
.type wasm_host_call, @function
wasm_host_call:
    push %rbp
    mov %rsp, %rbp
    push %rbx
    push %r12
    sub $LEN, %rsp
    mov %rsp, %rbx
    mov %rdi, %r12
    mov %rdi, INTS+0(%rbx)
    mov %rsi, INTS+8(%rbx)
    mov %rdx, INTS+16(%rbx)
    mov %rcx, INTS+24(%rbx)
    mov %r8, INTS+32(%rbx)
    mov %r9, INTS+40(%rbx)
    movups %xmm0, VECTORS+0(%rbx)
    movups %xmm1, VECTORS+16(%rbx)
    movups %xmm2, VECTORS+32(%rbx)
    movups %xmm3, VECTORS+48(%rbx)
    movups %xmm4, VECTORS+64(%rbx)
    movups %xmm5, VECTORS+80(%rbx)
    movups %xmm6, VECTORS+96(%rbx)
    movups %xmm7, VECTORS+112(%rbx)
    call wasm_host_call_room
    sub %rax, %rsp
    mov %r12, %rdi
    mov %rbx, %rsi
    lea 16(%rbp), %rdx
    mov %rsp, %rcx
    call wasm_host_call_dispatch
    mov INTS+0(%rbx), %rax
    movups VECTORS+0(%rbx), %xmm0
    lea -16(%rbp), %rsp
    pop %r12
    pop %rbx
    pop %rbp
    ret
.size wasm_host_call, . - wasm_host_call

.section .note.GNU-stack, "", @progbits
