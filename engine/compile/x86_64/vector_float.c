// SPDX-License-Identifier: Apache-2.0
//
// Sequences on floating-point lanes.
#include "engine/compile/x86_64/vector_encode.h"

// Instructions of f32x4, and of f64x2 with the prefix.
static uint32_t
packed_code(bool is_double, uint32_t byte)
{
    return is_double ? PD(byte) : PS(byte);
}

enum { COMPARE = 0xc2, MIN = 0x5d, MAX = 0x5f, SUBTRACT = 0x5c };
enum {
    RELATION_EQ = 0,
    RELATION_LT = 1,
    RELATION_LE = 2,
    RELATION_UNORDERED = 3,
    RELATION_NE = 4
};

// The six relations stand in the same order; gt and ge are turned.
static void
put_relation(struct masm *m, bool is_double, uint32_t op, uint8_t dst, uint8_t src)
{
    static const uint8_t relations[] = {RELATION_EQ, RELATION_NE, RELATION_LT,
                                        RELATION_LT, RELATION_LE, RELATION_LE};
    vector_rri(m, packed_code(is_double, COMPARE), dst, src, relations[op]);
}

// dst = value, where lanes that are NaN become the one whose mantissa is its top bit: a
// lane of ones, shifted to leave a mantissa without the top bit, is what to clear. Where
// dst is NaN before, value is.
static void
put_canonical(struct masm *m, bool is_double, uint8_t dst, uint8_t value)
{
    vector_rri(m, packed_code(is_double, COMPARE), dst, value, RELATION_UNORDERED);
    vector_rr(m, ORPS, value, dst);
    if (is_double)
        vector_shift(m, SHIFT_QWORDS, SHIFT_RIGHT, dst, 13);
    else
        vector_shift(m, SHIFT_DWORDS, SHIFT_RIGHT, dst, 10);
    vector_rr(m, ANDNPS, dst, value);
}

// The machine's minimum gives the second operand for zeros and NaN, so it is taken both
// ways: united, the bits are those of the smaller zero, or of a NaN, or one and the same.
static void
put_min(struct masm *m, bool is_double, uint8_t dst, uint8_t src)
{
    uint32_t min = packed_code(is_double, MIN);
    vector_rr(m, MOVAPS, SCRATCH, src);
    vector_rr(m, min, SCRATCH, dst);
    vector_rr(m, min, dst, src);
    vector_rr(m, ORPS, SCRATCH, dst);
    put_canonical(m, is_double, dst, SCRATCH);
}

// Taken both ways again; where they differ, the united bits less the difference are +0
// for zeros and NaN for NaN.
static void
put_max(struct masm *m, bool is_double, uint8_t dst, uint8_t src)
{
    uint32_t max = packed_code(is_double, MAX);
    vector_rr(m, MOVAPS, SCRATCH, src);
    vector_rr(m, max, SCRATCH, dst);
    vector_rr(m, max, dst, src);
    vector_rr(m, XORPS, dst, SCRATCH);
    vector_rr(m, ORPS, SCRATCH, dst);
    vector_rr(m, packed_code(is_double, SUBTRACT), SCRATCH, dst);
    put_canonical(m, is_double, dst, SCRATCH);
}

bool
vector_float_binary(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t src)
{
    switch (opcode) {
    case WASM_OP_F32X4_EQ ... WASM_OP_F32X4_GE:
        put_relation(m, false, opcode - WASM_OP_F32X4_EQ, dst, src);
        return true;
    case WASM_OP_F64X2_EQ ... WASM_OP_F64X2_GE:
        put_relation(m, true, opcode - WASM_OP_F64X2_EQ, dst, src);
        return true;
    case WASM_OP_F32X4_MIN:
    case WASM_OP_F64X2_MIN:
        put_min(m, opcode == WASM_OP_F64X2_MIN, dst, src);
        return true;
    case WASM_OP_F32X4_MAX:
    case WASM_OP_F64X2_MAX:
        put_max(m, opcode == WASM_OP_F64X2_MAX, dst, src);
        return true;
    default:
        return false;
    }
}

// ---- One operand ----

static void
put_with_constant(struct masm *m, uint32_t opc, uint32_t constant, uint8_t dst,
                  uint8_t src)
{
    if (dst == src) {
        vector_rk(m, opc, dst, constant);
    } else {
        vector_rk(m, MOVAPS, dst, constant);
        vector_rr(m, opc, dst, src);
    }
}

static void
put_round(struct masm *m, bool is_double, enum masm_round mode, uint8_t dst, uint8_t src)
{
    vector_rri(m, PD3A(is_double ? 9u : 8u), dst, src, (uint32_t)mode | 8);
}

bool
vector_float_unary(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t src)
{
    switch (opcode) {
    case WASM_OP_F32X4_ABS:
        put_with_constant(m, ANDPS, K_F32_MAGNITUDES, dst, src);
        return true;
    case WASM_OP_F64X2_ABS:
        put_with_constant(m, ANDPS, K_F64_MAGNITUDES, dst, src);
        return true;
    case WASM_OP_F32X4_NEG:
        put_with_constant(m, XORPS, K_F32_SIGNS, dst, src);
        return true;
    case WASM_OP_F64X2_NEG:
        put_with_constant(m, XORPS, K_F64_SIGNS, dst, src);
        return true;
    case WASM_OP_F32X4_CEIL:
    case WASM_OP_F64X2_CEIL:
        put_round(m, opcode == WASM_OP_F64X2_CEIL, MASM_CEIL, dst, src);
        return true;
    case WASM_OP_F32X4_FLOOR:
    case WASM_OP_F64X2_FLOOR:
        put_round(m, opcode == WASM_OP_F64X2_FLOOR, MASM_FLOOR, dst, src);
        return true;
    case WASM_OP_F32X4_TRUNC:
    case WASM_OP_F64X2_TRUNC:
        put_round(m, opcode == WASM_OP_F64X2_TRUNC, MASM_TRUNC, dst, src);
        return true;
    case WASM_OP_F32X4_NEAREST:
    case WASM_OP_F64X2_NEAREST:
        put_round(m, opcode == WASM_OP_F64X2_NEAREST, MASM_NEAREST, dst, src);
        return true;
    default:
        return false;
    }
}
