// SPDX-License-Identifier: Apache-2.0
//
// x86-64 with SSE4.1 and POPCNT. Scalar floating-point instructions read no more memory
// than their operand; packed ones get registers only.
#include "engine/compile/masm.h"

#include "base/string.h"
#include "engine/opcode.h"

const uint8_t masm_int_args[] = {7, 6, 2, 1, 8, 9};
const uint8_t masm_float_args[] = {16, 17, 18, 19, 20, 21, 22, 23};

const uint8_t masm_kept[] = {3, 12, 13, MASM_MEMORY};
const uint8_t masm_lent_general[] = {9, 8, 7};
const uint8_t masm_lent_float[] = {24, 25, 26, 27, 28, 29, 30};

enum {
    RAX = 0,
    RCX = 1,
    RDX = 2,
    RSP = 4,
    RBP = 5,
    RDI = 7,
    R11 = 11,
    R14 = 14,
    R15 = 15
};

// An opcode: prefix, map (0: one byte, 1: 0f, 2: 0f 38, 3: 0f 3a), byte.
#define OPC(prefix, map, byte) ((uint32_t)(prefix) << 16 | (uint32_t)(map) << 8 | (byte))
#define OPC_BYTE_REG           (1u << 24) // the register operand is one byte wide

// ---- Encoding ----

static void
put8(struct masm *m, uint32_t byte)
{
    *m->at++ = (uint8_t)byte;
}

static void
put32(struct masm *m, uint32_t value)
{
    memcpy(m->at, &value, 4);
    m->at += 4;
}

static void
put64(struct masm *m, uint64_t value)
{
    memcpy(m->at, &value, 8);
    m->at += 8;
}

static void
set32(struct masm *m, uint32_t at, uint32_t value)
{
    memcpy(m->base + at, &value, 4);
}

static uint32_t
get32(const struct masm *m, uint32_t at)
{
    uint32_t value;
    memcpy(&value, m->base + at, 4);
    return value;
}

// Prefixes and opcode; registers are numbers in their file.
static void
put_opcode(struct masm *m, uint32_t opc, enum masm_width w, uint32_t reg, uint32_t index,
           uint32_t base)
{
    uint32_t prefix = opc >> 16 & 0xff;
    uint32_t map = opc >> 8 & 0xff;
    uint32_t rex =
        (uint32_t)w << 3 | (reg >> 3 & 1) << 2 | (index >> 3 & 1) << 1 | (base >> 3 & 1);
    if (prefix)
        put8(m, prefix);
    if (rex || opc & OPC_BYTE_REG)
        put8(m, 0x40 | rex);
    if (map)
        put8(m, 0x0f);
    if (map >= 2)
        put8(m, map == 2 ? 0x38 : 0x3a);
    put8(m, opc & 0xff);
}

static void
put_rr(struct masm *m, uint32_t opc, enum masm_width w, uint32_t reg, uint32_t rm)
{
    reg &= 15;
    rm &= 15;
    put_opcode(m, opc, w, reg, 0, rm);
    put8(m, 0xc0 | (reg & 7) << 3 | (rm & 7));
}

static void
put_disp(struct masm *m, uint32_t mod_reg_rm, int32_t disp, uint32_t base, uint32_t sib)
{
    bool has_sib = (mod_reg_rm & 7) == 4;
    uint32_t mod = 2;
    if (disp == 0 && (base & 7) != RBP)
        mod = 0;
    else if (disp >= -128 && disp <= 127)
        mod = 1;
    put8(m, mod << 6 | mod_reg_rm);
    if (has_sib)
        put8(m, sib);
    if (mod == 1)
        put8(m, (uint32_t)disp);
    else if (mod == 2)
        put32(m, (uint32_t)disp);
}

static void
put_rm(struct masm *m, uint32_t opc, enum masm_width w, uint32_t reg, struct masm_mem mem)
{
    reg &= 15;
    uint32_t field = (reg & 7) << 3;
    if (mem.base == MASM_NONE) { // absolute
        put_opcode(m, opc, w, reg, 0, 0);
        put8(m, field | 4);
        put8(m, 0x25);
        put32(m, (uint32_t)mem.disp);
    } else if (mem.index != MASM_NONE) {
        put_opcode(m, opc, w, reg, mem.index, mem.base);
        uint32_t sib = (uint32_t)mem.scale << 6 | (mem.index & 7u) << 3 | (mem.base & 7u);
        put_disp(m, field | 4, mem.disp, mem.base, sib);
    } else {
        put_opcode(m, opc, w, reg, 0, mem.base);
        put_disp(m, field | (mem.base & 7u), mem.disp, mem.base, 0x24);
    }
}

static struct masm_mem
slot(int32_t disp)
{
    return (struct masm_mem){.base = RBP, .index = MASM_NONE, .disp = disp};
}

static bool
is_float(uint8_t type)
{
    return type == WASM_F32 || type == WASM_F64;
}

static enum masm_width
width(uint8_t type)
{
    return type == WASM_I32 || type == WASM_F32 ? MASM_W32 : MASM_W64;
}

// Prefix of a scalar floating-point instruction.
static uint32_t
scalar(uint8_t type)
{
    return type == WASM_F32 ? 0xf3 : 0xf2;
}

// Prefix of a packed one (or ucomis).
static uint32_t
packed(uint8_t type)
{
    return type == WASM_F32 ? 0 : 0x66;
}

// ---- Jumps ----

