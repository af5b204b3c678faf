// SPDX-License-Identifier: Apache-2.0
//
// How vector instructions are put into bytes; shared by the files vector*.c:
//
//   vector.c           the table of instructions that are one; constants
//   vector_integer.c   sequences on integer lanes   vector_shift.c    shifts
//   vector_float.c     on floating-point lanes      vector_convert.c  between types
//   vector_lane.c      single lanes, shuffles       vector_memory.c   linear memory
//
// SSE up to 4.2 and no AVX: packed memory operands must lie at an address divisible by
// 16, which the constants do; operands' slots do not.
#pragma once

#include "engine/compile/vector.h"
#include "engine/compile/x86_64/encode.h"
#include "engine/opcode.h"

enum { SCRATCH = MASM_FLOAT_SCRATCH };

// Opcodes by prefix and map.
#define PS(byte)   OPC(0, 1, byte)
#define PD(byte)   OPC(0x66, 1, byte)
#define PD38(byte) OPC(0x66, 2, byte)
#define PD3A(byte) OPC(0x66, 3, byte)

// Instructions that sequences use.
enum {
    MOVAPS = PS(0x28),
    ANDPS = PS(0x54),
    ANDNPS = PS(0x55),
    ORPS = PS(0x56),
    XORPS = PS(0x57),
    PAND = PD(0xdb),
    POR = PD(0xeb),
    PXOR = PD(0xef),
    PCMPEQB = PD(0x74),
    PCMPEQW = PD(0x75),
    PCMPEQD = PD(0x76),
    PCMPEQQ = PD38(0x29),
    PCMPGTQ = PD38(0x37),
    PADDB = PD(0xfc),
    PADDD = PD(0xfe),
    PADDQ = PD(0xd4),
    PSUBB = PD(0xf8),
    PSUBW = PD(0xf9),
    PSUBD = PD(0xfa),
    PSUBQ = PD(0xfb),
    PMULUDQ = PD(0xf4),
    PMULDQ = PD38(0x28),
    PMADDWD = PD(0xf5),
    PMADDUBSW = PD38(0x04),
    PSHUFB = PD38(0x00),
    PTEST = PD38(0x17),
    PSHUFD = PD(0x70),
    PSHUFLW = OPC(0xf2, 1, 0x70),
    SHUFPS = PS(0xc6),
    PUNPCKLQDQ = PD(0x6c),
    MOVD = PD(0x6e), // from a general register
    MOVD_TO = PD(0x7e),
    CVTTPS2DQ = OPC(0xf3, 1, 0x5b),
};

// Shifts by a constant: opcode and its extension in the place of a register.
enum { SHIFT_WORDS = 0x71, SHIFT_DWORDS = 0x72, SHIFT_QWORDS = 0x73 };
enum { SHIFT_RIGHT = 2, SHIFT_RIGHT_SIGNED = 4, SHIFT_LEFT = 6 };

// The constants at the code's start, 16 bytes each.
enum vector_constant {
    K_ZERO,
    K_ONES,        // all bits
    K_NIBBLES,     // 0f in all bytes
    K_POPCNT,      // bits set in 0 .. 15
    K_70,          // 70 in all bytes
    K_BYTE_ONES,   // 1 in all bytes
    K_WORD_ONES,   // 1 in all words
    K_WORD_SIGNS,  // 8000 in all words
    K_DWORD_10000, // 10000 in all dwords
    K_F32_SIGNS,
    K_F64_SIGNS, // or i64
    K_F32_MAGNITUDES,
    K_F64_MAGNITUDES,
    K_F32_2_31,  // 2^31 as f32
    K_F32_2_23,  // 4b000000: 2^23, its mantissa is an integer
    K_F32_2_39,  // 53000000: 2^39, its mantissa is in units of 2^16
    K_F32_MAGIC, // 53000080: 2^39 + 2^23
    K_F64_I32_MAX,
    K_F64_U32_MAX,
    K_F64_2_52_HALF, // 43300000 in all dwords: the upper halves of 2^52
    K_F64_2_52,
    K_SHL,                  // ff << n in all bytes, n = 0 .. 7
    K_SHR = K_SHL + 8,      // ff >> n
    K_SHR_SIGN = K_SHR + 8, // 80 >> n
    K_COUNT = K_SHR_SIGN + 8,
};

static inline void
vector_rr(struct masm *m, uint32_t opc, uint8_t dst, uint8_t src)
{
    x86_rr(m, opc, MASM_W32, dst, src);
}

static inline void
vector_rri(struct masm *m, uint32_t opc, uint8_t dst, uint8_t src, uint32_t imm)
{
    x86_rr(m, opc, MASM_W32, dst, src);
    put8(m, imm);
}

static inline void
vector_move(struct masm *m, uint8_t dst, uint8_t src)
{
    if (dst != src)
        vector_rr(m, MOVAPS, dst, src);
}

static inline void
vector_shift(struct masm *m, uint32_t lanes, uint32_t how, uint8_t dst, uint32_t count)
{
    vector_rri(m, PD(lanes), (uint8_t)how, dst, count);
}

// An instruction of a register and a constant; its address is known.
void vector_rk(struct masm *m, uint32_t opc, uint8_t dst, uint32_t constant);

// Sequences. False: not of that file.
bool vector_integer_unary(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t src,
                          uint8_t temp);
bool vector_integer_binary(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t src,
                           uint8_t temp);
bool vector_float_unary(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t src);
bool vector_float_binary(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t src);
bool vector_convert(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t src,
                    uint8_t temp);
