// SPDX-License-Identifier: Apache-2.0
//
// Shifts of lanes. The machine shifts words and wider; bytes are shifted as words and
// cleaned of their neighbours' bits. A sign is brought down by (x ^ sign) - sign, with
// the sign's bit where the shift took it.
#include "engine/compile/x86_64/vector_encode.h"

struct shift {
    uint8_t lanes; // SHIFT_WORDS ...
    uint8_t how;   // SHIFT_LEFT ...
    uint8_t mask;  // of the count
    uint8_t code;  // by a count in a register
};

static struct shift
shift_of(uint32_t opcode)
{
    switch (opcode) {
    case WASM_OP_I8X16_SHL:
        return (struct shift){SHIFT_WORDS, SHIFT_LEFT, 7, 0xf1};
    case WASM_OP_I8X16_SHR_S:
    case WASM_OP_I8X16_SHR_U:
        return (struct shift){SHIFT_WORDS, SHIFT_RIGHT, 7, 0xd1};
    case WASM_OP_I16X8_SHL:
        return (struct shift){SHIFT_WORDS, SHIFT_LEFT, 15, 0xf1};
    case WASM_OP_I16X8_SHR_S:
        return (struct shift){SHIFT_WORDS, SHIFT_RIGHT_SIGNED, 15, 0xe1};
    case WASM_OP_I16X8_SHR_U:
        return (struct shift){SHIFT_WORDS, SHIFT_RIGHT, 15, 0xd1};
    case WASM_OP_I32X4_SHL:
        return (struct shift){SHIFT_DWORDS, SHIFT_LEFT, 31, 0xf2};
    case WASM_OP_I32X4_SHR_S:
        return (struct shift){SHIFT_DWORDS, SHIFT_RIGHT_SIGNED, 31, 0xe2};
    case WASM_OP_I32X4_SHR_U:
        return (struct shift){SHIFT_DWORDS, SHIFT_RIGHT, 31, 0xd2};
    case WASM_OP_I64X2_SHL:
        return (struct shift){SHIFT_QWORDS, SHIFT_LEFT, 63, 0xf3};
    default: // i64x2.shr_s, i64x2.shr_u
        return (struct shift){SHIFT_QWORDS, SHIFT_RIGHT, 63, 0xd3};
    }
}

static bool
is_bytes(uint32_t opcode)
{
    return opcode >= WASM_OP_I8X16_SHL && opcode <= WASM_OP_I8X16_SHR_U;
}

static void
put_sign_down(struct masm *m, uint32_t subtract, uint8_t dst)
{
    vector_rr(m, PXOR, dst, SCRATCH);
    vector_rr(m, subtract, dst, SCRATCH);
}

// ---- By a constant ----

static void
clean_bytes_const(struct masm *m, uint32_t opcode, uint8_t dst, uint32_t count)
{
    vector_rk(m, PAND, dst, (opcode == WASM_OP_I8X16_SHL ? K_SHL : K_SHR) + count);
    if (opcode == WASM_OP_I8X16_SHR_S) {
        vector_rk(m, MOVAPS, SCRATCH, K_SHR_SIGN + count);
        put_sign_down(m, PSUBB, dst);
    }
}

static void
sign_qwords_const(struct masm *m, uint8_t dst, uint32_t count)
{
    if (count == 63) { // the sign and nothing else
        vector_rr(m, PXOR, SCRATCH, SCRATCH);
        vector_rr(m, PCMPGTQ, SCRATCH, dst);
        vector_move(m, dst, SCRATCH);
        return;
    }
    vector_rk(m, MOVAPS, SCRATCH, K_F64_SIGNS);
    vector_shift(m, SHIFT_QWORDS, SHIFT_RIGHT, SCRATCH, count);
    vector_shift(m, SHIFT_QWORDS, SHIFT_RIGHT, dst, count);
    put_sign_down(m, PSUBQ, dst);
}

void
masm_vector_shift_const(struct masm *m, uint32_t opcode, uint8_t dst, uint32_t count)
{
    struct shift s = shift_of(opcode);
    count &= s.mask;
    if (count == 0)
        return;
    if (opcode == WASM_OP_I64X2_SHR_S) {
        sign_qwords_const(m, dst, count);
        return;
    }
    if (opcode == WASM_OP_I8X16_SHL && count == 1) {
        vector_rr(m, PADDB, dst, dst);
        return;
    }
    vector_shift(m, s.lanes, s.how, dst, count);
    if (is_bytes(opcode))
        clean_bytes_const(m, opcode, dst, count);
}

// ---- By a count in a register ----

// r11 gets the address of a constant.
static void
put_constant_address(struct masm *m, uint32_t constant)
{
    x86_opcode(m, OPC(0, 0, 0x8d), MASM_W64, R11, 0, 0);
    put8(m, (R11 & 7) << 3 | 5);
    put32(m, constant * 16 - (masm_offset(m) + 4));
}

static void
clean_bytes(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t count)
{
    struct masm_mem mask = {.base = R11, .index = count};
    masm_shift_const(m, MASM_SHL, MASM_W32, count, 4);
    put_constant_address(m, opcode == WASM_OP_I8X16_SHL ? K_SHL : K_SHR);
    x86_rm(m, PAND, MASM_W32, dst, mask);
    if (opcode == WASM_OP_I8X16_SHR_S) {
        mask.disp = 16 * (K_SHR_SIGN - K_SHR);
        x86_rm(m, MOVAPS, MASM_W32, SCRATCH, mask);
        put_sign_down(m, PSUBB, dst);
    }
}

void
masm_vector_shift(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t count,
                  uint8_t temp)
{
    struct shift s = shift_of(opcode);
    x86_alu_const(m, MASM_AND, MASM_W32, count, s.mask);
    x86_rr(m, MOVD, MASM_W32, SCRATCH, count);
    vector_rr(m, PD(s.code), dst, SCRATCH);
    if (is_bytes(opcode)) {
        clean_bytes(m, opcode, dst, count);
    } else if (opcode == WASM_OP_I64X2_SHR_S) {
        vector_rk(m, MOVAPS, temp, K_F64_SIGNS);
        vector_rr(m, PD(s.code), temp, SCRATCH);
        vector_rr(m, PXOR, dst, temp);
        vector_rr(m, PSUBQ, dst, temp);
    }
}
