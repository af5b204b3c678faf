// SPDX-License-Identifier: Apache-2.0
//
// Lane-wise instructions: a table of those that are one machine instruction, and of the
// form of all. The constants.
#include "engine/compile/x86_64/vector_encode.h"

enum { VECTOR_FIRST = 0x300, VECTOR_COUNT = 0x120 };

#define TURNED   (uint32_t)MASM_VECTOR_TURNED
#define COMMUTES (uint32_t)MASM_VECTOR_COMMUTES
#define TEMP     (uint32_t)MASM_VECTOR_TEMP
#define AT(name) [WASM_OP_##name - VECTOR_FIRST]

// Opcode (0: a sequence) and form.
static const uint32_t codes[VECTOR_COUNT] = {
    AT(I8X16_EQ) = PCMPEQB | COMMUTES,
    AT(I8X16_NE) = COMMUTES,
    AT(I8X16_LT_S) = PD(0x64) | TURNED,
    AT(I8X16_GT_S) = PD(0x64),
    AT(I16X8_EQ) = PCMPEQW | COMMUTES,
    AT(I16X8_NE) = COMMUTES,
    AT(I16X8_LT_S) = PD(0x65) | TURNED,
    AT(I16X8_GT_S) = PD(0x65),
    AT(I32X4_EQ) = PCMPEQD | COMMUTES,
    AT(I32X4_NE) = COMMUTES,
    AT(I32X4_LT_S) = PD(0x66) | TURNED,
    AT(I32X4_GT_S) = PD(0x66),
    AT(I64X2_EQ) = PCMPEQQ | COMMUTES,
    AT(I64X2_NE) = COMMUTES,
    AT(I64X2_LT_S) = PCMPGTQ | TURNED,
    AT(I64X2_GT_S) = PCMPGTQ,
    AT(I64X2_GE_S) = TURNED,
    AT(F32X4_EQ) = COMMUTES,
    AT(F32X4_NE) = COMMUTES,
    AT(F32X4_GT) = TURNED,
    AT(F32X4_GE) = TURNED,
    AT(F64X2_EQ) = COMMUTES,
    AT(F64X2_NE) = COMMUTES,
    AT(F64X2_GT) = TURNED,
    AT(F64X2_GE) = TURNED,

    AT(V128_AND) = PAND | COMMUTES,
    AT(V128_ANDNOT) = PD(0xdf) | TURNED,
    AT(V128_OR) = POR | COMMUTES,
    AT(V128_XOR) = PXOR | COMMUTES,

    AT(F32X4_DEMOTE_F64X2_ZERO) = PD(0x5a),
    AT(F64X2_PROMOTE_LOW_F32X4) = PS(0x5a),

    AT(I8X16_ABS) = PD38(0x1c),
    AT(I8X16_POPCNT) = TEMP,
    AT(I8X16_NARROW_I16X8_S) = PD(0x63),
    AT(I8X16_NARROW_I16X8_U) = PD(0x67),
    AT(I8X16_ADD) = PADDB | COMMUTES,
    AT(I8X16_ADD_SAT_S) = PD(0xec) | COMMUTES,
    AT(I8X16_ADD_SAT_U) = PD(0xdc) | COMMUTES,
    AT(I8X16_SUB) = PSUBB,
    AT(I8X16_SUB_SAT_S) = PD(0xe8),
    AT(I8X16_SUB_SAT_U) = PD(0xd8),
    AT(I8X16_MIN_S) = PD38(0x38) | COMMUTES,
    AT(I8X16_MIN_U) = PD(0xda) | COMMUTES,
    AT(I8X16_MAX_S) = PD38(0x3c) | COMMUTES,
    AT(I8X16_MAX_U) = PD(0xde) | COMMUTES,
    AT(I8X16_AVGR_U) = PD(0xe0) | COMMUTES,

    AT(I16X8_ABS) = PD38(0x1d),
    AT(I16X8_Q15MULR_SAT_S) = COMMUTES,
    AT(I16X8_NARROW_I32X4_S) = PD(0x6b),
    AT(I16X8_NARROW_I32X4_U) = PD38(0x2b),
    AT(I16X8_EXTEND_LOW_I8X16_S) = PD38(0x20),
    AT(I16X8_EXTEND_LOW_I8X16_U) = PD38(0x30),
    AT(I16X8_ADD) = PD(0xfd) | COMMUTES,
    AT(I16X8_ADD_SAT_S) = PD(0xed) | COMMUTES,
    AT(I16X8_ADD_SAT_U) = PD(0xdd) | COMMUTES,
    AT(I16X8_SUB) = PSUBW,
    AT(I16X8_SUB_SAT_S) = PD(0xe9),
    AT(I16X8_SUB_SAT_U) = PD(0xd9),
    AT(I16X8_MUL) = PD(0xd5) | COMMUTES,
    AT(I16X8_MIN_S) = PD(0xea) | COMMUTES,
    AT(I16X8_MIN_U) = PD38(0x3a) | COMMUTES,
    AT(I16X8_MAX_S) = PD(0xee) | COMMUTES,
    AT(I16X8_MAX_U) = PD38(0x3e) | COMMUTES,
    AT(I16X8_AVGR_U) = PD(0xe3) | COMMUTES,
    AT(I16X8_EXTMUL_LOW_I8X16_S) = COMMUTES,
    AT(I16X8_EXTMUL_HIGH_I8X16_S) = COMMUTES,
    AT(I16X8_EXTMUL_LOW_I8X16_U) = COMMUTES,
    AT(I16X8_EXTMUL_HIGH_I8X16_U) = COMMUTES,

    AT(I32X4_ABS) = PD38(0x1e),
    AT(I32X4_EXTEND_LOW_I16X8_S) = PD38(0x23),
    AT(I32X4_EXTEND_LOW_I16X8_U) = PD38(0x33),
    AT(I32X4_ADD) = PADDD | COMMUTES,
    AT(I32X4_SUB) = PSUBD,
    AT(I32X4_MUL) = PD38(0x40) | COMMUTES,
    AT(I32X4_MIN_S) = PD38(0x39) | COMMUTES,
    AT(I32X4_MIN_U) = PD38(0x3b) | COMMUTES,
    AT(I32X4_MAX_S) = PD38(0x3d) | COMMUTES,
    AT(I32X4_MAX_U) = PD38(0x3f) | COMMUTES,
    AT(I32X4_DOT_I16X8_S) = PMADDWD | COMMUTES,
    AT(I32X4_EXTMUL_LOW_I16X8_S) = COMMUTES,
    AT(I32X4_EXTMUL_HIGH_I16X8_S) = COMMUTES,
    AT(I32X4_EXTMUL_LOW_I16X8_U) = COMMUTES,
    AT(I32X4_EXTMUL_HIGH_I16X8_U) = COMMUTES,

    AT(I64X2_SHR_S) = TEMP,
    AT(I64X2_EXTEND_LOW_I32X4_S) = PD38(0x25),
    AT(I64X2_EXTEND_LOW_I32X4_U) = PD38(0x35),
    AT(I64X2_ADD) = PADDQ | COMMUTES,
    AT(I64X2_SUB) = PSUBQ,
    AT(I64X2_MUL) = COMMUTES | TEMP,
    AT(I64X2_EXTMUL_LOW_I32X4_S) = COMMUTES,
    AT(I64X2_EXTMUL_HIGH_I32X4_S) = COMMUTES,
    AT(I64X2_EXTMUL_LOW_I32X4_U) = COMMUTES,
    AT(I64X2_EXTMUL_HIGH_I32X4_U) = COMMUTES,

    AT(F32X4_SQRT) = PS(0x51),
    AT(F32X4_ADD) = PS(0x58) | COMMUTES,
    AT(F32X4_SUB) = PS(0x5c),
    AT(F32X4_MUL) = PS(0x59) | COMMUTES,
    AT(F32X4_DIV) = PS(0x5e),
    AT(F32X4_MIN) = COMMUTES,
    AT(F32X4_MAX) = COMMUTES,
    // The machine's give the second operand for equal ones and for NaN.
    AT(F32X4_PMIN) = PS(0x5d) | TURNED,
    AT(F32X4_PMAX) = PS(0x5f) | TURNED,
    AT(F64X2_SQRT) = PD(0x51),
    AT(F64X2_ADD) = PD(0x58) | COMMUTES,
    AT(F64X2_SUB) = PD(0x5c),
    AT(F64X2_MUL) = PD(0x59) | COMMUTES,
    AT(F64X2_DIV) = PD(0x5e),
    AT(F64X2_MIN) = COMMUTES,
    AT(F64X2_MAX) = COMMUTES,
    AT(F64X2_PMIN) = PD(0x5d) | TURNED,
    AT(F64X2_PMAX) = PD(0x5f) | TURNED,

    AT(I32X4_TRUNC_SAT_F32X4_U) = TEMP,
    AT(F32X4_CONVERT_I32X4_S) = PS(0x5b),
    AT(F64X2_CONVERT_LOW_I32X4_S) = OPC(0xf3, 1, 0xe6),

    AT(F32X4_RELAXED_MADD) = COMMUTES, // the first two operands
    AT(F32X4_RELAXED_NMADD) = COMMUTES,
    AT(F64X2_RELAXED_MADD) = COMMUTES,
    AT(F64X2_RELAXED_NMADD) = COMMUTES,

    AT(I8X16_RELAXED_SWIZZLE) = PSHUFB,
    AT(I32X4_RELAXED_TRUNC_F32X4_S) = CVTTPS2DQ,
    AT(I32X4_RELAXED_TRUNC_F32X4_U) = TEMP,
    AT(I32X4_RELAXED_TRUNC_F64X2_S_ZERO) = PD(0xe6),
    AT(F32X4_RELAXED_MIN) = PS(0x5d),
    AT(F32X4_RELAXED_MAX) = PS(0x5f),
    AT(F64X2_RELAXED_MIN) = PD(0x5d),
    AT(F64X2_RELAXED_MAX) = PD(0x5f),
    AT(I16X8_RELAXED_Q15MULR_S) = PD38(0x0b) | COMMUTES,
    // The machine's first operand is the one without signs: the 7-bit one.
    AT(I16X8_RELAXED_DOT_I8X16_I7X16_S) = PMADDUBSW | TURNED,
    AT(I32X4_RELAXED_DOT_I8X16_I7X16_ADD_S) = TURNED,
};

