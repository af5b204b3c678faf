// SPDX-License-Identifier: Apache-2.0
//
// Jumps, calls and traps.
#include "engine/compile/x86_64/encode.h"

// One machine condition; the compound float ones are treated by their users.
uint32_t
x86_cond(enum masm_cond cond)
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
        [MASM_CARRY] = 0x2,
        [MASM_NO_CARRY] = 0x3,
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
        [MASM_CARRY] = MASM_NO_CARRY,
        [MASM_NO_CARRY] = MASM_CARRY,
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

void
x86_jump_if(struct masm *m, enum masm_cond cond, uint32_t *chain)
{
    put8(m, 0x0f);
    put8(m, 0x80 | x86_cond(cond));
    put_link(m, chain);
}

static void
put_jcc_back(struct masm *m, enum masm_cond cond, uint32_t target)
{
    int32_t near = (int32_t)(target - (masm_offset(m) + 2));
    if (near >= -128) {
        put8(m, 0x70 | x86_cond(cond));
        put8(m, (uint32_t)near);
        return;
    }
    put8(m, 0x0f);
    put8(m, 0x80 | x86_cond(cond));
    put_target(m, target);
}

// Short forward jumps inside a sequence: returns what x86_bind_short needs.
uint8_t *
x86_short_if(struct masm *m, enum masm_cond cond)
{
    put8(m, 0x70 | x86_cond(cond));
    put8(m, 0);
    return m->at;
}

uint8_t *
x86_short_jump(struct masm *m)
{
    put8(m, 0xeb);
    put8(m, 0);
    return m->at;
}

void
x86_bind_short(struct masm *m, uint8_t *from)
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
        uint8_t *skip = x86_short_if(m, MASM_FLOAT_UNORDERED);
        x86_jump_if(m, MASM_EQ, chain);
        x86_bind_short(m, skip);
        return;
    }
    if (cond == MASM_FLOAT_NE)
        x86_jump_if(m, MASM_FLOAT_UNORDERED, chain);
    x86_jump_if(m, cond, chain);
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
        uint8_t *skip = x86_short_if(m, MASM_FLOAT_UNORDERED);
        put_jcc_back(m, MASM_EQ, target);
        x86_bind_short(m, skip);
        return;
    }
    if (cond == MASM_FLOAT_NE)
        put_jcc_back(m, MASM_FLOAT_UNORDERED, target);
    put_jcc_back(m, cond, target);
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
    x86_rm(m, OPC(0, 0, 0x63), MASM_W64, R11, entry);
    x86_rr(m, OPC(0, 0, 0x01), MASM_W64, index, R11);
    x86_rr(m, OPC(0, 0, 0xff), MASM_W32, 4, R11);
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
    x86_rm(m, OPC(0, 0, 0xff), MASM_W32, 2, mem);
}

void
masm_jump_mem(struct masm *m, struct masm_mem mem)
{
    x86_rm(m, OPC(0, 0, 0xff), MASM_W32, 4, mem);
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
    while (masm_offset(m) % 32)
        put8(m, 0xcc);
}
