// SPDX-License-Identifier: Apache-2.0
//
// Entry and exit of functions, and the registers of the calling convention.
#include "engine/compile/x86_64/encode.h"

const uint8_t masm_int_args[] = {7, 6, 2, 1, 8, 9};
const uint8_t masm_float_args[] = {16, 17, 18, 19, 20, 21, 22, 23};

const uint8_t masm_kept[] = {3, 12, 13, MASM_MEMORY};
const uint8_t masm_lent_general[] = {9, 8, 7};
const uint8_t masm_lent_float[] = {24, 25, 26, 27, 28, 29, 30};

// The comparison is signed: a stack pointer less a large frame may be negative.
void
masm_prologue(struct masm *m, bool is_checked, struct masm_prologue *out)
{
    struct masm_mem frame_end = {.base = RSP, .index = MASM_NONE, .disp = INT32_MIN};
    struct masm_mem stack_limit = {.base = RDI, .index = MASM_NONE, .disp = 8};
    out->overflow_jump = 0;
    put8(m, 0x55);                                  // push rbp
    x86_rr(m, OPC(0, 0, 0x8b), MASM_W64, RBP, RSP); // mov rbp, rsp
    if (is_checked)
        x86_rm(m, OPC(0, 0, 0x8d), MASM_W64, R11, frame_end); // lea r11, [rsp - size]
    else
        x86_alu_const(m, MASM_ADD, MASM_W64, RSP, INT32_MIN); // add rsp, -size
    out->frame_size_at = masm_offset(m) - 4;
    if (is_checked) {
        x86_rm(m, OPC(0, 0, 0x3b), MASM_W64, R11, stack_limit);
        x86_jump_if(m, MASM_LT_S, &out->overflow_jump);
        x86_rr(m, OPC(0, 0, 0x8b), MASM_W64, RSP, R11);
    }
    masm_store_slot(m, WASM_TYPE_I64, -8, R14);
    masm_move(m, WASM_TYPE_I64, R14, RDI);
}

void
masm_set_frame_size(struct masm *m, const struct masm_prologue *p, uint32_t bytes)
{
    set32(m, p->frame_size_at, 0u - bytes);
}

void
masm_set_entered_frame(struct masm *m, uint32_t at, uint32_t bytes)
{
    set32(m, at, 0u - bytes);
}

static void
restore_saved(struct masm *m)
{
    masm_load_slot(m, WASM_TYPE_I64, R14, -8);
}

void
masm_epilogue(struct masm *m)
{
    masm_leave(m);
    put8(m, 0xc3);
}

void
masm_leave(struct masm *m)
{
    restore_saved(m);
    put8(m, 0xc9); // leave
}

void
masm_leave_below(struct masm *m)
{
    restore_saved(m);
    x86_rm(m, OPC(0, 0, 0x8b), MASM_W64, RBP, slot(0)); // mov rbp, [rbp]
    put8(m, 0x41);                                      // push r11
    put8(m, 0x53);
}

uint32_t
masm_enter_frame(struct masm *m)
{
    x86_rm(m, OPC(0, 0, 0x8d), MASM_W64, RSP, slot(INT32_MIN)); // lea rsp, [rbp - size]
    return masm_offset(m) - 4;
}

void
masm_restore_instance(struct masm *m, int32_t disp)
{
    masm_load_slot(m, WASM_TYPE_I64, R14, disp);
}

void
masm_zero_slots(struct masm *m, int32_t disp, uint32_t count)
{
    struct masm_mem lowest = slot(disp);
    if (count > MASM_ZEROED_EASILY) {
        masm_address(m, RDI, lowest);
        x86_const(m, RCX, count);
        x86_const(m, RAX, 0);
        put8(m, 0xf3); // rep stosq
        put8(m, 0x48);
        put8(m, 0xab);
        return;
    }
    if (count > 1)
        masm_const(m, WASM_TYPE_F64, MASM_FLOAT_RESULT, 0);
    for (; count > 1; count -= 2, lowest.disp += 16)
        x86_rm(m, OPC(0, 1, 0x11), MASM_W32, MASM_FLOAT_RESULT, lowest); // movups
    if (count)
        masm_store_slot_const(m, WASM_TYPE_I64, lowest.disp, 0);
}
