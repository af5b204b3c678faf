// SPDX-License-Identifier: Apache-2.0
//
// How x86-64 instructions are put into bytes; shared by the files of this folder.
//
//   encode.c   prefixes, opcode, operands      jump.c     jumps, calls and traps
//   move.c     moves and constants             integer.c  integer arithmetic
//   float.c    floating point                  conversion.c  between types
//   memory.c   linear memory                   frame.c    entry and exit of functions
//   atomic.c   atomic accesses                 object.c   fields of objects
//
// The machine has SSE up to 4.2 and POPCNT. Scalar floating-point instructions read no
// more memory than their operand; packed ones get registers only.
#pragma once

#include "base/string.h"
#include "engine/compile/masm.h"

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

static inline void
put8(struct masm *m, uint32_t byte)
{
    *m->at++ = (uint8_t)byte;
}

static inline void
put32(struct masm *m, uint32_t value)
{
    memcpy(m->at, &value, 4);
    m->at += 4;
}

static inline void
put64(struct masm *m, uint64_t value)
{
    memcpy(m->at, &value, 8);
    m->at += 8;
}

static inline void
set32(struct masm *m, uint32_t at, uint32_t value)
{
    memcpy(m->base + at, &value, 4);
}

static inline uint32_t
get32(const struct masm *m, uint32_t at)
{
    uint32_t value;
    memcpy(&value, m->base + at, 4);
    return value;
}

static inline struct masm_mem
slot(int32_t disp)
{
    return (struct masm_mem){.base = RBP, .index = MASM_NONE, .disp = disp};
}

// Linear memory.
static inline struct masm_mem
x86_linear(struct masm_access a)
{
    if (a.base == MASM_NONE)
        return (struct masm_mem){a.addr, MASM_NONE, 0, a.offset};
    return (struct masm_mem){a.base, a.addr, 0, a.offset};
}

// Prefix of a scalar floating-point instruction.
static inline uint32_t
scalar(uint8_t type)
{
    return type == WASM_TYPE_F32 ? 0xf3 : 0xf2;
}

// Prefix of a packed one (or ucomis).
static inline uint32_t
packed(uint8_t type)
{
    return type == WASM_TYPE_F32 ? 0 : 0x66;
}

// Prefixes and opcode; registers are numbers in their file.
void x86_opcode(struct masm *m, uint32_t opc, enum masm_width w, uint32_t reg,
                uint32_t index, uint32_t base);
// An instruction of two registers; of a register and memory.
void x86_rr(struct masm *m, uint32_t opc, enum masm_width w, uint32_t reg, uint32_t rm);
void x86_rm(struct masm *m, uint32_t opc, enum masm_width w, uint32_t reg,
            struct masm_mem mem);

// A forward jump on one machine condition.
void x86_jump_if(struct masm *m, enum masm_cond cond, uint32_t *chain);
// Forward jumps over less than 128 bytes: what they return, x86_bind_short takes.
uint8_t *x86_short_if(struct masm *m, enum masm_cond cond);
uint8_t *x86_short_jump(struct masm *m);
void x86_bind_short(struct masm *m, uint8_t *from);
uint32_t // the condition's number in opcodes; of the compound ones: the main one's
x86_cond(enum masm_cond cond);

void x86_const(struct masm *m, uint8_t dst, uint64_t bits); // keeps flags
void x86_alu_const(struct masm *m, enum masm_alu op, enum masm_width w, uint8_t dst,
                   int32_t value);
