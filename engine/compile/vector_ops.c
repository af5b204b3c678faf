// SPDX-License-Identifier: Apache-2.0
//
// Vectors, lane by lane: arithmetic, comparisons, conversions, shifts; and by the shape
// of an instruction, which the table of instructions tells, who else makes it.
#include "engine/compile/vector_ops.h"

// ---- Results ----

// Whether the value is that of the local in the register.
static bool
lives_in(const struct compiler *c, const struct value *v, uint8_t reg)
{
    return reg != MASM_NONE && v->place == VALUE_LOCAL && local_home(c, v->local) == reg;
}

uint8_t
vector_first(struct compiler *c, struct value *a, uint32_t others, uint8_t target)
{
    if (target == MASM_NONE || a->place == VALUE_REG || others >> target & 1)
        return value_to_reg(c, a);
    if (lives_in(c, a, target))
        return value_borrow(c, a);
    value_load(c, a, target);
    return target;
}

uint8_t
vector_result(struct compiler *c, uint8_t type, const struct value *v, uint8_t target)
{
    if (target != MASM_NONE)
        return target;
    bool is_own = v->place == VALUE_REG && type_is_float(v->type) && type_is_float(type);
    return is_own ? v->reg : reg_alloc(c, type);
}

void
vector_push(struct compiler *c, uint8_t type, uint8_t reg, uint8_t target)
{
    if (reg == target)
        push_target(c, type);
    else
        push_reg(c, type, reg);
}

// ---- One to three vectors ----

static uint8_t
alloc_temp(struct compiler *c, uint32_t form)
{
    return form & MASM_VECTOR_TEMP ? reg_alloc(c, WASM_TYPE_V128) : MASM_NONE;
}

static void
free_temp(struct compiler *c, uint8_t temp)
{
    if (temp != MASM_NONE)
        reg_free(c, temp);
}

static void
emit_unary(struct compiler *c, uint32_t opcode)
{
    uint8_t target = result_target(c, WASM_TYPE_V128, 1);
    struct value v = pop_value(c);
    uint8_t src = value_borrow(c, &v);
    uint8_t dst = vector_result(c, WASM_TYPE_V128, &v, target);
    uint8_t temp = alloc_temp(c, masm_vector_form(opcode));
    masm_vector_unary(&c->masm, opcode, dst, src, temp);
    free_temp(c, temp);
    if (dst != src)
        value_release(c, &v);
    vector_push(c, WASM_TYPE_V128, dst, target);
}

static void
exchange(struct value *a, struct value *b)
{
    struct value t = *a;
    *a = *b;
    *b = t;
}

// Makes `a` the operand that the result replaces.
static void
order_operands(struct compiler *c, uint32_t form, struct value *a, struct value *b,
               uint8_t target)
{
    bool is_better = lives_in(c, b, target) || b->place == VALUE_REG;
    bool is_good = lives_in(c, a, target) || a->place == VALUE_REG;
    if (form & MASM_VECTOR_TURNED ||
        (form & MASM_VECTOR_COMMUTES && is_better && !is_good))
        exchange(a, b);
}

// Both operands may be one register.
static void
emit_binary(struct compiler *c, uint32_t opcode)
{
    uint32_t form = masm_vector_form(opcode);
    uint8_t target = result_target(c, WASM_TYPE_V128, 2);
    struct value b = pop_value(c);
    struct value a = pop_value(c);
    order_operands(c, form, &a, &b, target);
    uint8_t src = value_borrow(c, &b);
    uint32_t others = lives_in(c, &a, target) ? 0 : 1u << src;
    uint8_t dst = vector_first(c, &a, others, target);
    uint8_t temp = alloc_temp(c, form);
    masm_vector_binary(&c->masm, opcode, dst, src, temp);
    free_temp(c, temp);
    vector_push(c, WASM_TYPE_V128, dst, target);
    value_release(c, &b);
}