#define CODE_MASK 0xffffffu
#define FORM_MASK (TURNED | COMMUTES | TEMP)

uint32_t
masm_vector_form(uint32_t opcode)
{
    return codes[opcode - VECTOR_FIRST] & FORM_MASK;
}

void
masm_vector_unary(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t src, uint8_t temp)
{
    uint32_t code = codes[opcode - VECTOR_FIRST] & CODE_MASK;
    if (code)
        vector_rr(m, code, dst, src);
    else if (!vector_integer_unary(m, opcode, dst, src, temp) &&
             !vector_float_unary(m, opcode, dst, src))
        vector_convert(m, opcode, dst, src, temp);
}

void
masm_vector_binary(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t src,
                   uint8_t temp)
{
    uint32_t code = codes[opcode - VECTOR_FIRST] & CODE_MASK;
    if (code)
        vector_rr(m, code, dst, src);
    else if (!vector_integer_binary(m, opcode, dst, src, temp))
        vector_float_binary(m, opcode, dst, src);
}

// ---- Three operands ----

// Each bit of the mask chooses: (a ^ b) & mask ^ b.
static void
put_select(struct masm *m, uint8_t a, uint8_t b, uint8_t mask)
{
    vector_rr(m, PXOR, a, b);
    vector_rr(m, PAND, a, mask);
    vector_rr(m, PXOR, a, b);
}

