// SPDX-License-Identifier: Apache-2.0
//
// Moves and constants.
#include "engine/compile/x86_64/encode.h"

void
masm_move(struct masm *m, uint8_t type, uint8_t dst, uint8_t src)
{
    if (dst == src)
        return;
    if (type_is_float(type))
        x86_rr(m, OPC(0, 1, 0x28), MASM_W32, dst, src);
    else
        x86_rr(m, OPC(0, 0, 0x8b), type_width(type), dst, src);
}

void
x86_const(struct masm *m, uint8_t dst, uint64_t bits)
{
    if (bits <= UINT32_MAX) {
        x86_opcode(m, 0xb8u | (dst & 7u), MASM_W32, 0, 0, dst);
        put32(m, (uint32_t)bits);
    } else if ((int64_t)bits == (int32_t)bits) {
        x86_opcode(m, 0xc7, MASM_W64, 0, 0, dst);
        put8(m, 0xc0u | (dst & 7u));
        put32(m, (uint32_t)bits);
    } else {
        x86_opcode(m, 0xb8u | (dst & 7u), MASM_W64, 0, 0, dst);
        put64(m, bits);
    }
}

void
masm_const(struct masm *m, uint8_t type, uint8_t dst, uint64_t bits)
{
    if (!type_is_float(type)) {
        x86_const(m, dst, bits);
    } else if (bits == 0) {
        x86_rr(m, OPC(0, 1, 0x57), MASM_W32, dst, dst);
    } else {
        x86_const(m, R11, bits);
        x86_rr(m, OPC(0x66, 1, 0x6e), type_width(type), dst, R11);
    }
}

// Of memory that is not aligned.
static uint32_t
float_move(uint8_t type, uint32_t code)
{
    return OPC(type == WASM_TYPE_V128 ? 0 : scalar(type), 1, code);
}

void
masm_load_mem(struct masm *m, uint8_t type, uint8_t dst, struct masm_mem mem)
{
    if (type_is_float(type))
        x86_rm(m, float_move(type, 0x10), MASM_W32, dst, mem);
    else
        x86_rm(m, OPC(0, 0, 0x8b), type_width(type), dst, mem);
}

void
masm_store_mem(struct masm *m, uint8_t type, struct masm_mem mem, uint8_t src)
{
    if (type_is_float(type))
        x86_rm(m, float_move(type, 0x11), MASM_W32, src, mem);
    else
        x86_rm(m, OPC(0, 0, 0x89), type_width(type), src, mem);
}

void
masm_load_slot(struct masm *m, uint8_t type, uint8_t dst, int32_t disp)
{
    masm_load_mem(m, type, dst, slot(disp));
}

enum { POISON = 0x5eed5eed };

// The upper half of a slot that holds 32 bits is undefined.
static void
poison_slot(struct masm *m, uint8_t type, int32_t disp)
{
    if (!m->poison || type_width(type) == MASM_W64)
        return;
    x86_rm(m, OPC(0, 0, 0xc7), MASM_W32, 0, slot(disp + 4));
    put32(m, POISON);
}

void
masm_store_slot(struct masm *m, uint8_t type, int32_t disp, uint8_t src)
{
    masm_store_mem(m, type, slot(disp), src);
    poison_slot(m, type, disp);
}

void
masm_store_slot_const(struct masm *m, uint8_t type, int32_t disp, uint64_t bits)
{
    if (type_width(type) == MASM_W64 && (int64_t)bits != (int32_t)bits) {
        x86_const(m, R11, bits);
        x86_rm(m, OPC(0, 0, 0x89), MASM_W64, R11, slot(disp));
        return;
    }
    x86_rm(m, OPC(0, 0, 0xc7), type_width(type), 0, slot(disp));
    put32(m, (uint32_t)bits);
    poison_slot(m, type, disp);
    if (type == WASM_TYPE_V128)
        masm_store_slot_const(m, WASM_TYPE_I64, disp + 8, 0);
}

void
masm_address(struct masm *m, uint8_t dst, struct masm_mem mem)
{
    x86_rm(m, OPC(0, 0, 0x8d), MASM_W64, dst, mem);
}

void
masm_zero_extend(struct masm *m, uint8_t dst, uint8_t src)
{
    x86_rr(m, OPC(0, 0, 0x8b), MASM_W32, dst, src);
}

void
masm_sign_extend(struct masm *m, enum masm_width w, uint32_t bits, uint8_t dst,
                 uint8_t src)
{
    if (bits == 32)
        x86_rr(m, OPC(0, 0, 0x63), MASM_W64, dst, src);
    else if (bits == 16)
        x86_rr(m, OPC(0, 1, 0xbf), w, dst, src);
    else
        x86_rr(m, OPC(0, 1, 0xbe) | OPC_BYTE_REG, w, dst, src);
}

void
masm_poison(struct masm *m, uint8_t reg)
{
    x86_const(m, R11, (uint64_t)POISON << 32);
    x86_rr(m, OPC(0, 0, 0x0b), MASM_W64, reg, R11);
}

void
masm_check_upper(struct masm *m, uint8_t reg)
{
    put8(m, 0x41); // push r11
    put8(m, 0x53);
    put8(m, 0x9c); // pushfq
    masm_move(m, WASM_TYPE_I64, R11, reg);
    masm_shift_const(m, MASM_SHR_U, MASM_W64, R11, 32);
    uint8_t *fine = x86_short_if(m, MASM_EQ);
    masm_trap(m); // no site: a crash, not a trap
    x86_bind_short(m, fine);
    put8(m, 0x9d); // popfq
    put8(m, 0x41); // pop r11
    put8(m, 0x5b);
}

void
masm_exchange(struct masm *m, uint8_t a, uint8_t b)
{
    if (a < MASM_FLOAT) {
        x86_rr(m, OPC(0, 0, 0x87), MASM_W64, a, b);
        return;
    }
    masm_move(m, WASM_TYPE_F64, MASM_FLOAT_SCRATCH, a);
    masm_move(m, WASM_TYPE_F64, a, b);
    masm_move(m, WASM_TYPE_F64, b, MASM_FLOAT_SCRATCH);
}

void
masm_reinterpret(struct masm *m, uint8_t from_type, uint8_t dst, uint8_t src)
{
    if (type_is_float(from_type))
        x86_rr(m, OPC(0x66, 1, 0x7e), type_width(from_type), src, dst);
    else
        x86_rr(m, OPC(0x66, 1, 0x6e), type_width(from_type), dst, src);
}