static void
emit_ternary(struct compiler *c, uint32_t opcode)
{
    uint8_t target = result_target(c, WASM_TYPE_V128, 3);
    struct value third = pop_value(c);
    struct value b = pop_value(c);
    struct value a = pop_value(c);
    order_operands(c, masm_vector_form(opcode), &a, &b, target);
    uint8_t last = value_borrow(c, &third);
    uint8_t other = value_borrow(c, &b);
    uint8_t dst = vector_first(c, &a, 1u << last | 1u << other, target);
    masm_vector_ternary(&c->masm, opcode, dst, other, last);
    vector_push(c, WASM_TYPE_V128, dst, target);
    value_release(c, &b);
    value_release(c, &third);
}

// ---- Shifts ----

static void
emit_shift(struct compiler *c, uint32_t opcode)
{
    uint8_t target = result_target(c, WASM_TYPE_V128, 2);
    struct value count = pop_value(c);
    struct value a = pop_value(c);
    uint8_t dst;
    if (count.place == VALUE_CONST) {
        dst = vector_first(c, &a, 0, target);
        masm_vector_shift_const(&c->masm, opcode, dst, (uint32_t)count.bits);
    } else {
        uint8_t by = value_to_reg(c, &count);
        dst = vector_first(c, &a, 0, target);
        uint8_t temp = alloc_temp(c, masm_vector_form(opcode));
        masm_vector_shift(&c->masm, opcode, dst, by, temp);
        free_temp(c, temp);
        value_release(c, &count);
    }
    vector_push(c, WASM_TYPE_V128, dst, target);
}

// ---- To a number ----

static void
emit_test(struct compiler *c, uint32_t opcode)
{
    struct value v = pop_value(c);
    uint8_t src = value_borrow(c, &v);
    enum masm_cond cond = masm_vector_test(&c->masm, opcode, src);
    value_release(c, &v);
    push_condition(c, cond);
}

static void
emit_bitmask(struct compiler *c, uint32_t opcode)
{
    uint8_t target = result_target(c, WASM_TYPE_I32, 1);
    struct value v = pop_value(c);
    uint8_t src = value_borrow(c, &v);
    uint8_t dst = vector_result(c, WASM_TYPE_I32, &v, target);
    masm_vector_bitmask(&c->masm, opcode, dst, src);
    value_release(c, &v);
    vector_push(c, WASM_TYPE_I32, dst, target);
}

static void
emit_number(struct compiler *c, uint32_t opcode)
{
    switch (opcode) {
    case WASM_OP_I8X16_BITMASK:
    case WASM_OP_I16X8_BITMASK:
    case WASM_OP_I32X4_BITMASK:
    case WASM_OP_I64X2_BITMASK:
        emit_bitmask(c, opcode);
        break;
    default: // v128.any_true, all_true
        emit_test(c, opcode);
        break;
    }
}

// ---- By shape ----

static void
emit_by_operands(struct compiler *c, uint32_t opcode)
{
    const struct wasm_op *op = &wasm_ops[opcode];
    if (op->operands[0] != WASM_TYPE_V128)
        emit_vector_splat(c, opcode);
    else if (op->result != WASM_TYPE_V128)
        emit_number(c, opcode);
    else if (op->operands[2])
        emit_ternary(c, opcode);
    else if (op->operands[1] == WASM_TYPE_I32)
        emit_shift(c, opcode);
    else if (op->operands[1])
        emit_binary(c, opcode);
    else
        emit_unary(c, opcode);
}

bool
emit_vector(struct compiler *c, const struct wasm_instr *in)
{
    const struct wasm_op *op = &wasm_ops[in->opcode];
    switch ((enum wasm_immediates)op->imm) {
    case IMM_MEM8 ... IMM_MEM128:
        if (op->result)
            emit_vector_load(c, in);
        else
            emit_vector_store(c, in);
        break;
    case IMM_MEM8_LANE ... IMM_MEM64_LANE:
        if (op->result)
            emit_vector_load_lane(c, in);
        else
            emit_vector_store(c, in);
        break;
    case IMM_V128:
        emit_vector_const(c, in->bits, in->bits2);
        break;
    case IMM_SHUFFLE:
        emit_vector_shuffle(c, in);
        break;
    case IMM_LANE2 ... IMM_LANE16:
        if (op->operands[1])
            emit_vector_replace(c, in);
        else
            emit_vector_extract(c, in);
        break;
    default:
        emit_by_operands(c, in->opcode);
        break;
    }
    return true;
}