// One machine condition; the compound float ones are treated by their users.
static uint32_t
cc(enum masm_cond cond)
{
    static const uint8_t codes[] = {
        [MASM_EQ] = 0x4,
        [MASM_NE] = 0x5,
        [MASM_LT_S] = 0xc,
        [MASM_LT_U] = 0x2,
        [MASM_GT_S] = 0xf,
        [MASM_GT_U] = 0x7,
        [MASM_LE_S] = 0xe,
        [MASM_LE_U] = 0x6,
        [MASM_GE_S] = 0xd,
        [MASM_GE_U] = 0x3,
        [MASM_OVERFLOW] = 0x0,
        [MASM_NO_OVERFLOW] = 0x1,
        [MASM_SIGN] = 0x8,
        [MASM_NO_SIGN] = 0x9,
        [MASM_FLOAT_EQ] = 0x4,
        [MASM_FLOAT_NE] = 0x5,
        [MASM_FLOAT_GT] = 0x7,
        [MASM_FLOAT_GE] = 0x3,
        [MASM_FLOAT_NOT_GT] = 0x6,
        [MASM_FLOAT_NOT_GE] = 0x2,
        [MASM_FLOAT_UNORDERED] = 0xa,
    };
    return codes[cond];
}

enum masm_cond
masm_cond_not(enum masm_cond cond)
{
    static const uint8_t inverse[] = {
        [MASM_EQ] = MASM_NE,
        [MASM_NE] = MASM_EQ,
        [MASM_LT_S] = MASM_GE_S,
        [MASM_LT_U] = MASM_GE_U,
        [MASM_GT_S] = MASM_LE_S,
        [MASM_GT_U] = MASM_LE_U,
        [MASM_LE_S] = MASM_GT_S,
        [MASM_LE_U] = MASM_GT_U,
        [MASM_GE_S] = MASM_LT_S,
        [MASM_GE_U] = MASM_LT_U,
        [MASM_OVERFLOW] = MASM_NO_OVERFLOW,
        [MASM_NO_OVERFLOW] = MASM_OVERFLOW,
        [MASM_SIGN] = MASM_NO_SIGN,
        [MASM_NO_SIGN] = MASM_SIGN,
        [MASM_FLOAT_EQ] = MASM_FLOAT_NE,
        [MASM_FLOAT_NE] = MASM_FLOAT_EQ,
        [MASM_FLOAT_GT] = MASM_FLOAT_NOT_GT,
        [MASM_FLOAT_GE] = MASM_FLOAT_NOT_GE,
        [MASM_FLOAT_NOT_GT] = MASM_FLOAT_GT,
        [MASM_FLOAT_NOT_GE] = MASM_FLOAT_GE,
        [MASM_FLOAT_UNORDERED] = MASM_FLOAT_UNORDERED,
    };
    return (enum masm_cond)inverse[cond];
}

static void
put_link(struct masm *m, uint32_t *chain)
{
    uint32_t at = masm_offset(m);
    put32(m, *chain);
    *chain = at;
}

static void
put_target(struct masm *m, uint32_t target)
{
    put32(m, target - (masm_offset(m) + 4));
}

static void
jcc(struct masm *m, enum masm_cond cond, uint32_t *chain)
{
    put8(m, 0x0f);
    put8(m, 0x80 | cc(cond));
    put_link(m, chain);
}

static void
jcc_back(struct masm *m, enum masm_cond cond, uint32_t target)
{
    int32_t near = (int32_t)(target - (masm_offset(m) + 2));
    if (near >= -128) {
        put8(m, 0x70 | cc(cond));
        put8(m, (uint32_t)near);
        return;
    }
    put8(m, 0x0f);
    put8(m, 0x80 | cc(cond));
    put_target(m, target);
}

// Short forward jumps inside a sequence: returns what bind_short needs.
static uint8_t *
short_if(struct masm *m, enum masm_cond cond)
{
    put8(m, 0x70 | cc(cond));
    put8(m, 0);
    return m->at;
}

static uint8_t *
short_jump(struct masm *m)
{
    put8(m, 0xeb);
    put8(m, 0);
    return m->at;
}

static void
bind_short(struct masm *m, uint8_t *from)
{
    from[-1] = (uint8_t)(m->at - from);
}

void
masm_jump(struct masm *m, uint32_t *chain)
{
    put8(m, 0xe9);
    put_link(m, chain);
}

void
masm_jump_if(struct masm *m, enum masm_cond cond, uint32_t *chain)
{
    if (cond == MASM_FLOAT_EQ) {
        uint8_t *skip = short_if(m, MASM_FLOAT_UNORDERED);
        jcc(m, MASM_EQ, chain);
        bind_short(m, skip);
        return;
    }
    if (cond == MASM_FLOAT_NE)
        jcc(m, MASM_FLOAT_UNORDERED, chain);
    jcc(m, cond, chain);
}

void
masm_bind(struct masm *m, uint32_t chain)
{
    uint32_t here = masm_offset(m);
    while (chain) {
        uint32_t next = get32(m, chain);
        set32(m, chain, here - (chain + 4));
        chain = next;
    }
}

void
masm_jump_back(struct masm *m, uint32_t target)
{
    int32_t near = (int32_t)(target - (masm_offset(m) + 2));
    put8(m, near >= -128 ? 0xeb : 0xe9);
    if (near >= -128)
        put8(m, (uint32_t)near);
    else
        put_target(m, target);
}

