// SPDX-License-Identifier: Apache-2.0
//
// The macro assembler: what the portable compiler says, and one folder per processor
// turns into bytes. Two-operand form: the destination is the first source.
//
// Registers are numbers: 0 .. 15 general, 16 .. 31 floating point. MASM_SCRATCH and
// MASM_FLOAT_SCRATCH belong to the assembler. Invariant: an i32 in a general register has
// a zero upper half; every routine that makes one keeps it.
//
// Slots are 8-byte cells of the frame, by their displacement from the frame pointer; a
// v128 takes two, which are not aligned to 16.
// The caller makes sure of MASM_ROOM bytes of room before each call sequence.
// "keeps flags": may stand between a comparison and its use. Internal to the engine.
#pragma once

#include "engine/engine.h"

enum masm_reg_limits {
    MASM_GENERAL = 0,
    MASM_FLOAT = 16,
    MASM_REG_COUNT = 32,
    MASM_NONE = 255,
};

// Room for the longest sequence that one instruction without lists expands to.
#define MASM_ROOM 2048u

struct masm {
    uint8_t *base;       // code of the whole module
    uint8_t *at;         // next byte
    bool memory_at_zero; // else the base register holds linear memory's address
    bool poison;         // undefined upper halves are made so, and those of i32s checked
};

enum masm_width { MASM_W32 = 0, MASM_W64 = 1 };

// Machine types, one byte: number and vector types by their code, and references, which
// are 64-bit integers in general registers.
enum machine_ref_type {
    MACHINE_REF = 1,  // an object of the collected heap, perhaps
    MACHINE_FUNC = 2, // a function: not collected
};

// Whether values of the type live in floating-point registers.
static inline bool
type_is_float(uint8_t type)
{
    return type == WASM_TYPE_F32 || type == WASM_TYPE_F64 || type == WASM_TYPE_V128;
}

static inline enum masm_width
type_width(uint8_t type)
{
    return type == WASM_TYPE_I32 || type == WASM_TYPE_F32 ? MASM_W32 : MASM_W64;
}

// Conditions after a comparison.
enum masm_cond {
    MASM_EQ,
    MASM_NE,
    MASM_LT_S,
    MASM_LT_U,
    MASM_GT_S,
    MASM_GT_U,
    MASM_LE_S,
    MASM_LE_U,
    MASM_GE_S,
    MASM_GE_U,
    MASM_OVERFLOW,
    MASM_NO_OVERFLOW,
    MASM_SIGN,
    MASM_NO_SIGN,
    MASM_CARRY, // out of an addition
    MASM_NO_CARRY,
    MASM_FLOAT_EQ, // after masm_float_compare
    MASM_FLOAT_NE,
    MASM_FLOAT_GT,
    MASM_FLOAT_GE,
    MASM_FLOAT_NOT_GT,
    MASM_FLOAT_NOT_GE,
    MASM_FLOAT_UNORDERED,
};
enum masm_cond masm_cond_not(enum masm_cond cond);

enum masm_alu {
    MASM_ADD,
    MASM_OR,
    MASM_AND,
    MASM_SUB,
    MASM_XOR,
    MASM_CMP,
    MASM_ADD_CARRY, // of the addition before
    MASM_SUB_CARRY, // borrow of the subtraction before
};
enum masm_shift { MASM_ROTL, MASM_ROTR, MASM_SHL, MASM_SHR_U, MASM_SHR_S };
enum masm_float_op { MASM_FADD, MASM_FSUB, MASM_FMUL, MASM_FDIV };
enum masm_round { MASM_NEAREST, MASM_FLOOR, MASM_CEIL, MASM_TRUNC };

// A source: register, constant (sign-extended 32 bits) or slot.
enum masm_operand_kind { MASM_OP_REG, MASM_OP_IMM, MASM_OP_SLOT };
struct masm_operand {
    enum masm_operand_kind kind;
    uint8_t reg;
    int32_t value; // constant, or displacement of the slot
};

// An address for the runtime's structures: [base + index * scale + disp].
struct masm_mem {
    uint8_t base;
    uint8_t index; // MASM_NONE: none
    uint8_t scale; // log2
    int32_t disp;
};

