// SPDX-License-Identifier: Apache-2.0
//
// Sequences on integer lanes.
#include "engine/compile/x86_64/vector_encode.h"

// ---- Comparisons ----

static void
put_not(struct masm *m, uint8_t dst)
{
    vector_rk(m, PXOR, dst, K_ONES);
}

static void
put_not_equal(struct masm *m, uint32_t equal, uint8_t dst, uint8_t src)
{
    vector_rr(m, equal, dst, src);
    put_not(m, dst);
}

// a >= b when the smaller one is b; a <= b when the larger one is.
static void
put_extreme_equal(struct masm *m, uint32_t extreme, uint32_t equal, uint8_t dst,
                  uint8_t src)
{
    vector_rr(m, extreme, dst, src);
    vector_rr(m, equal, dst, src);
}

static void
put_extreme_differs(struct masm *m, uint32_t extreme, uint32_t equal, uint8_t dst,
                    uint8_t src)
{
    put_extreme_equal(m, extreme, equal, dst, src);
    put_not(m, dst);
}

struct extremes {
    uint32_t min_s, min_u, max_s, max_u, equal;
};

// The ten relations of i8x16, i16x8 and i32x4 stand in the same order.
static void
put_relation(struct masm *m, uint32_t op, const struct extremes *e, uint8_t dst,
             uint8_t src)
{
    switch (op + WASM_OP_I8X16_EQ) {
    case WASM_OP_I8X16_NE:
        put_not_equal(m, e->equal, dst, src);
        break;
    case WASM_OP_I8X16_LT_U:
        put_extreme_differs(m, e->min_u, e->equal, dst, src);
        break;
    case WASM_OP_I8X16_GT_U:
        put_extreme_differs(m, e->max_u, e->equal, dst, src);
        break;
    case WASM_OP_I8X16_LE_S:
        put_extreme_equal(m, e->max_s, e->equal, dst, src);
        break;
    case WASM_OP_I8X16_LE_U:
        put_extreme_equal(m, e->max_u, e->equal, dst, src);
        break;
    case WASM_OP_I8X16_GE_S:
        put_extreme_equal(m, e->min_s, e->equal, dst, src);
        break;
    default: // ge_u
        put_extreme_equal(m, e->min_u, e->equal, dst, src);
        break;
    }
}

static void
put_integer_relation(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t src)
{
    static const struct extremes bytes = {PD38(0x38), PD(0xda), PD38(0x3c), PD(0xde),
                                          PCMPEQB};
    static const struct extremes words = {PD(0xea), PD38(0x3a), PD(0xee), PD38(0x3e),
                                          PCMPEQW};
    static const struct extremes dwords = {PD38(0x39), PD38(0x3b), PD38(0x3d), PD38(0x3f),
                                           PCMPEQD};
    if (opcode >= WASM_OP_I32X4_EQ)
        put_relation(m, opcode - WASM_OP_I32X4_EQ, &dwords, dst, src);
    else if (opcode >= WASM_OP_I16X8_EQ)
        put_relation(m, opcode - WASM_OP_I16X8_EQ, &words, dst, src);
    else
        put_relation(m, opcode - WASM_OP_I8X16_EQ, &bytes, dst, src);
}

// ---- Signs ----

static void
put_negate(struct masm *m, uint32_t subtract, uint8_t dst, uint8_t src)
{
    uint8_t difference = dst == src ? (uint8_t)SCRATCH : dst;
    vector_rr(m, PXOR, difference, difference);
    vector_rr(m, subtract, difference, src);
    vector_move(m, dst, difference);
}

// With all bits of a lane its sign: (x ^ sign) - sign.
static void
put_abs_qwords(struct masm *m, uint8_t dst, uint8_t src)
{
    vector_rri(m, PSHUFD, SCRATCH, src, 0xf5);
    vector_shift(m, SHIFT_DWORDS, SHIFT_RIGHT_SIGNED, SCRATCH, 31);
    vector_move(m, dst, src);
    vector_rr(m, PXOR, dst, SCRATCH);
    vector_rr(m, PSUBQ, dst, SCRATCH);
}

