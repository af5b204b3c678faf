// SPDX-License-Identifier: Apache-2.0
//
// Arguments on their way into the calling convention of instance.h; shared by the files
// that make calls. Internal to the compiler.
//
//   call_args.c   where arguments go, and moving them there
//   call_ops.c    functions: entry and return, calls    tail_ops.c  tail calls
//   builtin_ops.c calls of C functions                  exception_ops.c  throw, try_table
#pragma once

#include "engine/compile/compiler.h"

// Hands out the places of parameters, in order.
struct arg_cursor {
    uint32_t ints;
    uint32_t floats;
    uint32_t stack; // bytes
};

// After the instance and the result pointer.
struct arg_cursor args_first(const struct wasm_functype *type);
// A register; or MASM_NONE and the offset in the stack area.
uint8_t args_next(struct arg_cursor *a, uint8_t type, uint32_t *stack_offset);
// Bytes of arguments on the stack, a multiple of 16.
uint32_t args_stack_len(const struct compiler *c, const struct wasm_functype *type);

struct arg_moves {
    uint32_t count;
    struct {
        uint8_t dst;
        struct value v;
    } moves[MASM_INT_ARG_COUNT + MASM_FLOAT_ARG_COUNT];
};

void args_add_move(struct arg_moves *moves, uint8_t dst, const struct value *v);
// All at once, into argument registers. Copies of locals in lent registers are lost.
void args_move(struct compiler *c, const struct arg_moves *moves);

// Takes the arguments off the operand stack, into registers and the outgoing area; what
// stays is in its slots. False: failed.
bool args_pass(struct compiler *c, const struct wasm_functype *type);

// ---- call_ops.c ----

// The function to call, checked: one of the module, or the one in MASM_CALLEE.
struct callee {
    const struct wasm_functype *type;
    uint32_t defined;  // NO_OWNER: none
    uint32_t imported; // NO_OWNER: none
};
struct callee callee_direct(const struct compiler *c, uint32_t func);
struct callee callee_indirect(struct compiler *c, const struct wasm_instr *in);
struct callee callee_ref(struct compiler *c, const struct wasm_instr *in);
// Of one that is not `defined`: its environment into the first argument register; gives
// where its code's address is, at MASM_CALLEE.
struct masm_mem callee_enter(struct compiler *c, const struct callee *callee);

// The slot that keeps the pointer to where results go.
int32_t call_result_pointer_disp(const struct compiler *c);

// ---- builtin_ops.c ----

// The call itself, arguments being in place; the address of the builtin is loaded through
// MASM_SCRATCH.
void builtin_call(struct compiler *c, uint32_t offset);
