// SPDX-License-Identifier: Apache-2.0
//
// Prefixes, opcode and operands of an instruction.
#include "engine/compile/x86_64/encode.h"

void
x86_opcode(struct masm *m, uint32_t opc, enum masm_width w, uint32_t reg, uint32_t index,
           uint32_t base)
{
    uint32_t prefix = opc >> 16 & 0xff;
    uint32_t map = opc >> 8 & 0xff;
    uint32_t rex =
        (uint32_t)w << 3 | (reg >> 3 & 1) << 2 | (index >> 3 & 1) << 1 | (base >> 3 & 1);
    if (prefix)
        put8(m, prefix);
    // Without a prefix the bytes numbered 4 to 7 are others.
    if (rex || (opc & OPC_BYTE_REG && ((reg & 7) > 3 || (base & 7) > 3)))
        put8(m, 0x40 | rex);
    if (map)
        put8(m, 0x0f);
    if (map >= 2)
        put8(m, map == 2 ? 0x38 : 0x3a);
    put8(m, opc & 0xff);
}

void
x86_rr(struct masm *m, uint32_t opc, enum masm_width w, uint32_t reg, uint32_t rm)
{
    reg &= 15;
    rm &= 15;
    x86_opcode(m, opc, w, reg, 0, rm);
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

void
x86_rm(struct masm *m, uint32_t opc, enum masm_width w, uint32_t reg, struct masm_mem mem)
{
    reg &= 15;
    uint32_t field = (reg & 7) << 3;
    if (mem.base == MASM_NONE) { // absolute
        x86_opcode(m, opc, w, reg, 0, 0);
        put8(m, field | 4);
        put8(m, 0x25);
        put32(m, (uint32_t)mem.disp);
    } else if (mem.index != MASM_NONE) {
        x86_opcode(m, opc, w, reg, mem.index, mem.base);
        uint32_t sib = (uint32_t)mem.scale << 6 | (mem.index & 7u) << 3 | (mem.base & 7u);
        put_disp(m, field | 4, mem.disp, mem.base, sib);
    } else {
        x86_opcode(m, opc, w, reg, 0, mem.base);
        put_disp(m, field | (mem.base & 7u), mem.disp, mem.base, 0x24);
    }
}