// ---- Products ----

// The cross products, of which the lower halves count, go to the upper half.
static void
put_multiply_qwords(struct masm *m, uint8_t dst, uint8_t src, uint8_t temp)
{
    vector_rr(m, MOVAPS, SCRATCH, dst);
    vector_rr(m, MOVAPS, temp, src);
    vector_shift(m, SHIFT_QWORDS, SHIFT_RIGHT, SCRATCH, 32);
    vector_shift(m, SHIFT_QWORDS, SHIFT_RIGHT, temp, 32);
    vector_rr(m, PMULUDQ, SCRATCH, src);
    vector_rr(m, PMULUDQ, temp, dst);
    vector_rr(m, PADDQ, SCRATCH, temp);
    vector_shift(m, SHIFT_QWORDS, SHIFT_LEFT, SCRATCH, 32);
    vector_rr(m, PMULUDQ, dst, src);
    vector_rr(m, PADDQ, dst, SCRATCH);
}

static void
put_extend_high(struct masm *m, uint32_t extend, uint8_t dst, uint8_t src)
{
    vector_rri(m, PSHUFD, dst, src, 0xee);
    vector_rr(m, extend, dst, dst);
}

static void
put_multiply_bytes(struct masm *m, bool is_high, uint32_t extend, uint8_t dst,
                   uint8_t src)
{
    if (is_high) {
        put_extend_high(m, extend, SCRATCH, src);
        put_extend_high(m, extend, dst, dst);
    } else {
        vector_rr(m, extend, SCRATCH, src);
        vector_rr(m, extend, dst, dst);
    }
    vector_rr(m, PD(0xd5), dst, SCRATCH);
}

// Upper and lower halves of the products, interleaved.
static void
put_multiply_words(struct masm *m, uint32_t upper, uint32_t interleave, uint8_t dst,
                   uint8_t src)
{
    vector_rr(m, MOVAPS, SCRATCH, dst);
    vector_rr(m, upper, SCRATCH, src);
    vector_rr(m, PD(0xd5), dst, src);
    vector_rr(m, interleave, dst, SCRATCH);
}

// The machine multiplies lanes 0 and 2.
static void
put_multiply_dwords(struct masm *m, uint32_t multiply, uint32_t lanes, uint8_t dst,
                    uint8_t src)
{
    vector_rri(m, PSHUFD, SCRATCH, src, lanes);
    vector_rri(m, PSHUFD, dst, dst, lanes);
    vector_rr(m, multiply, dst, SCRATCH);
}

// Only -1 * -1 does not fit, and shows as -1.
static void
put_q15_multiply(struct masm *m, uint8_t dst, uint8_t src)
{
    vector_rr(m, PD38(0x0b), dst, src);
    vector_rk(m, MOVAPS, SCRATCH, K_WORD_SIGNS);
    vector_rr(m, PCMPEQW, SCRATCH, dst);
    vector_rr(m, PXOR, dst, SCRATCH);
}

// ---- Sums ----

static void
put_pairwise_bytes_s(struct masm *m, uint8_t dst, uint8_t src)
{
    uint8_t ones = dst == src ? (uint8_t)SCRATCH : dst;
    vector_rk(m, MOVAPS, ones, K_BYTE_ONES);
    vector_rr(m, PMADDUBSW, ones, src);
    vector_move(m, dst, ones);
}

// As signed words each is 2^15 too small.
static void
put_pairwise_words_u(struct masm *m, uint8_t dst, uint8_t src)
{
    vector_move(m, dst, src);
    vector_rk(m, PXOR, dst, K_WORD_SIGNS);
    vector_rk(m, PMADDWD, dst, K_WORD_ONES);
    vector_rk(m, PADDD, dst, K_DWORD_10000);
}

