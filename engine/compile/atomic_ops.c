// SPDX-License-Identifier: Apache-2.0
//
// Atomic accesses of linear memory, wait and notify. Threads proposal.
#include "engine/compile/compiler.h"

// The opcodes of each operation on memory: i32, i64, i32 8 and 16, i64 8, 16 and 32.
enum { WIDTHS = 7 };

static void
emit_atomic_load(struct compiler *c, const struct wasm_instr *in)
{
    static const uint16_t plain[WIDTHS] = {WASM_OP_I32_LOAD,    WASM_OP_I64_LOAD,
                                           WASM_OP_I32_LOAD8_U, WASM_OP_I32_LOAD16_U,
                                           WASM_OP_I64_LOAD8_U, WASM_OP_I64_LOAD16_U,
                                           WASM_OP_I64_LOAD32_U};
    uint32_t opcode = plain[in->opcode - WASM_OP_I32_ATOMIC_LOAD];
    uint8_t type = wasm_ops[in->opcode].result;
    struct access a;
    access_begin_aligned(c, in, access_size(in->opcode), &a);
    uint8_t dst = access_result(c, &a, type);
    access_end(c, &a, masm_load(&c->masm, opcode, dst, a.at));
    push_reg(c, type, dst);
}

// The exchange loses the register.
static void
emit_atomic_store(struct compiler *c, const struct wasm_instr *in)
{
    uint32_t size = access_size(in->opcode);
    struct value v = pop_value(c);
    uint8_t reg = value_to_reg(c, &v);
    struct access a;
    access_begin_aligned(c, in, size, &a);
    access_end(c, &a, masm_atomic_exchange(&c->masm, size, reg, a.at));
    value_release(c, &v);
}

static void
emit_add(struct compiler *c, const struct wasm_instr *in, bool is_negated)
{
    uint32_t size = access_size(in->opcode);
    struct value v = pop_value(c);
    uint8_t reg = value_to_reg(c, &v);
    struct access a;
    if (is_negated)
        masm_negate(&c->masm, type_width(v.type), reg);
    access_begin_aligned(c, in, size, &a);
    access_end(c, &a, masm_atomic_add(&c->masm, size, reg, a.at));
    push_reg(c, v.type, reg);
}

static void
emit_exchange(struct compiler *c, const struct wasm_instr *in)
{
    uint32_t size = access_size(in->opcode);
    struct value v = pop_value(c);
    uint8_t reg = value_to_reg(c, &v);
    struct access a;
    access_begin_aligned(c, in, size, &a);
    access_end(c, &a, masm_atomic_exchange(&c->masm, size, reg, a.at));
    push_reg(c, v.type, reg);
}

static void
emit_update(struct compiler *c, const struct wasm_instr *in, enum masm_alu op)
{
    uint32_t size = access_size(in->opcode);
    struct value v = pop_value(c);
    value_avoid(c, &v, 1u << MASM_COMPARAND);
    reg_take(c, MASM_COMPARAND);
    uint8_t src = value_borrow(c, &v);
    struct access a;
    access_begin_aligned(c, in, size, &a);
    access_end(c, &a, masm_atomic_update(&c->masm, op, size, src, a.at));
    value_release(c, &v);
    push_reg(c, v.type, MASM_COMPARAND);
}

static void
emit_compare_exchange(struct compiler *c, const struct wasm_instr *in)
{
    uint32_t size = access_size(in->opcode);
    struct value replacement = pop_value(c);
    struct value expected = pop_value(c);
    value_avoid(c, &replacement, 1u << MASM_COMPARAND);
    value_to_fixed(c, &expected, MASM_COMPARAND);
    uint8_t src = value_borrow(c, &replacement);
    struct access a;
    access_begin_aligned(c, in, size, &a);
    access_end(c, &a, masm_atomic_compare_exchange(&c->masm, size, src, a.at));
    value_release(c, &replacement);
    push_reg(c, expected.type, MASM_COMPARAND);
}

static void
emit_modify(struct compiler *c, const struct wasm_instr *in)
{
    enum { ADD, SUB, AND, OR, XOR, EXCHANGE };
    switch ((in->opcode - WASM_OP_I32_ATOMIC_RMW_ADD) / WIDTHS) {
    case ADD:
        emit_add(c, in, false);
        break;
    case SUB:
        emit_add(c, in, true);
        break;
    case AND:
        emit_update(c, in, MASM_AND);
        break;
    case OR:
        emit_update(c, in, MASM_OR);
        break;
    case XOR:
        emit_update(c, in, MASM_XOR);
        break;
    case EXCHANGE:
        emit_exchange(c, in);
        break;
    default:
        emit_compare_exchange(c, in);
    }
}

// ---- Wait and notify ----

// The address below `count` operands becomes the effective one. An i32 has a zero upper
// half, so that one without an offset is it already.
static void
add_offset(struct compiler *c, const struct wasm_instr *in, uint32_t count)
{
    struct value above[2];
    if (in->bits == 0)
        return;
    for (uint32_t i = count; i > 0; i--) {
        above[i - 1] = pop_value(c);
        value_to_reg(c, &above[i - 1]);
    }
    struct value addr = pop_value(c);
    bool is_64 = addr.type == WASM_TYPE_I64;
    struct masm_operand by = {.kind = MASM_OP_REG, .reg = MASM_SCRATCH};
    uint8_t reg = value_to_reg(c, &addr);
    masm_const(&c->masm, WASM_TYPE_I64, MASM_SCRATCH, in->bits);
    masm_alu(&c->masm, MASM_ADD, MASM_W64, reg, by);
    if (is_64)
        compile_trap_if(c, MASM_CARRY, WASM_TRAP_MEMORY_BOUNDS);
    push_reg(c, WASM_TYPE_I64, reg);
    for (uint32_t i = 0; i < count; i++)
        push_reg(c, above[i].type, above[i].reg);
}

static bool
emit_wait(struct compiler *c, const struct wasm_instr *in, uint32_t builtin)
{
    uint64_t memory = in->index;
    add_offset(c, in, 2);
    return call_builtin(c, builtin, &memory, 1, 3, WASM_TYPE_I32);
}

static bool
emit_notify(struct compiler *c, const struct wasm_instr *in)
{
    uint64_t memory = in->index;
    add_offset(c, in, 1);
    return call_builtin(c, offsetof(struct wasm_builtins, memory_notify), &memory, 1, 2,
                        WASM_TYPE_I32);
}

bool
emit_atomic(struct compiler *c, const struct wasm_instr *in)
{
    switch ((uint32_t)in->opcode) {
    case WASM_OP_MEMORY_ATOMIC_NOTIFY:
        return emit_notify(c, in);
    case WASM_OP_MEMORY_ATOMIC_WAIT32:
        return emit_wait(c, in, offsetof(struct wasm_builtins, memory_wait32));
    case WASM_OP_MEMORY_ATOMIC_WAIT64:
        return emit_wait(c, in, offsetof(struct wasm_builtins, memory_wait64));
    case WASM_OP_ATOMIC_FENCE:
        masm_fence(&c->masm);
        break;
    case WASM_OP_I32_ATOMIC_LOAD ... WASM_OP_I64_ATOMIC_LOAD32_U:
        emit_atomic_load(c, in);
        break;
    case WASM_OP_I32_ATOMIC_STORE ... WASM_OP_I64_ATOMIC_STORE32:
        emit_atomic_store(c, in);
        break;
    default:
        emit_modify(c, in);
    }
    return true;
}