// Rounded twice: after the product, after the sum.
static void
put_multiply_add(struct masm *m, bool is_double, bool is_negated, uint8_t dst, uint8_t b,
                 uint8_t c)
{
    uint32_t pd = is_double ? PD(0) : PS(0);
    vector_rr(m, pd | 0x59, dst, b);
    if (is_negated)
        vector_rk(m, XORPS, dst, is_double ? K_F64_SIGNS : K_F32_SIGNS);
    vector_rr(m, pd | 0x58, dst, c);
}

void
masm_vector_ternary(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t other,
                    uint8_t third)
{
    switch (opcode) {
    case WASM_OP_F32X4_RELAXED_MADD:
    case WASM_OP_F32X4_RELAXED_NMADD:
        put_multiply_add(m, false, opcode == WASM_OP_F32X4_RELAXED_NMADD, dst, other,
                         third);
        break;
    case WASM_OP_F64X2_RELAXED_MADD:
    case WASM_OP_F64X2_RELAXED_NMADD:
        put_multiply_add(m, true, opcode == WASM_OP_F64X2_RELAXED_NMADD, dst, other,
                         third);
        break;
    case WASM_OP_I32X4_RELAXED_DOT_I8X16_I7X16_ADD_S:
        vector_rr(m, PMADDUBSW, dst, other);
        vector_rk(m, PMADDWD, dst, K_WORD_ONES);
        vector_rr(m, PADDD, dst, third);
        break;
    default: // v128.bitselect, relaxed_laneselect
        put_select(m, dst, other, third);
        break;
    }
}

