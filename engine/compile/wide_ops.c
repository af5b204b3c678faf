// SPDX-License-Identifier: Apache-2.0
//
// Wide arithmetic: 128 bits as two i64, the lower half first.
#include "engine/compile/compiler.h"

// The lower halves make the carry, so all operands are where they are used before.
static void
emit_add(struct compiler *c, bool is_subtraction)
{
    struct masm *m = &c->masm;
    struct value b_high = pop_value(c);
    struct masm_operand high = value_operand(c, &b_high);
    struct value b_low = pop_value(c);
    struct masm_operand low = value_operand(c, &b_low);
    struct value a_high = pop_value(c);
    uint8_t high_reg = value_to_reg(c, &a_high);
    struct value a_low = pop_value(c);
    uint8_t low_reg = value_to_reg(c, &a_low);
    masm_alu(m, is_subtraction ? MASM_SUB : MASM_ADD, MASM_W64, low_reg, low);
    masm_alu(m, is_subtraction ? MASM_SUB_CARRY : MASM_ADD_CARRY, MASM_W64, high_reg,
             high);
    value_release(c, &b_high);
    value_release(c, &b_low);
    push_reg(c, WASM_TYPE_I64, low_reg);
    push_reg(c, WASM_TYPE_I64, high_reg);
}

static void
emit_multiply(struct compiler *c, bool is_signed)
{
    struct value b = pop_value(c);
    value_avoid(c, &b, 1u << MASM_WIDE_LOW | 1u << MASM_WIDE_HIGH);
    struct value a = pop_value(c);
    value_to_fixed(c, &a, MASM_WIDE_LOW);
    reg_take(c, MASM_WIDE_HIGH);
    masm_multiply_wide(&c->masm, is_signed, value_borrow(c, &b));
    value_release(c, &b);
    push_reg(c, WASM_TYPE_I64, MASM_WIDE_LOW);
    push_reg(c, WASM_TYPE_I64, MASM_WIDE_HIGH);
}

bool
emit_wide(struct compiler *c, const struct wasm_instr *in)
{
    if (in->opcode == WASM_OP_I64_ADD128 || in->opcode == WASM_OP_I64_SUB128)
        emit_add(c, in->opcode == WASM_OP_I64_SUB128);
    else
        emit_multiply(c, in->opcode == WASM_OP_I64_MUL_WIDE_S);
    return true;
}
