// SPDX-License-Identifier: Apache-2.0
//
// Into generated code and out again. Offsets are those of struct wasm_entry.
#define ENTRY_SP            0
#define ENTRY_CODE          8
#define ENTRY_INTS          16
#define ENTRY_VECTORS       64
#define ENTRY_STACK_LEN     192
#define ENTRY_INT_RESULT    200
#define ENTRY_VECTOR_RESULT 208

#define WASM_TAIL_AREA 16384 // engine/instance.h

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

    movups ENTRY_VECTORS+0(%rbx), %xmm0
    movups ENTRY_VECTORS+16(%rbx), %xmm1
    movups ENTRY_VECTORS+32(%rbx), %xmm2
    movups ENTRY_VECTORS+48(%rbx), %xmm3
    movups ENTRY_VECTORS+64(%rbx), %xmm4
    movups ENTRY_VECTORS+80(%rbx), %xmm5
    movups ENTRY_VECTORS+96(%rbx), %xmm6
    movups ENTRY_VECTORS+112(%rbx), %xmm7
    mov ENTRY_INTS+0(%rbx), %rdi
    mov ENTRY_INTS+8(%rbx), %rsi
    mov ENTRY_INTS+16(%rbx), %rdx
    mov ENTRY_INTS+24(%rbx), %rcx
    mov ENTRY_INTS+32(%rbx), %r8
    mov ENTRY_INTS+40(%rbx), %r9
    call *ENTRY_CODE(%rbx)

    mov %rax, ENTRY_INT_RESULT(%rbx)
    movups %xmm0, ENTRY_VECTOR_RESULT(%rbx)
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

// _Noreturn void wasm_resume(struct wasm_exception *exn, uint64_t fp, uint64_t landing);
// The landing pad finds its stack pointer by its frame.
.globl wasm_resume
.hidden wasm_resume
.type wasm_resume, @function
wasm_resume:
    cld
    mov %rdi, %rax
    mov %rsi, %rbp
    jmp *%rdx
.size wasm_resume, . - wasm_resume

// void wasm_tail_return(void);
// The callee of a deep tail call returns here: above its arguments stands where its
// caller's return address is. Keeps the results.
.globl wasm_tail_return
.hidden wasm_tail_return
.type wasm_tail_return, @function
wasm_tail_return:
    mov WASM_TAIL_AREA(%rsp), %rsp
    ret
.size wasm_tail_return, . - wasm_tail_return

.section .note.GNU-stack, "", @progbits