// ---- Constants ----

struct words {
    uint64_t lo, hi;
};

#define WORDS(word)   {word, word}
#define DWORDS(dword) WORDS((uint64_t)(dword) << 32 | (dword))
#define BYTES(byte)   DWORDS((byte) * 0x01010101u)

static const struct words constants[K_SHL] = {
    [K_ZERO] = BYTES(0),
    [K_ONES] = BYTES(0xffu),
    [K_NIBBLES] = BYTES(0x0fu),
    [K_POPCNT] = {0x0302020102010100, 0x0403030203020201},
    [K_70] = BYTES(0x70u),
    [K_BYTE_ONES] = BYTES(1u),
    [K_WORD_ONES] = DWORDS(0x00010001u),
    [K_WORD_SIGNS] = DWORDS(0x80008000u),
    [K_DWORD_10000] = DWORDS(0x00010000u),
    [K_F32_SIGNS] = DWORDS(0x80000000u),
    [K_F64_SIGNS] = WORDS(1ull << 63),
    [K_F32_MAGNITUDES] = DWORDS(0x7fffffffu),
    [K_F64_MAGNITUDES] = WORDS((1ull << 63) - 1),
    [K_F32_2_31] = DWORDS(0x4f000000u),
    [K_F32_2_23] = DWORDS(0x4b000000u),
    [K_F32_2_39] = DWORDS(0x53000000u),
    [K_F32_MAGIC] = DWORDS(0x53000080u),
    [K_F64_I32_MAX] = WORDS(0x41dfffffffc00000),
    [K_F64_U32_MAX] = WORDS(0x41efffffffe00000),
    [K_F64_2_52_HALF] = DWORDS(0x43300000u),
    [K_F64_2_52] = WORDS(0x4330000000000000),
};

// The masks of byte shifts: the byte for count n is `first`, shifted.
static void
put_shift_masks(struct masm *m, uint32_t first, bool is_left)
{
    for (uint32_t n = 0; n < 8; n++) {
        uint64_t byte = is_left ? first << n & 0xff : first >> n;
        put64(m, byte * 0x0101010101010101u);
        put64(m, byte * 0x0101010101010101u);
    }
}

void
masm_vector_constants(struct masm *m)
{
    memcpy(m->at, constants, sizeof(constants));
    m->at += sizeof(constants);
    put_shift_masks(m, 0xff, true);
    put_shift_masks(m, 0xff, false);
    put_shift_masks(m, 0x80, false);
}

void
vector_rk(struct masm *m, uint32_t opc, uint8_t dst, uint32_t constant)
{
    x86_opcode(m, opc, MASM_W32, dst & 15u, 0, 0);
    put8(m, (dst & 7u) << 3 | 5); // relative to the next instruction
    put32(m, constant * 16 - (masm_offset(m) + 4));
}