// Registers with a part in the calling convention or in an instruction.
extern const uint8_t masm_int_args[];
extern const uint8_t masm_float_args[];
enum {
    MASM_INT_ARG_COUNT = 6,
    MASM_FLOAT_ARG_COUNT = 8,
    MASM_INT_RESULT = 0,    // rax
    MASM_FLOAT_RESULT = 16, // xmm0
    MASM_SHIFT_COUNT = 1,   // rcx
    MASM_DIVIDEND = 0,      // rax: also the quotient
    MASM_REMAINDER = 2,     // rdx
    MASM_WIDE_LOW = 0,      // rax: a factor, then the product of masm_multiply_wide
    MASM_WIDE_HIGH = 2,     // rdx: its upper half
    MASM_COMPARAND = 0,     // rax: of masm_atomic_compare_exchange
    MASM_CALLEE = 10,       // r10: an indirect callee, no argument
    MASM_SCRATCH = 11,      // r11
    MASM_INSTANCE = 14,     // r14
    MASM_MEMORY = 15,       // r15: the base of memory 0, lost in a call
    MASM_STACK = 4,         // rsp
    MASM_FRAME = 5,         // rbp
    MASM_FLOAT_SCRATCH = 31,
};
// Registers that hold operands: all lost in a call.
#define MASM_POOL 0x7fff07c7u // rax rcx rdx rsi rdi r8 r9 r10, xmm0 .. xmm14
// Registers that hold locals. Kept ones survive calls, and the function that uses them
// saves them; lent ones are taken from the pool. The last of masm_kept is MASM_MEMORY.
extern const uint8_t masm_kept[];
extern const uint8_t masm_lent_general[];
extern const uint8_t masm_lent_float[];
enum { MASM_KEPT_COUNT = 4, MASM_LENT_GENERAL_COUNT = 3, MASM_LENT_FLOAT_COUNT = 7 };

static inline uint32_t
masm_offset(const struct masm *m)
{
    return (uint32_t)(m->at - m->base);
}

// ---- Frame ----

// Entry of a function: frame of a size told later, stack check if asked for, instance.
struct masm_prologue {
    uint32_t frame_size_at; // where masm_set_frame_size writes
    uint32_t overflow_jump; // forward jump when the stack is exhausted; 0 unchecked
};
enum { MASM_FRAME_HEADER = 8 }; // bytes of the frame that the prologue uses
void masm_prologue(struct masm *m, bool is_checked, struct masm_prologue *out);
void masm_set_frame_size(struct masm *m, const struct masm_prologue *p, uint32_t bytes);
void masm_epilogue(struct masm *m);
// Leaves the frame for a tail call: the stack is as it was at entry.
void masm_leave(struct masm *m);
// Leaves for a deep tail call: the frame pointer is the caller's, the stack pointer
// stays, and the return address in MASM_SCRATCH is pushed.
void masm_leave_below(struct masm *m);
// At a landing pad, of which the frame pointer alone is right: the stack pointer again;
// gives where masm_set_entered_frame writes the size of the frame.
uint32_t masm_enter_frame(struct masm *m);
void masm_set_entered_frame(struct masm *m, uint32_t at, uint32_t bytes);
// The instance, from the slot that keeps it.
void masm_restore_instance(struct masm *m, int32_t disp);
// Zeroes `count` slots from `disp` upwards; loses MASM_FLOAT_RESULT, and the argument
// registers when they are more than MASM_ZEROED_EASILY.
enum { MASM_ZEROED_EASILY = 32 };
void masm_zero_slots(struct masm *m, int32_t disp, uint32_t count);

// ---- Moves; they keep flags ----

void masm_move(struct masm *m, uint8_t type, uint8_t dst, uint8_t src);
void // v128: zero only
masm_const(struct masm *m, uint8_t type, uint8_t dst, uint64_t bits);
void masm_load_slot(struct masm *m, uint8_t type, uint8_t dst, int32_t disp);
void masm_store_slot(struct masm *m, uint8_t type, int32_t disp, uint8_t src);
void masm_store_slot_const(struct masm *m, uint8_t type, int32_t disp, uint64_t bits);
void masm_load_mem(struct masm *m, uint8_t type, uint8_t dst, struct masm_mem mem);
void masm_store_mem(struct masm *m, uint8_t type, struct masm_mem mem, uint8_t src);
void masm_address(struct masm *m, uint8_t dst, struct masm_mem mem);
void // zero the upper half
masm_zero_extend(struct masm *m, uint8_t dst, uint8_t src);
void // from `bits` (8, 16, 32) to `w`
masm_sign_extend(struct masm *m, enum masm_width w, uint32_t bits, uint8_t dst,
                 uint8_t src);