void
masm_jump_back_if(struct masm *m, enum masm_cond cond, uint32_t target)
{
    if (cond == MASM_FLOAT_EQ) {
        uint8_t *skip = short_if(m, MASM_FLOAT_UNORDERED);
        jcc_back(m, MASM_EQ, target);
        bind_short(m, skip);
        return;
    }
    if (cond == MASM_FLOAT_NE)
        jcc_back(m, MASM_FLOAT_UNORDERED, target);
    jcc_back(m, cond, target);
}

// Entries are relative to their own end, so that they are chained like jumps.
void
masm_jump_table(struct masm *m, uint8_t index)
{
    struct masm_mem end_of_entry = {.base = R11, .index = index, .scale = 2};
    struct masm_mem entry = {.base = index, .index = MASM_NONE, .disp = -4};
    put8(m, 0x4c); // lea r11, [rip + ...]: the end of the first entry
    put8(m, 0x8d);
    put8(m, 0x1d);
    uint32_t field = masm_offset(m);
    put32(m, 0);
    masm_address(m, index, end_of_entry);
    put_rm(m, OPC(0, 0, 0x63), MASM_W64, R11, entry);
    put_rr(m, OPC(0, 0, 0x01), MASM_W64, index, R11);
    put_rr(m, OPC(0, 0, 0xff), MASM_W32, 4, R11);
    set32(m, field, masm_offset(m) + 4 - (field + 4));
}

void
masm_table_entry(struct masm *m, uint32_t *chain)
{
    put_link(m, chain);
}

void
masm_table_entry_back(struct masm *m, uint32_t target)
{
    put_target(m, target);
}

void
masm_call(struct masm *m, uint32_t *chain)
{
    put8(m, 0xe8);
    put_link(m, chain);
}

void
masm_call_back(struct masm *m, uint32_t target)
{
    put8(m, 0xe8);
    put_target(m, target);
}

void
masm_call_mem(struct masm *m, struct masm_mem mem)
{
    put_rm(m, OPC(0, 0, 0xff), MASM_W32, 2, mem);
}

void
masm_trap(struct masm *m)
{
    put8(m, 0x0f);
    put8(m, 0x0b);
}

void
masm_nop(struct masm *m)
{
    put8(m, 0x90);
}

void
masm_align(struct masm *m)
{
    while (masm_offset(m) % 16)
        put8(m, 0xcc);
}

// ---- Moves ----

void
masm_move(struct masm *m, uint8_t type, uint8_t dst, uint8_t src)
{
    if (dst == src)
        return;
    if (is_float(type))
        put_rr(m, OPC(0, 1, 0x28), MASM_W32, dst, src);
    else
        put_rr(m, OPC(0, 0, 0x8b), width(type), dst, src);
}

static void
general_const(struct masm *m, uint8_t dst, uint64_t bits)
{
    if (bits <= UINT32_MAX) {
        put_opcode(m, 0xb8u | (dst & 7u), MASM_W32, 0, 0, dst);
        put32(m, (uint32_t)bits);
    } else if ((int64_t)bits == (int32_t)bits) {
        put_opcode(m, 0xc7, MASM_W64, 0, 0, dst);
        put8(m, 0xc0u | (dst & 7u));
        put32(m, (uint32_t)bits);
    } else {
        put_opcode(m, 0xb8u | (dst & 7u), MASM_W64, 0, 0, dst);
        put64(m, bits);
    }
}

void
masm_const(struct masm *m, uint8_t type, uint8_t dst, uint64_t bits)
{
    if (!is_float(type)) {
        general_const(m, dst, bits);
    } else if (bits == 0) {
        put_rr(m, OPC(0, 1, 0x57), MASM_W32, dst, dst);
    } else {
        general_const(m, R11, bits);
        put_rr(m, OPC(0x66, 1, 0x6e), width(type), dst, R11);
    }
}

void
masm_load_mem(struct masm *m, uint8_t type, uint8_t dst, struct masm_mem mem)
{
    if (is_float(type))
        put_rm(m, OPC(scalar(type), 1, 0x10), MASM_W32, dst, mem);
    else
        put_rm(m, OPC(0, 0, 0x8b), width(type), dst, mem);
}

void
masm_store_mem(struct masm *m, uint8_t type, struct masm_mem mem, uint8_t src)
{
    if (is_float(type))
        put_rm(m, OPC(scalar(type), 1, 0x11), MASM_W32, src, mem);
    else
        put_rm(m, OPC(0, 0, 0x89), width(type), src, mem);
}

void
masm_load_slot(struct masm *m, uint8_t type, uint8_t dst, int32_t disp)
{
    masm_load_mem(m, type, dst, slot(disp));
}

void
masm_store_slot(struct masm *m, uint8_t type, int32_t disp, uint8_t src)
{
    masm_store_mem(m, type, slot(disp), src);
}

void
masm_store_slot_const(struct masm *m, uint8_t type, int32_t disp, uint64_t bits)
{
    if (width(type) == MASM_W64 && (int64_t)bits != (int32_t)bits) {
        general_const(m, R11, bits);
        put_rm(m, OPC(0, 0, 0x89), MASM_W64, R11, slot(disp));
        return;
    }
    put_rm(m, OPC(0, 0, 0xc7), width(type), 0, slot(disp));
    put32(m, (uint32_t)bits);
}

void
masm_address(struct masm *m, uint8_t dst, struct masm_mem mem)
{
    put_rm(m, OPC(0, 0, 0x8d), MASM_W64, dst, mem);
}

