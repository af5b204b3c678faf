// SPDX-License-Identifier: Apache-2.0
//
// Conversions between integer and floating-point lanes that take a sequence. The machine
// truncates to the smallest integer whatever does not fit a signed one.
#include "engine/compile/x86_64/vector_encode.h"

enum { COMPARE = 0xc2, RELATION_EQ = 0, RELATION_LE = 2, BLEND_WORDS = 0x0e };

// NaN becomes 0 before; what is too large gives the smallest integer, and then the
// complement of it.
static void
put_trunc_f32_s(struct masm *m, uint8_t dst, uint8_t src)
{
    vector_move(m, dst, src);
    vector_rr(m, MOVAPS, SCRATCH, src);
    vector_rri(m, PS(COMPARE), SCRATCH, SCRATCH, RELATION_EQ);
    vector_rr(m, ANDPS, dst, SCRATCH);
    vector_rk(m, MOVAPS, SCRATCH, K_F32_2_31);
    vector_rri(m, PS(COMPARE), SCRATCH, dst, RELATION_LE);
    vector_rr(m, CVTTPS2DQ, dst, dst);
    vector_rr(m, PXOR, dst, SCRATCH);
}

// Negative numbers and NaN become 0 before. From 2^31 on, the truncated number is 2^31
// and the rest is added: at most 2^31 - 1, below 2^31 nothing.
static void
put_trunc_f32_u(struct masm *m, uint8_t dst, uint8_t src, uint8_t rest)
{
    vector_move(m, dst, src);
    vector_rr(m, XORPS, SCRATCH, SCRATCH);
    vector_rr(m, PS(0x5f), dst, SCRATCH);
    vector_rr(m, MOVAPS, rest, dst);
    vector_rk(m, MOVAPS, SCRATCH, K_F32_2_31);
    vector_rr(m, PS(0x5c), rest, SCRATCH);
    vector_rri(m, PS(COMPARE), SCRATCH, rest, RELATION_LE);
    vector_rr(m, CVTTPS2DQ, rest, rest);
    vector_rr(m, PXOR, rest, SCRATCH);
    vector_rr(m, PXOR, SCRATCH, SCRATCH);
    vector_rr(m, PD38(0x3d), rest, SCRATCH);
    vector_rr(m, CVTTPS2DQ, dst, dst);
    vector_rr(m, PADDD, dst, rest);
}

// The smaller one of the number and the largest integer; for NaN the machine's minimum is
// its second operand, made 0 by the comparison.
static void
put_trunc_f64_s(struct masm *m, uint8_t dst, uint8_t src)
{
    vector_rr(m, MOVAPS, SCRATCH, src);
    vector_rri(m, PD(COMPARE), SCRATCH, SCRATCH, RELATION_EQ);
    vector_rk(m, ANDPS, SCRATCH, K_F64_I32_MAX);
    vector_move(m, dst, src);
    vector_rr(m, PD(0x5d), dst, SCRATCH);
    vector_rr(m, PD(0xe6), dst, dst);
}

// An integer below 2^32, added to 2^52, is the lower half of the sum.
static void
put_trunc_f64_u(struct masm *m, uint8_t dst, uint8_t src)
{
    vector_move(m, dst, src);
    vector_rr(m, XORPS, SCRATCH, SCRATCH);
    vector_rr(m, PD(0x5f), dst, SCRATCH);
    vector_rk(m, PD(0x5d), dst, K_F64_U32_MAX);
    vector_rri(m, PD3A(0x09), dst, dst, MASM_TRUNC | 8);
    vector_rk(m, PD(0x58), dst, K_F64_2_52);
    vector_rri(m, SHUFPS, dst, SCRATCH, 0x88);
}

// Both halves of a lane as exact numbers, so that only their sum is rounded: the lower
// one with 2^23, the upper one with 2^39 that the subtraction takes off along with 2^23.
static void
put_convert_u32(struct masm *m, uint8_t dst, uint8_t src)
{
    vector_rk(m, MOVAPS, SCRATCH, K_F32_2_23);
    vector_rri(m, PD3A(BLEND_WORDS), SCRATCH, src, 0x55);
    vector_move(m, dst, src);
    vector_shift(m, SHIFT_DWORDS, SHIFT_RIGHT, dst, 16);
    vector_rk(m, POR, dst, K_F32_2_39);
    vector_rk(m, PS(0x5c), dst, K_F32_MAGIC);
    vector_rr(m, PS(0x58), dst, SCRATCH);
}

bool
vector_convert(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t src, uint8_t temp)
{
    switch (opcode) {
    case WASM_OP_I32X4_TRUNC_SAT_F32X4_S:
        put_trunc_f32_s(m, dst, src);
        return true;
    case WASM_OP_I32X4_TRUNC_SAT_F32X4_U:
    case WASM_OP_I32X4_RELAXED_TRUNC_F32X4_U:
        put_trunc_f32_u(m, dst, src, temp);
        return true;
    case WASM_OP_I32X4_TRUNC_SAT_F64X2_S_ZERO:
        put_trunc_f64_s(m, dst, src);
        return true;
    case WASM_OP_I32X4_TRUNC_SAT_F64X2_U_ZERO:
    case WASM_OP_I32X4_RELAXED_TRUNC_F64X2_U_ZERO:
        put_trunc_f64_u(m, dst, src);
        return true;
    case WASM_OP_F32X4_CONVERT_I32X4_U:
        put_convert_u32(m, dst, src);
        return true;
    case WASM_OP_F64X2_CONVERT_LOW_I32X4_U:
        vector_move(m, dst, src);
        vector_rk(m, PS(0x14), dst, K_F64_2_52_HALF);
        vector_rk(m, PD(0x5c), dst, K_F64_2_52);
        return true;
    default:
        return false;
    }
}
