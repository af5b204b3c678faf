// SPDX-License-Identifier: Apache-2.0
//
// Into generated code and out again. Offsets are those of struct wasm_entry.
#define ENTRY_SP            0
#define ENTRY_CODE          8
#define ENTRY_INTS          16
#define ENTRY_VECTORS       64
#define ENTRY_STACK_LEN     128
#define ENTRY_INT_RESULT    136
#define ENTRY_VECTOR_RESULT 144

// What entry->sp points at, below the saved registers.
#define SAVED_MXCSR 0
#define SAVED_FPCW  4
#define SAVED_LEN   24

.section .rodata
.balign 4
default_mxcsr:
    .long 0x1f80 // all exceptions masked, round to nearest, no flush to zero
default_fpcw:
    .short 0x37f

.text

// bool wasm_enter(struct wasm_entry *entry);
// Keeps what System V says; and MXCSR and the x87 control word.
.globl wasm_enter
.hidden wasm_enter
.type wasm_enter, @function
wasm_enter:
    push %rbp
    mov %rsp, %rbp
    push %rbx
    push %r12
    push %r13
    push %r14
    push %r15
    sub $SAVED_LEN, %rsp // rsp is a multiple of 16 now
    stmxcsr SAVED_MXCSR(%rsp)
    fnstcw SAVED_FPCW(%rsp)
    mov %rsp, ENTRY_SP(%rdi)
    ldmxcsr default_mxcsr(%rip)
    fldcw default_fpcw(%rip)

    mov %rdi, %rbx
    sub ENTRY_STACK_LEN(%rbx), %rsp
    mov %rsp, %rsi
    call wasm_place_args

    movsd ENTRY_VECTORS+0(%rbx), %xmm0
    movsd ENTRY_VECTORS+8(%rbx), %xmm1
    movsd ENTRY_VECTORS+16(%rbx), %xmm2
    movsd ENTRY_VECTORS+24(%rbx), %xmm3
    movsd ENTRY_VECTORS+32(%rbx), %xmm4
    movsd ENTRY_VECTORS+40(%rbx), %xmm5
    movsd ENTRY_VECTORS+48(%rbx), %xmm6
    movsd ENTRY_VECTORS+56(%rbx), %xmm7
    mov ENTRY_INTS+0(%rbx), %rdi
    mov ENTRY_INTS+8(%rbx), %rsi
    mov ENTRY_INTS+16(%rbx), %rdx
    mov ENTRY_INTS+24(%rbx), %rcx
    mov ENTRY_INTS+32(%rbx), %r8
    mov ENTRY_INTS+40(%rbx), %r9
    call *ENTRY_CODE(%rbx)

    mov %rax, ENTRY_INT_RESULT(%rbx)
    movsd %xmm0, ENTRY_VECTOR_RESULT(%rbx)
    mov ENTRY_SP(%rbx), %rsp
    mov $1, %eax
leave_entry:
    ldmxcsr SAVED_MXCSR(%rsp)
    fldcw SAVED_FPCW(%rsp)
    add $SAVED_LEN, %rsp
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbx
    pop %rbp
    ret
.size wasm_enter, . - wasm_enter

// _Noreturn void wasm_unwind(struct wasm_entry *entry);
.globl wasm_unwind
.hidden wasm_unwind
.type wasm_unwind, @function
wasm_unwind:
    mov ENTRY_SP(%rdi), %rsp
    cld
    xor %eax, %eax
    jmp leave_entry
.size wasm_unwind, . - wasm_unwind

// void wasm_tail_return(void);
// Where the callee of a deep tail call returns to: rsp is at the argument area (instance.h).
// Keeps what results are in.
#define TAIL_AREA 16384
.globl wasm_tail_return
.hidden wasm_tail_return
.type wasm_tail_return, @function
wasm_tail_return:
    mov TAIL_AREA(%rsp), %rsp
    ret
.size wasm_tail_return, . - wasm_tail_return

.section .note.GNU-stack, "", @progbits