// Both halves of a byte are looked up.
static void
put_popcnt(struct masm *m, uint8_t dst, uint8_t src, uint8_t temp)
{
    vector_rr(m, MOVAPS, SCRATCH, src);
    vector_shift(m, SHIFT_WORDS, SHIFT_RIGHT, SCRATCH, 4);
    vector_rk(m, PAND, SCRATCH, K_NIBBLES);
    vector_rk(m, MOVAPS, temp, K_NIBBLES);
    vector_rr(m, PAND, temp, src);
    vector_rk(m, MOVAPS, dst, K_POPCNT);
    vector_rr(m, PSHUFB, dst, SCRATCH);
    vector_rk(m, MOVAPS, SCRATCH, K_POPCNT);
    vector_rr(m, PSHUFB, SCRATCH, temp);
    vector_rr(m, PADDB, dst, SCRATCH);
}

// ---- By opcode ----

bool
vector_integer_unary(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t src,
                     uint8_t temp)
{
    switch (opcode) {
    case WASM_OP_V128_NOT:
        vector_move(m, dst, src);
        put_not(m, dst);
        return true;
    case WASM_OP_I8X16_NEG:
        put_negate(m, PSUBB, dst, src);
        return true;
    case WASM_OP_I16X8_NEG:
        put_negate(m, PSUBW, dst, src);
        return true;
    case WASM_OP_I32X4_NEG:
        put_negate(m, PSUBD, dst, src);
        return true;
    case WASM_OP_I64X2_NEG:
        put_negate(m, PSUBQ, dst, src);
        return true;
    case WASM_OP_I64X2_ABS:
        put_abs_qwords(m, dst, src);
        return true;
    case WASM_OP_I8X16_POPCNT:
        put_popcnt(m, dst, src, temp);
        return true;
    case WASM_OP_I16X8_EXTADD_PAIRWISE_I8X16_S:
        put_pairwise_bytes_s(m, dst, src);
        return true;
    case WASM_OP_I16X8_EXTADD_PAIRWISE_I8X16_U:
        vector_move(m, dst, src);
        vector_rk(m, PMADDUBSW, dst, K_BYTE_ONES);
        return true;
    case WASM_OP_I32X4_EXTADD_PAIRWISE_I16X8_S:
        vector_move(m, dst, src);
        vector_rk(m, PMADDWD, dst, K_WORD_ONES);
        return true;
    case WASM_OP_I32X4_EXTADD_PAIRWISE_I16X8_U:
        put_pairwise_words_u(m, dst, src);
        return true;
    case WASM_OP_I16X8_EXTEND_HIGH_I8X16_S:
        put_extend_high(m, PD38(0x20), dst, src);
        return true;
    case WASM_OP_I16X8_EXTEND_HIGH_I8X16_U:
        put_extend_high(m, PD38(0x30), dst, src);
        return true;
    case WASM_OP_I32X4_EXTEND_HIGH_I16X8_S:
        put_extend_high(m, PD38(0x23), dst, src);
        return true;
    case WASM_OP_I32X4_EXTEND_HIGH_I16X8_U:
        put_extend_high(m, PD38(0x33), dst, src);
        return true;
    case WASM_OP_I64X2_EXTEND_HIGH_I32X4_S:
        put_extend_high(m, PD38(0x25), dst, src);
        return true;
    case WASM_OP_I64X2_EXTEND_HIGH_I32X4_U:
        put_extend_high(m, PD38(0x35), dst, src);
        return true;
    default:
        return false;
    }
}

