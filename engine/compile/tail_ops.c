// SPDX-License-Identifier: Apache-2.0
//
// Tail calls. The arguments are made ready as for a call: in registers, and on the stack
// in the outgoing area. Those on the stack then move to where this function's own came,
// if they fit there, which a return address of wasm_tail_return promises; else the
// outgoing area itself becomes the callee's, as instance.h shows.
#include "engine/compile/call.h"

static const struct masm_mem own_arguments = {
    .base = MASM_FRAME, .index = MASM_NONE, .disp = 16};
static const struct masm_mem outgoing = {.base = MASM_STACK, .index = MASM_NONE};

// Flat code up to this many words, then a copy by the builtin would pay; arguments are
// rarely more than a few.
static bool
move_stack_args(struct compiler *c, uint32_t len)
{
    struct masm *m = &c->masm;
    if (!compile_code_room(c, (uint64_t)len * 2))
        return false;
    for (uint32_t at = 0; at < len; at += 16) {
        struct masm_mem from = outgoing, to = own_arguments;
        from.disp += (int32_t)at;
        to.disp += (int32_t)at;
        masm_load_mem(m, WASM_TYPE_V128, MASM_FLOAT_SCRATCH, from);
        masm_store_mem(m, WASM_TYPE_V128, to, MASM_FLOAT_SCRATCH);
    }
    return true;
}

// The pointer to the results is this function's own.
static void
pass_result_pointer(struct compiler *c, const struct wasm_functype *type)
{
    if (type->result_count >= 2)
        masm_load_slot(&c->masm, WASM_TYPE_I64, masm_int_args[1],
                       call_result_pointer_disp(c));
}

// Jumps to the callee; the frame has been left, so MASM_CALLEE is all that is known.
static void
jump(struct compiler *c, const struct callee *callee)
{
    struct masm *m = &c->masm;
    struct masm_mem code = {.base = MASM_CALLEE,
                            .index = MASM_NONE,
                            .disp = offsetof(struct wasm_func, code)};
    if (callee->defined == NO_OWNER)
        masm_jump_mem(m, code);
    else if (callee->defined <= c->func)
        masm_jump_back(m, c->module->entries[callee->defined]);
    else
        masm_jump(m, &c->call_chains[callee->defined]);
}

static void
leave_and_jump(struct compiler *c, const struct callee *callee)
{
    call_restore_kept(c);
    masm_leave(&c->masm);
    jump(c, callee);
}

static void
load_tail_return(struct compiler *c)
{
    struct masm_mem builtins = {.base = MASM_INSTANCE,
                                .index = MASM_NONE,
                                .disp = offsetof(struct wasm_instance, builtins)};
    struct masm_mem address = {.base = MASM_SCRATCH,
                               .index = MASM_NONE,
                               .disp = offsetof(struct wasm_builtins, tail_return)};
    masm_load_mem(&c->masm, WASM_TYPE_I64, MASM_SCRATCH, builtins);
    masm_load_mem(&c->masm, WASM_TYPE_I64, MASM_SCRATCH, address);
}

// The callee needs more than this function's type promises to have come with it.
static bool
jump_deep(struct compiler *c, const struct callee *callee, uint32_t len)
{
    struct masm *m = &c->masm;
    struct masm_mem return_address = {.base = MASM_FRAME, .index = MASM_NONE, .disp = 8};
    struct masm_mem place = outgoing;
    uint32_t has_area = 0;
    place.disp = (int32_t)WASM_TAIL_AREA;
    if (c->outgoing < WASM_TAIL_AREA + 16)
        c->outgoing = WASM_TAIL_AREA + 16;
    load_tail_return(c);
    masm_compare_mem(m, MASM_W64, MASM_SCRATCH, return_address);
    masm_jump_if(m, MASM_EQ, &has_area);
    masm_address(m, MASM_SCRATCH, return_address);
    masm_store_mem(m, WASM_TYPE_I64, place, MASM_SCRATCH);
    load_tail_return(c);
    call_restore_kept(c);
    masm_leave_below(m);
    jump(c, callee);
    masm_bind(m, has_area);
    if (!move_stack_args(c, len))
        return false;
    leave_and_jump(c, callee);
    return true;
}

static struct callee
find_callee(struct compiler *c, const struct wasm_instr *in)
{
    switch ((uint32_t)in->opcode) {
    case WASM_OP_RETURN_CALL:
        return callee_direct(c, in->index);
    case WASM_OP_RETURN_CALL_INDIRECT:
        return callee_indirect(c, in);
    default:
        return callee_ref(c, in);
    }
}

bool
call_tail(struct compiler *c, const struct wasm_instr *in)
{
    struct callee callee = find_callee(c, in);
    uint32_t len = args_stack_len(c, callee.type);
    if (!args_pass(c, callee.type))
        return false;
    if (len > c->outgoing)
        c->outgoing = len;
    pass_result_pointer(c, callee.type);
    if (callee.defined == NO_OWNER)
        callee_enter(c, &callee);
    else
        masm_move(&c->masm, WASM_TYPE_I64, masm_int_args[0], MASM_INSTANCE);
    c->reachable = false;
    if (len > args_stack_len(c, c->functype))
        return jump_deep(c, &callee, len);
    if (!move_stack_args(c, len))
        return false;
    leave_and_jump(c, &callee);
    return true;
}
