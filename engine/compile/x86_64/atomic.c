// SPDX-License-Identifier: Apache-2.0
//
// Atomic accesses. A locked instruction is sequentially consistent, xchg with memory is
// always locked, and plain aligned loads are good enough when all stores are exchanges.
#include "engine/compile/x86_64/encode.h"

enum { LOCK = 0xf0 };

// An instruction that exists for bytes as `opc`, for more of them as `opc` + 1.
static void
sized(struct masm *m, uint32_t map, uint32_t opc, uint32_t size, uint8_t reg,
      struct masm_access a)
{
    uint32_t prefix = size == 2 ? 0x66 : 0;
    uint32_t byte_reg = size == 1 ? OPC_BYTE_REG : 0;
    x86_rm(m, OPC(prefix, map, size == 1 ? opc : opc + 1) | byte_reg,
           size == 8 ? MASM_W64 : MASM_W32, reg, x86_linear(a));
}

// Instructions on 8 and 16 bits leave the rest of their register.
static void
zero_rest(struct masm *m, uint32_t size, uint8_t reg)
{
    if (size == 1)
        x86_rr(m, OPC(0, 1, 0xb6) | OPC_BYTE_REG, MASM_W32, reg, reg);
    else if (size == 2)
        x86_rr(m, OPC(0, 1, 0xb7), MASM_W32, reg, reg);
}

uint32_t
masm_atomic_exchange(struct masm *m, uint32_t size, uint8_t reg, struct masm_access a)
{
    uint32_t at = masm_offset(m);
    sized(m, 0, 0x86, size, reg, a);
    zero_rest(m, size, reg);
    return at;
}

uint32_t
masm_atomic_add(struct masm *m, uint32_t size, uint8_t reg, struct masm_access a)
{
    uint32_t at = masm_offset(m);
    put8(m, LOCK);
    sized(m, 1, 0xc0, size, reg, a);
    zero_rest(m, size, reg);
    return at;
}

static void
compare_exchange(struct masm *m, uint32_t size, uint8_t replacement, struct masm_access a)
{
    put8(m, LOCK);
    sized(m, 1, 0xb0, size, replacement, a);
}

uint32_t
masm_atomic_compare_exchange(struct masm *m, uint32_t size, uint8_t replacement,
                             struct masm_access a)
{
    uint32_t at = masm_offset(m);
    compare_exchange(m, size, replacement, a);
    zero_rest(m, size, RAX);
    if (size == 4) // when it succeeds it leaves eax, whose upper half may come from i64
        masm_zero_extend(m, RAX, RAX);
    return at;
}

static void
load_rax(struct masm *m, uint32_t size, struct masm_access a)
{
    if (size <= 2)
        x86_rm(m, OPC(0, 1, size == 1 ? 0xb6 : 0xb7), MASM_W32, RAX, x86_linear(a));
    else
        x86_rm(m, OPC(0, 0, 0x8b), size == 8 ? MASM_W64 : MASM_W32, RAX, x86_linear(a));
}

// The loop's locked instruction finds mapped what the load found mapped.
uint32_t
masm_atomic_update(struct masm *m, enum masm_alu op, uint32_t size, uint8_t src,
                   struct masm_access a)
{
    struct masm_operand by = {.kind = MASM_OP_REG, .reg = src};
    uint32_t at = masm_offset(m);
    load_rax(m, size, a);
    uint32_t again = masm_offset(m);
    x86_rr(m, OPC(0, 0, 0x8b), MASM_W64, R11, RAX);
    masm_alu(m, op, MASM_W64, R11, by);
    compare_exchange(m, size, R11, a);
    masm_jump_back_if(m, MASM_NE, again);
    return at;
}

void
masm_fence(struct masm *m)
{
    put8(m, 0x0f);
    put8(m, 0xae);
    put8(m, 0xf0);
}
