// SPDX-License-Identifier: Apache-2.0
//
// The macro assembler's vectors. An instruction is named by its opcode; its operands are
// registers of the float file, counts and scalars of their own. Two-operand form, and
// where a sequence is shorter the other way round, the first operand is `src` and the
// result replaces the second one: masm_vector_form tells.
//
// A name's operands: `dst` is written (and read, where it is an operand), `src` only
// read, `temp` a register that the sequence may use, wanted when the form says so.
// MASM_FLOAT_SCRATCH and MASM_SCRATCH are lost by all of them. Internal to the engine.
#pragma once

#include "engine/compile/masm.h"

enum masm_vector_form {
    MASM_VECTOR_TURNED = 1u << 29,   // dst = src op dst
    MASM_VECTOR_COMMUTES = 1u << 30, // the operands may change places
    MASM_VECTOR_TEMP = 1u << 31,
};
uint32_t // of an instruction with two or three vectors, or one: the above, or-ed
masm_vector_form(uint32_t opcode);

// The read-only constants that the sequences need, at the code's start: before all
// functions, at an address divisible by 16.
void masm_vector_constants(struct masm *m);

// ---- Lane-wise ----

void masm_vector_unary(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t src,
                       uint8_t temp);
void masm_vector_binary(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t src,
                        uint8_t temp);
// Three operands; dst is the first, turned: the second, and `other` the first.
void masm_vector_ternary(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t other,
                         uint8_t third);
void // count: any, taken modulo the lane's width
masm_vector_shift_const(struct masm *m, uint32_t opcode, uint8_t dst, uint32_t count);
void // count: a general register, lost
masm_vector_shift(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t count,
                  uint8_t temp);

// any_true, all_true: it holds when the condition does.
enum masm_cond masm_vector_test(struct masm *m, uint32_t opcode, uint8_t src);
void masm_vector_bitmask(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t src);

// ---- Lanes ----

void masm_vector_splat(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t src);
void // a float's register may be the vector's own
masm_vector_extract(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t src,
                    uint32_t lane);
void masm_vector_replace(struct masm *m, uint32_t opcode, uint8_t dst, uint8_t src,
                         uint32_t lane);
void // dst: the vector of indices is src
masm_vector_swizzle(struct masm *m, uint8_t dst, uint8_t src);

// 16 bytes, the first one lowest.
struct masm_bytes {
    uint8_t at[16];
};

// How a shuffle of two vectors is done; lanes are 0 .. 31.
enum masm_shuffle_kind {
    MASM_SHUFFLE_BYTES, // by tables: dst's lanes, src's lanes, united
    MASM_SHUFFLE_UNPACK,
    MASM_SHUFFLE_ALIGN,
    MASM_SHUFFLE_BLEND,
    MASM_SHUFFLE_DWORDS,
};
struct masm_shuffle {
    enum masm_shuffle_kind kind;
    bool is_turned; // dst is the second vector
    uint32_t code;  // private
};
struct masm_shuffle masm_vector_shuffle_plan(const struct masm_bytes *lanes);
// For all kinds but the tables.
void masm_vector_shuffle(struct masm *m, struct masm_shuffle plan, uint8_t dst,
                         uint8_t src);
// Lanes of a single vector, 0 .. 15. False: nothing was done, it takes a table.
bool masm_vector_permute(struct masm *m, const struct masm_bytes *lanes, uint8_t dst,
                         uint8_t src);

// ---- Constants ----

// False: nothing was done, the constant is better loaded.
bool masm_vector_const(struct masm *m, uint8_t dst, uint64_t lo, uint64_t hi);
// The constant comes behind the function: forward references, chained like jumps, to a
// place divisible by 16 where masm_vector_put_const writes.
void masm_vector_load_const(struct masm *m, uint8_t dst, uint32_t *chain);
// dst's bytes as the table says; a byte of 128 or more gives 0.
void masm_vector_table(struct masm *m, uint8_t dst, uint32_t *chain);
void masm_vector_align(struct masm *m);
void masm_vector_put_const(struct masm *m, uint32_t chain, uint64_t lo, uint64_t hi);

// ---- Linear memory: what they return is the offset of the accessing instruction ----

uint32_t masm_vector_load(struct masm *m, uint32_t opcode, uint8_t dst,
                          struct masm_access a);
uint32_t masm_vector_load_lane(struct masm *m, uint32_t opcode, uint8_t dst,
                               struct masm_access a, uint32_t lane);
uint32_t masm_vector_store(struct masm *m, uint32_t opcode, struct masm_access a,
                           uint8_t src, uint32_t lane);