void
masm_zero_extend(struct masm *m, uint8_t dst, uint8_t src)
{
    put_rr(m, OPC(0, 0, 0x8b), MASM_W32, dst, src);
}

void
masm_sign_extend(struct masm *m, enum masm_width w, uint32_t bits, uint8_t dst,
                 uint8_t src)
{
    if (bits == 32)
        put_rr(m, OPC(0, 0, 0x63), MASM_W64, dst, src);
    else if (bits == 16)
        put_rr(m, OPC(0, 1, 0xbf), w, dst, src);
    else
        put_rr(m, OPC(0, 1, 0xbe) | OPC_BYTE_REG, w, dst, src);
}

void
masm_exchange(struct masm *m, uint8_t a, uint8_t b)
{
    if (a < MASM_FLOAT) {
        put_rr(m, OPC(0, 0, 0x87), MASM_W64, a, b);
        return;
    }
    masm_move(m, WASM_F64, MASM_FLOAT_SCRATCH, a);
    masm_move(m, WASM_F64, a, b);
    masm_move(m, WASM_F64, b, MASM_FLOAT_SCRATCH);
}

void
masm_reinterpret(struct masm *m, uint8_t from_type, uint8_t dst, uint8_t src)
{
    if (is_float(from_type))
        put_rr(m, OPC(0x66, 1, 0x7e), width(from_type), src, dst);
    else
        put_rr(m, OPC(0x66, 1, 0x6e), width(from_type), dst, src);
}

// ---- Integers ----

static void
put_alu_const(struct masm *m, enum masm_alu op, enum masm_width w, uint8_t dst,
              int32_t value)
{
    static const uint8_t digits[] = {
        [MASM_ADD] = 0, [MASM_OR] = 1,  [MASM_AND] = 4,
        [MASM_SUB] = 5, [MASM_XOR] = 6, [MASM_CMP] = 7,
    };
    bool is_short = value >= -128 && value <= 127;
    put_rr(m, OPC(0, 0, is_short ? 0x83 : 0x81), w, digits[op], dst);
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
        [MASM_ADD] = 0x03, [MASM_OR] = 0x0b,  [MASM_AND] = 0x23,
        [MASM_SUB] = 0x2b, [MASM_XOR] = 0x33, [MASM_CMP] = 0x3b,
    };
    switch (src.kind) {
    case MASM_OP_REG:
        put_rr(m, codes[op], w, dst, src.reg);
        break;
    case MASM_OP_SLOT:
        put_rm(m, codes[op], w, dst, slot(src.value));
        break;
    case MASM_OP_IMM:
        if (op == MASM_CMP && src.value == 0)
            masm_test(m, w, dst);
        else
            put_alu_const(m, op, w, dst, src.value);
        break;
    }
}

void
masm_add(struct masm *m, enum masm_width w, uint8_t dst, uint8_t a, struct masm_operand b)
{
    struct masm_mem sum = {.base = a, .index = MASM_NONE, .disp = b.value};
    if (b.kind == MASM_OP_REG)
        sum = (struct masm_mem){.base = a, .index = b.reg};
    put_rm(m, OPC(0, 0, 0x8d), w, dst, sum);
}

void
masm_compare_slot(struct masm *m, enum masm_width w, int32_t disp,
                  struct masm_operand src)
{
    if (src.kind == MASM_OP_REG) {
        put_rm(m, OPC(0, 0, 0x39), w, src.reg, slot(disp));
        return;
    }
    bool is_short = src.value >= -128 && src.value <= 127;
    put_rm(m, OPC(0, 0, is_short ? 0x83 : 0x81), w, 7, slot(disp));
    if (is_short)
        put8(m, (uint32_t)src.value);
    else
        put32(m, (uint32_t)src.value);
}

void
masm_test(struct masm *m, enum masm_width w, uint8_t reg)
{
    put_rr(m, OPC(0, 0, 0x85), w, reg, reg);
}

void
masm_compare_mem(struct masm *m, enum masm_width w, uint8_t reg, struct masm_mem mem)
{
    put_rm(m, OPC(0, 0, 0x3b), w, reg, mem);
}

void
masm_multiply(struct masm *m, enum masm_width w, uint8_t dst, struct masm_operand src)
{
    switch (src.kind) {
    case MASM_OP_REG:
        put_rr(m, OPC(0, 1, 0xaf), w, dst, src.reg);
        break;
    case MASM_OP_SLOT:
        put_rm(m, OPC(0, 1, 0xaf), w, dst, slot(src.value));
        break;
    case MASM_OP_IMM: {
        bool is_short = src.value >= -128 && src.value <= 127;
        put_rr(m, OPC(0, 0, is_short ? 0x6b : 0x69), w, dst, dst);
        if (is_short)
            put8(m, (uint32_t)src.value);
        else
            put32(m, (uint32_t)src.value);
        break;
    }
    }
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
    put_rr(m, OPC(0, 0, 0xc1), w, shift_digit(op), dst);
    put8(m, count);
}

void
masm_shift(struct masm *m, enum masm_shift op, enum masm_width w, uint8_t dst)
{
    put_rr(m, OPC(0, 0, 0xd3), w, shift_digit(op), dst);
}

void
masm_divide(struct masm *m, enum masm_width w, bool is_signed, uint8_t divisor)
{
    if (is_signed)
        put_opcode(m, OPC(0, 0, 0x99), w, 0, 0, 0);
    else
        put_rr(m, OPC(0, 0, 0x33), MASM_W32, RDX, RDX);
    put_rr(m, OPC(0, 0, 0xf7), w, is_signed ? 7 : 6, divisor);
}