// For tests: fills the upper half with what no i32 has; loses flags.
void masm_poison(struct masm *m, uint8_t reg);
// Crashes unless the upper half is zero; keeps flags and all registers.
void masm_check_upper(struct masm *m, uint8_t reg);
void masm_exchange(struct masm *m, uint8_t a, uint8_t b);
// Moves the bits between the files; from_type tells the width.
void masm_reinterpret(struct masm *m, uint8_t from_type, uint8_t dst, uint8_t src);

// ---- Integers ----

void masm_alu(struct masm *m, enum masm_alu op, enum masm_width w, uint8_t dst,
              struct masm_operand src);
// dst = a + b, for a register or constant b.
void masm_add(struct masm *m, enum masm_width w, uint8_t dst, uint8_t a,
              struct masm_operand b);
// Compares a slot with a register or constant.
void masm_compare_slot(struct masm *m, enum masm_width w, int32_t disp,
                       struct masm_operand src);
void // sets EQ when zero
masm_test(struct masm *m, enum masm_width w, uint8_t reg);
void // sets EQ when none of `bits`, at most 255, is set
masm_test_bits(struct masm *m, uint8_t reg, uint32_t bits);
// Compares a register with 64 bits in memory.
void masm_compare_mem(struct masm *m, enum masm_width w, uint8_t reg,
                      struct masm_mem mem);
void masm_multiply(struct masm *m, enum masm_width w, uint8_t dst,
                   struct masm_operand src);
// MASM_WIDE_LOW times src into MASM_WIDE_LOW and MASM_WIDE_HIGH.
void masm_multiply_wide(struct masm *m, bool is_signed, uint8_t src);
void masm_negate(struct masm *m, enum masm_width w, uint8_t dst);
void masm_shift_const(struct masm *m, enum masm_shift op, enum masm_width w, uint8_t dst,
                      uint32_t count);
void // by MASM_SHIFT_COUNT
masm_shift(struct masm *m, enum masm_shift op, enum masm_width w, uint8_t dst);
// MASM_DIVIDEND / divisor into MASM_DIVIDEND and MASM_REMAINDER. No checks.
void masm_divide(struct masm *m, enum masm_width w, bool is_signed, uint8_t divisor);
void masm_clz(struct masm *m, enum masm_width w, uint8_t dst, uint8_t src);
void masm_ctz(struct masm *m, enum masm_width w, uint8_t dst, uint8_t src);
void masm_popcnt(struct masm *m, enum masm_width w, uint8_t dst, uint8_t src);
void // dst = 1 or 0
masm_set(struct masm *m, enum masm_cond cond, uint8_t dst);
void // dst = src when cond; not for MASM_FLOAT_EQ
masm_move_if(struct masm *m, enum masm_cond cond, uint8_t dst, uint8_t src);

// ---- Floating point; type is WASM_TYPE_F32 or WASM_TYPE_F64 ----

void masm_float(struct masm *m, enum masm_float_op op, uint8_t type, uint8_t dst,
                struct masm_operand src);
void masm_float_compare(struct masm *m, uint8_t type, uint8_t a, uint8_t b);
void masm_min(struct masm *m, uint8_t type, uint8_t dst, uint8_t src);
void masm_max(struct masm *m, uint8_t type, uint8_t dst, uint8_t src);
void // loses src
masm_copysign(struct masm *m, uint8_t type, uint8_t dst, uint8_t src);
void masm_abs(struct masm *m, uint8_t type, uint8_t dst);
void masm_neg(struct masm *m, uint8_t type, uint8_t dst);
void masm_sqrt(struct masm *m, uint8_t type, uint8_t dst, uint8_t src);
void masm_round(struct masm *m, enum masm_round mode, uint8_t type, uint8_t dst,
                uint8_t src);