static bool
put_product(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t src, uint8_t temp)
{
    switch (opcode) {
    case WASM_OP_I16X8_Q15MULR_SAT_S:
        put_q15_multiply(m, dst, src);
        return true;
    case WASM_OP_I16X8_EXTMUL_LOW_I8X16_S:
    case WASM_OP_I16X8_EXTMUL_HIGH_I8X16_S:
        put_multiply_bytes(m, opcode == WASM_OP_I16X8_EXTMUL_HIGH_I8X16_S, PD38(0x20),
                           dst, src);
        return true;
    case WASM_OP_I16X8_EXTMUL_LOW_I8X16_U:
    case WASM_OP_I16X8_EXTMUL_HIGH_I8X16_U:
        put_multiply_bytes(m, opcode == WASM_OP_I16X8_EXTMUL_HIGH_I8X16_U, PD38(0x30),
                           dst, src);
        return true;
    case WASM_OP_I32X4_EXTMUL_LOW_I16X8_S:
        put_multiply_words(m, PD(0xe5), PD(0x61), dst, src);
        return true;
    case WASM_OP_I32X4_EXTMUL_HIGH_I16X8_S:
        put_multiply_words(m, PD(0xe5), PD(0x69), dst, src);
        return true;
    case WASM_OP_I32X4_EXTMUL_LOW_I16X8_U:
        put_multiply_words(m, PD(0xe4), PD(0x61), dst, src);
        return true;
    case WASM_OP_I32X4_EXTMUL_HIGH_I16X8_U:
        put_multiply_words(m, PD(0xe4), PD(0x69), dst, src);
        return true;
    case WASM_OP_I64X2_EXTMUL_LOW_I32X4_S:
        put_multiply_dwords(m, PMULDQ, 0x50, dst, src);
        return true;
    case WASM_OP_I64X2_EXTMUL_HIGH_I32X4_S:
        put_multiply_dwords(m, PMULDQ, 0xfa, dst, src);
        return true;
    case WASM_OP_I64X2_EXTMUL_LOW_I32X4_U:
        put_multiply_dwords(m, PMULUDQ, 0x50, dst, src);
        return true;
    case WASM_OP_I64X2_EXTMUL_HIGH_I32X4_U:
        put_multiply_dwords(m, PMULUDQ, 0xfa, dst, src);
        return true;
    case WASM_OP_I64X2_MUL:
        put_multiply_qwords(m, dst, src, temp);
        return true;
    default:
        return false;
    }
}

bool
vector_integer_binary(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t src,
                      uint8_t temp)
{
    switch (opcode) {
    case WASM_OP_I8X16_EQ ... WASM_OP_I32X4_GE_U:
        put_integer_relation(m, opcode, dst, src);
        return true;
    case WASM_OP_I64X2_NE:
        put_not_equal(m, PCMPEQQ, dst, src);
        return true;
    case WASM_OP_I64X2_LE_S:
    case WASM_OP_I64X2_GE_S: // turned
        vector_rr(m, PCMPGTQ, dst, src);
        put_not(m, dst);
        return true;
    case WASM_OP_I8X16_SWIZZLE:
        masm_vector_swizzle(m, dst, src);
        return true;
    default:
        return put_product(m, opcode, dst, src, temp);
    }
}

// ---- To a condition, to bits ----

static uint32_t
equal_code(uint32_t opcode)
{
    switch (opcode) {
    case WASM_OP_I8X16_ALL_TRUE:
        return PCMPEQB;
    case WASM_OP_I16X8_ALL_TRUE:
        return PCMPEQW;
    case WASM_OP_I32X4_ALL_TRUE:
        return PCMPEQD;
    default:
        return PCMPEQQ;
    }
}

enum masm_cond
masm_vector_test(struct masm *m, uint32_t opcode, uint8_t src)
{
    if (opcode == WASM_OP_V128_ANY_TRUE) {
        vector_rr(m, PTEST, src, src);
        return MASM_NE;
    }
    vector_rr(m, PXOR, SCRATCH, SCRATCH);
    vector_rr(m, equal_code(opcode), SCRATCH, src);
    vector_rr(m, PTEST, SCRATCH, SCRATCH);
    return MASM_EQ;
}

void
masm_vector_bitmask(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t src)
{
    switch (opcode) {
    case WASM_OP_I8X16_BITMASK:
        vector_rr(m, PD(0xd7), dst, src);
        break;
    case WASM_OP_I16X8_BITMASK:
        vector_rr(m, MOVAPS, SCRATCH, src);
        vector_rk(m, PD(0x63), SCRATCH, K_ZERO); // to bytes; signs stay
        vector_rr(m, PD(0xd7), dst, SCRATCH);
        break;
    case WASM_OP_I32X4_BITMASK:
        vector_rr(m, PS(0x50), dst, src);
        break;
    default:
        vector_rr(m, PD(0x50), dst, src);
        break;
    }
}