// bsr and bsf leave their destination when the source is zero; r11 then stands in.
void
masm_clz(struct masm *m, enum masm_width w, uint8_t dst, uint8_t src)
{
    uint32_t bits = w == MASM_W64 ? 64 : 32;
    put_rr(m, OPC(0, 1, 0xbd), w, dst, src);
    general_const(m, R11, 2 * bits - 1);
    put_rr(m, OPC(0, 1, 0x44), MASM_W32, dst, R11);
    put_alu_const(m, MASM_XOR, MASM_W32, dst, (int32_t)bits - 1);
}

void
masm_ctz(struct masm *m, enum masm_width w, uint8_t dst, uint8_t src)
{
    put_rr(m, OPC(0, 1, 0xbc), w, dst, src);
    general_const(m, R11, w == MASM_W64 ? 64 : 32);
    put_rr(m, OPC(0, 1, 0x44), MASM_W32, dst, R11);
}

void
masm_popcnt(struct masm *m, enum masm_width w, uint8_t dst, uint8_t src)
{
    put_rr(m, OPC(0xf3, 1, 0xb8), w, dst, src);
}

static void
setcc(struct masm *m, enum masm_cond cond, uint8_t dst)
{
    put_rr(m, OPC(0, 1, 0x90 | cc(cond)) | OPC_BYTE_REG, MASM_W32, 0, dst);
}

void
masm_set(struct masm *m, enum masm_cond cond, uint8_t dst)
{
    setcc(m, cond, dst);
    if (cond == MASM_FLOAT_EQ || cond == MASM_FLOAT_NE) {
        bool is_eq = cond == MASM_FLOAT_EQ;
        put_rr(m, OPC(0, 1, is_eq ? 0x9b : 0x9a) | OPC_BYTE_REG, MASM_W32, 0, R11);
        put_rr(m, OPC(0, 0, is_eq ? 0x22 : 0x0a) | OPC_BYTE_REG, MASM_W32, dst, R11);
    }
    put_rr(m, OPC(0, 1, 0xb6) | OPC_BYTE_REG, MASM_W32, dst, dst);
}

void
masm_move_if(struct masm *m, enum masm_cond cond, uint8_t dst, uint8_t src)
{
    put_rr(m, OPC(0, 1, 0x40 | cc(cond)), MASM_W64, dst, src);
    if (cond == MASM_FLOAT_NE)
        put_rr(m, OPC(0, 1, 0x4a), MASM_W64, dst, src);
}

// ---- Floating point ----

void
masm_float(struct masm *m, enum masm_float_op op, uint8_t type, uint8_t dst,
           struct masm_operand src)
{
    static const uint8_t codes[] = {
        [MASM_FADD] = 0x58, [MASM_FSUB] = 0x5c, [MASM_FMUL] = 0x59, [MASM_FDIV] = 0x5e};
    uint32_t opc = OPC(scalar(type), 1, codes[op]);
    if (src.kind == MASM_OP_SLOT)
        put_rm(m, opc, MASM_W32, dst, slot(src.value));
    else
        put_rr(m, opc, MASM_W32, dst, src.reg);
}

void
masm_float_compare(struct masm *m, uint8_t type, uint8_t a, uint8_t b)
{
    put_rr(m, OPC(packed(type), 1, 0x2e), MASM_W32, a, b);
}

// minss and maxss return the second operand for equal ones and for NaN, so both are
// treated apart: or (and) of the signs for equal ones, a sum to get a quiet NaN.
static void
put_min_max(struct masm *m, uint8_t type, uint8_t dst, uint8_t src, uint32_t code,
            uint32_t combine)
{
    masm_float_compare(m, type, dst, src);
    uint8_t *unordered = short_if(m, MASM_FLOAT_UNORDERED);
    uint8_t *equal = short_if(m, MASM_EQ);
    put_rr(m, OPC(scalar(type), 1, code), MASM_W32, dst, src);
    uint8_t *done = short_jump(m);
    bind_short(m, unordered);
    put_rr(m, OPC(scalar(type), 1, 0x58), MASM_W32, dst, src);
    uint8_t *done_nan = short_jump(m);
    bind_short(m, equal);
    put_rr(m, OPC(0, 1, combine), MASM_W32, dst, src);
    bind_short(m, done);
    bind_short(m, done_nan);
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
    return type == WASM_F32 ? 1ull << 31 : 1ull << 63;
}

void
masm_copysign(struct masm *m, uint8_t type, uint8_t dst, uint8_t src)
{
    masm_const(m, type, MASM_FLOAT_SCRATCH, sign_bit(type));
    put_rr(m, OPC(0, 1, 0x54), MASM_W32, src, MASM_FLOAT_SCRATCH); // and
    put_rr(m, OPC(0, 1, 0x55), MASM_W32, MASM_FLOAT_SCRATCH, dst); // not scratch, and
    put_rr(m, OPC(0, 1, 0x56), MASM_W32, src, MASM_FLOAT_SCRATCH); // or
    masm_move(m, type, dst, src);
}

void
masm_abs(struct masm *m, uint8_t type, uint8_t dst)
{
    masm_const(m, type, MASM_FLOAT_SCRATCH, sign_bit(type) - 1);
    put_rr(m, OPC(0, 1, 0x54), MASM_W32, dst, MASM_FLOAT_SCRATCH);
}

