// SPDX-License-Identifier: Apache-2.0
//
// Integer arithmetic.
#include "engine/compile/x86_64/encode.h"

void
x86_alu_const(struct masm *m, enum masm_alu op, enum masm_width w, uint8_t dst,
              int32_t value)
{
    static const uint8_t digits[] = {
        [MASM_ADD] = 0, [MASM_OR] = 1,  [MASM_AND] = 4,       [MASM_SUB] = 5,
        [MASM_XOR] = 6, [MASM_CMP] = 7, [MASM_ADD_CARRY] = 2, [MASM_SUB_CARRY] = 3,
    };
    bool is_short = value >= -128 && value <= 127;
    x86_rr(m, OPC(0, 0, is_short ? 0x83 : 0x81), w, digits[op], dst);
    if (is_short)
        put8(m, (uint32_t)value);
    else
        put32(m, (uint32_t)value);
}

void
masm_alu(struct masm *m, enum masm_alu op, enum masm_width w, uint8_t dst,
         struct masm_operand src)
{
    static const uint8_t codes[] = {
        [MASM_ADD] = 0x03,       [MASM_OR] = 0x0b,        [MASM_AND] = 0x23,
        [MASM_SUB] = 0x2b,       [MASM_XOR] = 0x33,       [MASM_CMP] = 0x3b,
        [MASM_ADD_CARRY] = 0x13, [MASM_SUB_CARRY] = 0x1b,
    };
    switch (src.kind) {
    case MASM_OP_REG:
        x86_rr(m, codes[op], w, dst, src.reg);
        break;
    case MASM_OP_SLOT:
        x86_rm(m, codes[op], w, dst, slot(src.value));
        break;
    case MASM_OP_IMM:
        if (op == MASM_CMP && src.value == 0)
            masm_test(m, w, dst);
        else
            x86_alu_const(m, op, w, dst, src.value);
        break;
    }
}

void
masm_add(struct masm *m, enum masm_width w, uint8_t dst, uint8_t a, struct masm_operand b)
{
    struct masm_mem sum = {.base = a, .index = MASM_NONE, .disp = b.value};
    if (b.kind == MASM_OP_REG)
        sum = (struct masm_mem){.base = a, .index = b.reg};
    x86_rm(m, OPC(0, 0, 0x8d), w, dst, sum);
}

void
masm_compare_slot(struct masm *m, enum masm_width w, int32_t disp,
                  struct masm_operand src)
{
    if (src.kind == MASM_OP_REG) {
        x86_rm(m, OPC(0, 0, 0x39), w, src.reg, slot(disp));
        return;
    }
    bool is_short = src.value >= -128 && src.value <= 127;
    x86_rm(m, OPC(0, 0, is_short ? 0x83 : 0x81), w, 7, slot(disp));
    if (is_short)
        put8(m, (uint32_t)src.value);
    else
        put32(m, (uint32_t)src.value);
}

void
masm_test(struct masm *m, enum masm_width w, uint8_t reg)
{
    x86_rr(m, OPC(0, 0, 0x85), w, reg, reg);
}

void
masm_test_bits(struct masm *m, uint8_t reg, uint32_t bits)
{
    x86_rr(m, OPC(0, 0, 0xf6) | OPC_BYTE_REG, MASM_W32, 0, reg);
    put8(m, bits);
}

void
masm_compare_mem(struct masm *m, enum masm_width w, uint8_t reg, struct masm_mem mem)
{
    x86_rm(m, OPC(0, 0, 0x3b), w, reg, mem);
}

void
masm_multiply(struct masm *m, enum masm_width w, uint8_t dst, struct masm_operand src)
{
    switch (src.kind) {
    case MASM_OP_REG:
        x86_rr(m, OPC(0, 1, 0xaf), w, dst, src.reg);
        break;
    case MASM_OP_SLOT:
        x86_rm(m, OPC(0, 1, 0xaf), w, dst, slot(src.value));
        break;
    case MASM_OP_IMM: {
        bool is_short = src.value >= -128 && src.value <= 127;
        x86_rr(m, OPC(0, 0, is_short ? 0x6b : 0x69), w, dst, dst);
        if (is_short)
            put8(m, (uint32_t)src.value);
        else
            put32(m, (uint32_t)src.value);
        break;
    }
    }
}