// ---- Conversions ----

void // f32 <-> f64
masm_convert_float(struct masm *m, uint8_t to, uint8_t dst, uint8_t src);
void // loses src
masm_convert_int(struct masm *m, uint8_t to, enum masm_width w, bool is_signed,
                 uint8_t dst, uint8_t src);

// Truncation to an integer. Loses src. The trapping form gives two jumps to patch.
struct masm_trunc {
    enum masm_width w; // of the result
    bool is_signed;
    bool saturates;
    uint8_t from; // WASM_TYPE_F32, WASM_TYPE_F64
};
struct masm_trunc_traps {
    uint32_t invalid; // forward jump: not a number
    uint32_t overflow[2];
    uint32_t overflow_count;
};
void masm_trunc(struct masm *m, struct masm_trunc how, uint8_t dst, uint8_t src,
                struct masm_trunc_traps *traps);

// ---- Linear memory ----

// An address of linear memory: base + addr + offset, without wrapping. base: MASM_MEMORY,
// another register, or MASM_NONE for a memory at address 0; addr may be MASM_NONE. A
// single instruction does the access, and nothing goes before it.
struct masm_access {
    uint8_t base;
    uint8_t addr;
    int32_t offset;
};
uint32_t // code offset of the accessing instruction
masm_load(struct masm *m, uint32_t opcode, uint8_t dst, struct masm_access a);
uint32_t masm_store(struct masm *m, uint32_t opcode, struct masm_access a, uint8_t src);
uint32_t // value sign-extended to 64 bits
masm_store_const(struct masm *m, uint32_t opcode, struct masm_access a, int32_t value);

// Fields of objects, by storage type; 8 and 16 bits are extended to 32.
void masm_load_field(struct masm *m, uint8_t storage, bool is_signed, uint8_t dst,
                     struct masm_mem mem);
void masm_store_field(struct masm *m, uint8_t storage, struct masm_mem mem, uint8_t src);
// Compares a byte in memory, below 128, with a value below 128.
void masm_compare_byte(struct masm *m, struct masm_mem mem, uint8_t value);

// Atomic, sequentially consistent accesses of 1, 2, 4 or 8 bytes, aligned. They give the
// code offset of the instruction that faults, and the old value, zero-extended.
uint32_t masm_atomic_exchange(struct masm *m, uint32_t size, uint8_t reg,
                              struct masm_access a);
uint32_t masm_atomic_add(struct masm *m, uint32_t size, uint8_t reg,
                         struct masm_access a);
// MASM_COMPARAND: the value expected, then the old one.
uint32_t masm_atomic_compare_exchange(struct masm *m, uint32_t size, uint8_t replacement,
                                      struct masm_access a);
// Old value in MASM_COMPARAND.
uint32_t masm_atomic_update(struct masm *m, enum masm_alu op, uint32_t size, uint8_t src,
                            struct masm_access a);
void masm_fence(struct masm *m);

// ---- Jumps ----

// Forward jumps are chained: the field of each holds the code offset of the one before it
// with the same target, 0 ends the chain. masm_bind fills the whole chain.
void masm_jump(struct masm *m, uint32_t *chain);
void masm_jump_if(struct masm *m, enum masm_cond cond, uint32_t *chain);
void masm_bind(struct masm *m, uint32_t chain); // to here
void masm_jump_back(struct masm *m, uint32_t target);
void masm_jump_back_if(struct masm *m, enum masm_cond cond, uint32_t target);
// Jumps to entry `index` of the table that follows this instruction; loses index.
void masm_jump_table(struct masm *m, uint8_t index);
// One entry of that table: chained like a jump, or to a known target.
void masm_table_entry(struct masm *m, uint32_t *chain);
void masm_table_entry_back(struct masm *m, uint32_t target);

void // chained: forward
masm_call(struct masm *m, uint32_t *chain);
void masm_call_back(struct masm *m, uint32_t target);
void masm_call_mem(struct masm *m, struct masm_mem mem);
void masm_jump_mem(struct masm *m, struct masm_mem mem);
void masm_trap(struct masm *m);
void masm_nop(struct masm *m);
// Fills up to an address that is good for a function's entry.
void masm_align(struct masm *m);
