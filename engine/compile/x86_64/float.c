// SPDX-License-Identifier: Apache-2.0
//
// Floating-point arithmetic.
#include "engine/compile/x86_64/encode.h"

void
masm_float(struct masm *m, enum masm_float_op op, uint8_t type, uint8_t dst,
           struct masm_operand src)
{
    static const uint8_t codes[] = {
        [MASM_FADD] = 0x58, [MASM_FSUB] = 0x5c, [MASM_FMUL] = 0x59, [MASM_FDIV] = 0x5e};
    uint32_t opc = OPC(scalar(type), 1, codes[op]);
    if (src.kind == MASM_OP_SLOT)
        x86_rm(m, opc, MASM_W32, dst, slot(src.value));
    else
        x86_rr(m, opc, MASM_W32, dst, src.reg);
}

void
masm_float_compare(struct masm *m, uint8_t type, uint8_t a, uint8_t b)
{
    x86_rr(m, OPC(packed(type), 1, 0x2e), MASM_W32, a, b);
}

// minss and maxss return the second operand for equal ones and for NaN, so both are
// treated apart: or (and) of the signs for equal ones, a sum to get a quiet NaN.
static void
put_min_max(struct masm *m, uint8_t type, uint8_t dst, uint8_t src, uint32_t code,
            uint32_t combine)
{
    masm_float_compare(m, type, dst, src);
    uint8_t *unordered = x86_short_if(m, MASM_FLOAT_UNORDERED);
    uint8_t *equal = x86_short_if(m, MASM_EQ);
    x86_rr(m, OPC(scalar(type), 1, code), MASM_W32, dst, src);
    uint8_t *done = x86_short_jump(m);
    x86_bind_short(m, unordered);
    x86_rr(m, OPC(scalar(type), 1, 0x58), MASM_W32, dst, src);
    uint8_t *done_nan = x86_short_jump(m);
    x86_bind_short(m, equal);
    x86_rr(m, OPC(0, 1, combine), MASM_W32, dst, src);
    x86_bind_short(m, done);
    x86_bind_short(m, done_nan);
}

void
masm_min(struct masm *m, uint8_t type, uint8_t dst, uint8_t src)
{
    put_min_max(m, type, dst, src, 0x5d, 0x56);
}

void
masm_max(struct masm *m, uint8_t type, uint8_t dst, uint8_t src)
{
    put_min_max(m, type, dst, src, 0x5f, 0x54);
}

static uint64_t
sign_bit(uint8_t type)
{
    return type == WASM_TYPE_F32 ? 1ull << 31 : 1ull << 63;
}

void
masm_copysign(struct masm *m, uint8_t type, uint8_t dst, uint8_t src)
{
    masm_const(m, type, MASM_FLOAT_SCRATCH, sign_bit(type));
    x86_rr(m, OPC(0, 1, 0x54), MASM_W32, src, MASM_FLOAT_SCRATCH); // and
    x86_rr(m, OPC(0, 1, 0x55), MASM_W32, MASM_FLOAT_SCRATCH, dst); // not scratch, and
    x86_rr(m, OPC(0, 1, 0x56), MASM_W32, src, MASM_FLOAT_SCRATCH); // or
    masm_move(m, type, dst, src);
}

void
masm_abs(struct masm *m, uint8_t type, uint8_t dst)
{
    masm_const(m, type, MASM_FLOAT_SCRATCH, sign_bit(type) - 1);
    x86_rr(m, OPC(0, 1, 0x54), MASM_W32, dst, MASM_FLOAT_SCRATCH);
}

void
masm_neg(struct masm *m, uint8_t type, uint8_t dst)
{
    masm_const(m, type, MASM_FLOAT_SCRATCH, sign_bit(type));
    x86_rr(m, OPC(0, 1, 0x57), MASM_W32, dst, MASM_FLOAT_SCRATCH);
}

void
masm_sqrt(struct masm *m, uint8_t type, uint8_t dst, uint8_t src)
{
    x86_rr(m, OPC(scalar(type), 1, 0x51), MASM_W32, dst, src);
}

void
masm_round(struct masm *m, enum masm_round mode, uint8_t type, uint8_t dst, uint8_t src)
{
    x86_rr(m, OPC(0x66, 3, type == WASM_TYPE_F32 ? 0x0a : 0x0b), MASM_W32, dst, src);
    put8(m, (uint32_t)mode | 8); // no precision exception
}