void
masm_neg(struct masm *m, uint8_t type, uint8_t dst)
{
    masm_const(m, type, MASM_FLOAT_SCRATCH, sign_bit(type));
    put_rr(m, OPC(0, 1, 0x57), MASM_W32, dst, MASM_FLOAT_SCRATCH);
}

void
masm_sqrt(struct masm *m, uint8_t type, uint8_t dst, uint8_t src)
{
    put_rr(m, OPC(scalar(type), 1, 0x51), MASM_W32, dst, src);
}

void
masm_round(struct masm *m, enum masm_round mode, uint8_t type, uint8_t dst, uint8_t src)
{
    put_rr(m, OPC(0x66, 3, type == WASM_F32 ? 0x0a : 0x0b), MASM_W32, dst, src);
    put8(m, (uint32_t)mode | 8); // no precision exception
}

// ---- Conversions ----

void
masm_convert_float(struct masm *m, uint8_t to, uint8_t dst, uint8_t src)
{
    put_rr(m, OPC(to == WASM_F32 ? 0xf2 : 0xf3, 1, 0x5a), MASM_W32, dst, src);
}

static void
put_cvtsi2s(struct masm *m, uint8_t to, enum masm_width w, uint8_t dst, uint8_t src)
{
    masm_const(m, to, dst, 0); // no dependency on what dst held
    put_rr(m, OPC(scalar(to), 1, 0x2a), w, dst, src);
}

// An u64 with its top bit set is halved, the lost bit kept for the rounding, and doubled.
static void
put_convert_u64(struct masm *m, uint8_t to, uint8_t dst, uint8_t src)
{
    masm_test(m, MASM_W64, src);
    uint8_t *large = short_if(m, MASM_SIGN);
    put_cvtsi2s(m, to, MASM_W64, dst, src);
    uint8_t *done = short_jump(m);
    bind_short(m, large);
    masm_move(m, WASM_I64, R11, src);
    masm_shift_const(m, MASM_SHR_U, MASM_W64, R11, 1);
    put_alu_const(m, MASM_AND, MASM_W32, src, 1);
    put_rr(m, OPC(0, 0, 0x0b), MASM_W64, R11, src);
    put_cvtsi2s(m, to, MASM_W64, dst, R11);
    put_rr(m, OPC(scalar(to), 1, 0x58), MASM_W32, dst, dst);
    bind_short(m, done);
}

void
masm_convert_int(struct masm *m, uint8_t to, enum masm_width w, bool is_signed,
                 uint8_t dst, uint8_t src)
{
    if (is_signed)
        put_cvtsi2s(m, to, w, dst, src);
    else if (w == MASM_W32)
        put_cvtsi2s(m, to, MASM_W64, dst, src);
    else
        put_convert_u64(m, to, dst, src);
}

static void
put_cvtt(struct masm *m, uint8_t from, enum masm_width w, uint8_t dst, uint8_t src)
{
    put_rr(m, OPC(scalar(from), 1, 0x2c), w, dst, src);
}

// -2^31, -2^63, 2^63 and the number below -2^31 - 1, as bits.
static uint64_t
signed_minimum(uint8_t type, enum masm_width w)
{
    if (type == WASM_F32)
        return w == MASM_W32 ? 0xcf000000u : 0xdf000000u;
    return w == MASM_W32 ? 0xc1e0000000200000u : 0xc3e0000000000000u;
}

static uint64_t
two_to_63(uint8_t type)
{
    return type == WASM_F32 ? 0x5f000000u : 0x43e0000000000000u;
}

static void
compare_with_const(struct masm *m, uint8_t type, uint8_t reg, uint64_t bits)
{
    masm_const(m, type, MASM_FLOAT_SCRATCH, bits);
    masm_float_compare(m, type, reg, MASM_FLOAT_SCRATCH);
}

static void
trap_overflow_if(struct masm *m, enum masm_cond cond, struct masm_trunc_traps *traps)
{
    jcc(m, cond, &traps->overflow[traps->overflow_count++]);
}

// cvtts gives the smallest integer for all that does not fit: only that one is looked at.
static void
trunc_signed(struct masm *m, struct masm_trunc how, uint8_t dst, uint8_t src,
             struct masm_trunc_traps *traps)
{
    put_cvtt(m, how.from, how.w, dst, src);
    put_alu_const(m, MASM_CMP, how.w, dst, 1);
    uint8_t *done = short_if(m, MASM_NO_OVERFLOW);
    if (how.saturates) {
        compare_with_const(m, how.from, src, 0);
        uint8_t *nan = short_if(m, MASM_FLOAT_UNORDERED);
        uint8_t *minimum = short_if(m, MASM_FLOAT_NOT_GT);
        general_const(m, dst, how.w == MASM_W32 ? INT32_MAX : (uint64_t)INT64_MAX);
        uint8_t *maximum = short_jump(m);
        bind_short(m, nan);
        general_const(m, dst, 0);
        bind_short(m, minimum);
        bind_short(m, maximum);
    } else {
        bool is_open = how.from == WASM_F64 && how.w == MASM_W32;
        compare_with_const(m, how.from, src, signed_minimum(how.from, how.w));
        jcc(m, MASM_FLOAT_UNORDERED, &traps->invalid);
        trap_overflow_if(m, is_open ? MASM_FLOAT_NOT_GT : MASM_FLOAT_NOT_GE, traps);
        compare_with_const(m, how.from, src, 0);
        trap_overflow_if(m, MASM_FLOAT_GT, traps);
    }
    bind_short(m, done);
}