void
masm_multiply_wide(struct masm *m, bool is_signed, uint8_t src)
{
    x86_rr(m, OPC(0, 0, 0xf7), MASM_W64, is_signed ? 5 : 4, src);
}

void
masm_negate(struct masm *m, enum masm_width w, uint8_t dst)
{
    x86_rr(m, OPC(0, 0, 0xf7), w, 3, dst);
}

static uint32_t
shift_digit(enum masm_shift op)
{
    static const uint8_t digits[] = {[MASM_ROTL] = 0,
                                     [MASM_ROTR] = 1,
                                     [MASM_SHL] = 4,
                                     [MASM_SHR_U] = 5,
                                     [MASM_SHR_S] = 7};
    return digits[op];
}

void
masm_shift_const(struct masm *m, enum masm_shift op, enum masm_width w, uint8_t dst,
                 uint32_t count)
{
    x86_rr(m, OPC(0, 0, 0xc1), w, shift_digit(op), dst);
    put8(m, count);
}

void
masm_shift(struct masm *m, enum masm_shift op, enum masm_width w, uint8_t dst)
{
    x86_rr(m, OPC(0, 0, 0xd3), w, shift_digit(op), dst);
}

void
masm_divide(struct masm *m, enum masm_width w, bool is_signed, uint8_t divisor)
{
    if (is_signed)
        x86_opcode(m, OPC(0, 0, 0x99), w, 0, 0, 0);
    else
        x86_rr(m, OPC(0, 0, 0x33), MASM_W32, RDX, RDX);
    x86_rr(m, OPC(0, 0, 0xf7), w, is_signed ? 7 : 6, divisor);
}

// bsr and bsf leave their destination when the source is zero; r11 then stands in.
void
masm_clz(struct masm *m, enum masm_width w, uint8_t dst, uint8_t src)
{
    uint32_t bits = w == MASM_W64 ? 64 : 32;
    x86_rr(m, OPC(0, 1, 0xbd), w, dst, src);
    x86_const(m, R11, 2 * bits - 1);
    x86_rr(m, OPC(0, 1, 0x44), MASM_W32, dst, R11);
    x86_alu_const(m, MASM_XOR, MASM_W32, dst, (int32_t)bits - 1);
}

void
masm_ctz(struct masm *m, enum masm_width w, uint8_t dst, uint8_t src)
{
    x86_rr(m, OPC(0, 1, 0xbc), w, dst, src);
    x86_const(m, R11, w == MASM_W64 ? 64 : 32);
    x86_rr(m, OPC(0, 1, 0x44), MASM_W32, dst, R11);
}

void
masm_popcnt(struct masm *m, enum masm_width w, uint8_t dst, uint8_t src)
{
    x86_rr(m, OPC(0xf3, 1, 0xb8), w, dst, src);
}

static void
setcc(struct masm *m, enum masm_cond cond, uint8_t dst)
{
    x86_rr(m, OPC(0, 1, 0x90 | x86_cond(cond)) | OPC_BYTE_REG, MASM_W32, 0, dst);
}

void
masm_set(struct masm *m, enum masm_cond cond, uint8_t dst)
{
    setcc(m, cond, dst);
    if (cond == MASM_FLOAT_EQ || cond == MASM_FLOAT_NE) {
        bool is_eq = cond == MASM_FLOAT_EQ;
        x86_rr(m, OPC(0, 1, is_eq ? 0x9b : 0x9a) | OPC_BYTE_REG, MASM_W32, 0, R11);
        x86_rr(m, OPC(0, 0, is_eq ? 0x22 : 0x0a) | OPC_BYTE_REG, MASM_W32, dst, R11);
    }
    x86_rr(m, OPC(0, 1, 0xb6) | OPC_BYTE_REG, MASM_W32, dst, dst);
}

void
masm_move_if(struct masm *m, enum masm_cond cond, uint8_t dst, uint8_t src)
{
    x86_rr(m, OPC(0, 1, 0x40 | x86_cond(cond)), MASM_W64, dst, src);
    if (cond == MASM_FLOAT_NE)
        x86_rr(m, OPC(0, 1, 0x4a), MASM_W64, dst, src);
}