// Truncated to 64 bits, a result that fits has a zero upper half.
static void
trunc_u32(struct masm *m, struct masm_trunc how, uint8_t dst, uint8_t src,
          struct masm_trunc_traps *traps)
{
    put_cvtt(m, how.from, MASM_W64, dst, src);
    masm_move(m, WASM_I64, R11, dst);
    masm_shift_const(m, MASM_SHR_U, MASM_W64, R11, 32);
    uint8_t *done = short_if(m, MASM_EQ);
    if (how.saturates) {
        compare_with_const(m, how.from, src, 0);
        general_const(m, dst, 0);
        uint8_t *zero = short_if(m, MASM_FLOAT_NOT_GT);
        general_const(m, dst, UINT32_MAX);
        bind_short(m, zero);
    } else {
        masm_float_compare(m, how.from, src, src);
        jcc(m, MASM_FLOAT_UNORDERED, &traps->invalid);
        masm_jump(m, &traps->overflow[traps->overflow_count++]);
    }
    bind_short(m, done);
}

// Above 2^63 the difference to it is truncated, and its bit set in the result.
static void
trunc_u64(struct masm *m, struct masm_trunc how, uint8_t dst, uint8_t src,
          struct masm_trunc_traps *traps)
{
    put_cvtt(m, how.from, MASM_W64, dst, src);
    masm_test(m, MASM_W64, dst);
    uint8_t *done = short_if(m, MASM_NO_SIGN);
    compare_with_const(m, how.from, src, two_to_63(how.from));
    uint8_t *zero = NULL;
    if (how.saturates) {
        general_const(m, dst, 0);
        zero = short_if(m, MASM_FLOAT_NOT_GE);
    } else {
        jcc(m, MASM_FLOAT_UNORDERED, &traps->invalid);
        trap_overflow_if(m, MASM_FLOAT_NOT_GE, traps);
    }
    put_rr(m, OPC(scalar(how.from), 1, 0x5c), MASM_W32, src, MASM_FLOAT_SCRATCH);
    put_cvtt(m, how.from, MASM_W64, dst, src);
    general_const(m, R11, 1ull << 63);
    masm_test(m, MASM_W64, dst);
    if (how.saturates) {
        uint8_t *fits = short_if(m, MASM_NO_SIGN);
        general_const(m, dst, INT64_MAX);
        bind_short(m, fits);
    } else {
        trap_overflow_if(m, MASM_SIGN, traps);
    }
    put_rr(m, OPC(0, 0, 0x0b), MASM_W64, dst, R11);
    bind_short(m, done);
    if (zero)
        bind_short(m, zero);
}

void
masm_trunc(struct masm *m, struct masm_trunc how, uint8_t dst, uint8_t src,
           struct masm_trunc_traps *traps)
{
    *traps = (struct masm_trunc_traps){0};
    if (how.is_signed)
        trunc_signed(m, how, dst, src, traps);
    else if (how.w == MASM_W32)
        trunc_u32(m, how, dst, src, traps);
    else
        trunc_u64(m, how, dst, src, traps);
}

// ---- Linear memory ----

// The machine address of an access: a 32-bit displacement when the offset has one, else
// the sum in r11.
static struct masm_mem
linear(struct masm *m, struct masm_access a)
{
    uint8_t base = m->memory_at_zero ? MASM_NONE : R15;
    if (a.offset > INT32_MAX) {
        general_const(m, R11, a.offset);
        if (a.addr != MASM_NONE)
            put_rr(m, OPC(0, 0, 0x03), MASM_W64, R11, a.addr);
        a = (struct masm_access){.addr = R11};
    }
    if (base == MASM_NONE)
        return (struct masm_mem){a.addr, MASM_NONE, 0, (int32_t)a.offset};
    return (struct masm_mem){base, a.addr, 0, (int32_t)a.offset};
}

struct access_code {
    uint32_t opc;
    uint8_t width;
};

static struct access_code
load_code(uint32_t opcode)
{
    switch (opcode) {
    case WASM_OP_I32_LOAD:
    case WASM_OP_I64_LOAD32_U:
        return (struct access_code){OPC(0, 0, 0x8b), MASM_W32};
    case WASM_OP_I64_LOAD:
        return (struct access_code){OPC(0, 0, 0x8b), MASM_W64};
    case WASM_OP_F32_LOAD:
        return (struct access_code){OPC(0xf3, 1, 0x10), MASM_W32};
    case WASM_OP_F64_LOAD:
        return (struct access_code){OPC(0xf2, 1, 0x10), MASM_W32};
    case WASM_OP_I32_LOAD8_S:
        return (struct access_code){OPC(0, 1, 0xbe), MASM_W32};
    case WASM_OP_I32_LOAD8_U:
    case WASM_OP_I64_LOAD8_U:
        return (struct access_code){OPC(0, 1, 0xb6), MASM_W32};
    case WASM_OP_I32_LOAD16_S:
        return (struct access_code){OPC(0, 1, 0xbf), MASM_W32};
    case WASM_OP_I32_LOAD16_U:
    case WASM_OP_I64_LOAD16_U:
        return (struct access_code){OPC(0, 1, 0xb7), MASM_W32};
    case WASM_OP_I64_LOAD8_S:
        return (struct access_code){OPC(0, 1, 0xbe), MASM_W64};
    case WASM_OP_I64_LOAD16_S:
        return (struct access_code){OPC(0, 1, 0xbf), MASM_W64};
    default: // i64.load32_s
        return (struct access_code){OPC(0, 0, 0x63), MASM_W64};
    }
}

uint32_t
masm_load(struct masm *m, uint32_t opcode, uint8_t dst, struct masm_access a)
{
    struct access_code code = load_code(opcode);
    struct masm_mem mem = linear(m, a);
    uint32_t at = masm_offset(m);
    put_rm(m, code.opc, (enum masm_width)code.width, dst, mem);
    return at;
}

static struct access_code
store_code(uint32_t opcode)
{
    switch (opcode) {
    case WASM_OP_I32_STORE:
    case WASM_OP_I64_STORE32:
        return (struct access_code){OPC(0, 0, 0x89), MASM_W32};
    case WASM_OP_I64_STORE:
        return (struct access_code){OPC(0, 0, 0x89), MASM_W64};
    case WASM_OP_F32_STORE:
        return (struct access_code){OPC(0xf3, 1, 0x11), MASM_W32};
    case WASM_OP_F64_STORE:
        return (struct access_code){OPC(0xf2, 1, 0x11), MASM_W32};
    case WASM_OP_I32_STORE8:
    case WASM_OP_I64_STORE8:
        return (struct access_code){OPC(0, 0, 0x88) | OPC_BYTE_REG, MASM_W32};
    default: // i32.store16, i64.store16
        return (struct access_code){OPC(0x66, 0, 0x89), MASM_W32};
    }
}

uint32_t
masm_store(struct masm *m, uint32_t opcode, struct masm_access a, uint8_t src)
{
    struct access_code code = store_code(opcode);
    struct masm_mem mem = linear(m, a);
    uint32_t at = masm_offset(m);
    put_rm(m, code.opc, (enum masm_width)code.width, src, mem);
    return at;
}

uint32_t
masm_store_const(struct masm *m, uint32_t opcode, struct masm_access a, int32_t value)
{
    struct masm_mem mem = linear(m, a);
    uint32_t at = masm_offset(m);
    switch (opcode) {
    case WASM_OP_I32_STORE8:
    case WASM_OP_I64_STORE8:
        put_rm(m, OPC(0, 0, 0xc6), MASM_W32, 0, mem);
        put8(m, (uint32_t)value);
        break;
    case WASM_OP_I32_STORE16:
    case WASM_OP_I64_STORE16:
        put_rm(m, OPC(0x66, 0, 0xc7), MASM_W32, 0, mem);
        put8(m, (uint32_t)value);
        put8(m, (uint32_t)value >> 8);
        break;
    default:
        put_rm(m, OPC(0, 0, 0xc7), opcode == WASM_OP_I64_STORE ? MASM_W64 : MASM_W32, 0,
               mem);
        put32(m, (uint32_t)value);
    }
    return at;
}

// ---- Frame ----

// The comparison is signed: a stack pointer less a large frame may be negative.
void
masm_prologue(struct masm *m, bool uses_memory, struct masm_prologue *out)
{
    struct masm_mem frame_end = {.base = RSP, .index = MASM_NONE, .disp = INT32_MIN};
    struct masm_mem stack_limit = {.base = RDI, .index = MASM_NONE, .disp = 8};
    struct masm_mem memory_base = {.base = RDI, .index = MASM_NONE};
    out->overflow_jump = 0;
    put8(m, 0x55);                                        // push rbp
    put_rr(m, OPC(0, 0, 0x8b), MASM_W64, RBP, RSP);       // mov rbp, rsp
    put_rm(m, OPC(0, 0, 0x8d), MASM_W64, R11, frame_end); // lea r11, [rsp - size]
    out->frame_size_at = masm_offset(m) - 4;
    put_rm(m, OPC(0, 0, 0x3b), MASM_W64, R11, stack_limit);
    jcc(m, MASM_LT_S, &out->overflow_jump);
    put_rr(m, OPC(0, 0, 0x8b), MASM_W64, RSP, R11);
    masm_store_slot(m, WASM_I64, -8, R14);
    masm_move(m, WASM_I64, R14, RDI);
    if (uses_memory && !m->memory_at_zero) {
        masm_store_slot(m, WASM_I64, -16, R15);
        masm_load_mem(m, WASM_I64, R15, memory_base);
    }
}

void
masm_set_frame_size(struct masm *m, const struct masm_prologue *p, uint32_t bytes)
{
    set32(m, p->frame_size_at, 0u - bytes);
}

void
masm_epilogue(struct masm *m, bool uses_memory)
{
    if (uses_memory && !m->memory_at_zero)
        masm_load_slot(m, WASM_I64, R15, -16);
    masm_load_slot(m, WASM_I64, R14, -8);
    put8(m, 0xc9); // leave
    put8(m, 0xc3);
}

void
masm_zero_slots(struct masm *m, int32_t disp, uint32_t count)
{
    enum { UNROLLED = 32 };
    struct masm_mem lowest = slot(disp);
    if (count > UNROLLED) {
        masm_address(m, RDI, lowest);
        general_const(m, RCX, count);
        general_const(m, RAX, 0);
        put8(m, 0xf3); // rep stosq
        put8(m, 0x48);
        put8(m, 0xab);
        return;
    }
    if (count > 1)
        masm_const(m, WASM_F64, MASM_FLOAT_RESULT, 0);
    for (; count > 1; count -= 2, lowest.disp += 16)
        put_rm(m, OPC(0, 1, 0x11), MASM_W32, MASM_FLOAT_RESULT, lowest); // movups
    if (count)
        masm_store_slot_const(m, WASM_I64, lowest.disp, 0);
}
