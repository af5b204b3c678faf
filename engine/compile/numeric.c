// SPDX-License-Identifier: Apache-2.0
//
// Arithmetic, comparisons and select.
#include "engine/compile/compiler.h"

static void
swap(struct value *a, struct value *b)
{
    struct value t = *a;
    *a = *b;
    *b = t;
}

// Whether the value is that of the local in the register.
static bool
lives_in(const struct compiler *c, const struct value *v, uint8_t reg)
{
    return reg != MASM_NONE && v->place == VALUE_LOCAL && local_home(c, v->local) == reg;
}

// Operands whose order does not matter: first what may be overwritten, a constant last.
static void
order_operands(const struct compiler *c, struct value *a, struct value *b, uint8_t target)
{
    if (lives_in(c, a, target))
        return;
    if (lives_in(c, b, target) || a->place == VALUE_CONST ||
        (a->place != VALUE_REG && b->place == VALUE_REG))
        swap(a, b);
}

// Where a two-operand instruction puts its result: its first operand has been moved
// there, and the second one is not. That is `target`, unless the first operand has a
// register of its own to be overwritten.
static uint8_t
first_operand(struct compiler *c, struct value *a, struct masm_operand b, uint8_t target)
{
    bool is_free = target != MASM_NONE && a->place != VALUE_REG &&
                   (b.kind != MASM_OP_REG || b.reg != target);
    if (lives_in(c, a, target))
        return value_borrow(c, a);
    if (!is_free)
        return value_to_reg(c, a);
    value_load(c, a, target);
    return target;
}

static void
push_result(struct compiler *c, uint8_t type, uint8_t reg, uint8_t target)
{
    if (reg == target)
        push_target(c, type);
    else
        push_reg(c, type, reg);
}

// ---- Comparisons ----

// An outcome stays in the flags when the next instruction asks for it.
void
push_condition(struct compiler *c, enum masm_cond cond)
{
    const struct cursor *next = &c->validator.c;
    if (next->at < next->end) {
        uint8_t op = *next->at;
        if (op == WASM_OP_BR_IF || op == WASM_OP_IF || op == WASM_OP_SELECT ||
            op == WASM_OP_I32_EQZ) {
            push_flags(c, cond);
            return;
        }
    }
    uint8_t target = result_target(c, WASM_TYPE_I32, 0);
    uint8_t reg = target != MASM_NONE ? target : reg_alloc(c, WASM_TYPE_I32);
    masm_set(&c->masm, cond, reg);
    push_result(c, WASM_TYPE_I32, reg, target);
}

static void
compare_values(struct compiler *c, enum masm_width w, struct value *a, struct value *b)
{
    if (value_in_slot(c, a) && !value_in_slot(c, b)) {
        struct masm_operand operand = value_operand(c, b);
        masm_compare_slot(&c->masm, w, value_operand(c, a).value, operand);
    } else {
        struct masm_operand operand = value_operand(c, b);
        masm_alu(&c->masm, MASM_CMP, w, value_borrow(c, a), operand);
    }
    value_release(c, a);
    value_release(c, b);
}

static void
emit_compare(struct compiler *c, enum masm_cond cond, enum masm_width w)
{
    struct value b = pop_value(c);
    struct value a = pop_value(c);
    compare_values(c, w, &a, &b);
    push_condition(c, cond);
}

static void
emit_eqz(struct compiler *c, enum masm_width w)
{
    if (c->values[c->height - 1].place == VALUE_FLAGS) {
        struct value v = pop_value(c);
        push_condition(c, masm_cond_not((enum masm_cond)v.cond));
        return;
    }
    struct value zero = {.type = w == MASM_W64 ? WASM_TYPE_I64 : WASM_TYPE_I32,
                         .place = VALUE_CONST};
    struct value v = pop_value(c);
    compare_values(c, w, &v, &zero);
    push_condition(c, MASM_EQ);
}

void
emit_ref_is_null(struct compiler *c)
{
    emit_eqz(c, MASM_W64);
}

// Less-than is greater-than with the operands turned: it is false for unordered ones.
static void
emit_float_compare(struct compiler *c, enum masm_cond cond, bool turned)
{
    struct value b = pop_value(c);
    struct value a = pop_value(c);
    uint8_t rb = value_borrow(c, &b);
    uint8_t ra = value_borrow(c, &a);
    masm_float_compare(&c->masm, a.type, turned ? rb : ra, turned ? ra : rb);
    value_release(c, &a);
    value_release(c, &b);
    push_condition(c, cond);
}

// ---- Integers ----

static uint8_t
width_type(enum masm_width w)
{
    return w == MASM_W64 ? WASM_TYPE_I64 : WASM_TYPE_I32;
}

// Both operands stay as they are, and the sum goes to another register.
static bool
add_apart(struct compiler *c, enum masm_width w, struct value *a,
          struct masm_operand operand, uint8_t target)
{
    if (operand.kind == MASM_OP_SLOT || value_in_slot(c, a) || a->place == VALUE_CONST ||
        lives_in(c, a, target) || (a->place == VALUE_REG && target == MASM_NONE))
        return false;
    uint8_t first = value_borrow(c, a);
    uint8_t sum = target != MASM_NONE ? target : reg_alloc(c, a->type);
    masm_add(&c->masm, w, sum, first, operand);
    value_release(c, a);
    push_result(c, a->type, sum, target);
    return true;
}

// Whether the next instruction loads from the only memory, which is not checked.
static bool
is_load_next(const struct compiler *c)
{
    const struct cursor *next = &c->validator.c;
    return next->at < next->end && *next->at >= WASM_OP_I32_LOAD &&
           *next->at <= WASM_OP_I64_LOAD32_U && c->module->memory_count == 1 &&
           !wasm_memory_is_checked(&c->module->memories[0]);
}

// An address plus a constant, which cannot wrap, is left to the access behind.
static bool
fold_into_access(struct compiler *c, const struct value *a, const struct value *b)
{
    if (a->place != VALUE_REG || a->bits_used == 0 || a->bits_used > 30 ||
        b->place != VALUE_CONST || b->bits > 1u << 30 || !is_load_next(c))
        return false;
    push_reg(c, WASM_TYPE_I32, a->reg);
    c->folded = (uint32_t)b->bits;
    return true;
}

// What is known of a result from a constant operand.
static void
push_bits_of_mask(struct compiler *c, const struct value *mask)
{
    if (mask->place == VALUE_CONST && (uint32_t)mask->bits > 0)
        push_bits_used(c, 32 - (uint32_t)__builtin_clz((uint32_t)mask->bits));
}

static void
emit_alu(struct compiler *c, enum masm_alu op, enum masm_width w)
{
    uint8_t target = result_target(c, width_type(w), 2);
    struct value b = pop_value(c);
    struct value a = pop_value(c);
    if (op != MASM_SUB)
        order_operands(c, &a, &b, target);
    if (op == MASM_ADD && w == MASM_W32 && fold_into_access(c, &a, &b))
        return;
    struct masm_operand operand = value_operand(c, &b);
    if (op != MASM_ADD || !add_apart(c, w, &a, operand, target)) {
        uint8_t dst = first_operand(c, &a, operand, target);
        masm_alu(&c->masm, op, w, dst, operand);
        push_result(c, a.type, dst, target);
        if (op == MASM_AND)
            push_bits_of_mask(c, &b);
    }
    value_release(c, &b);
}

static void
emit_multiply(struct compiler *c, enum masm_width w)
{
    uint8_t target = result_target(c, width_type(w), 2);
    struct value b = pop_value(c);
    struct value a = pop_value(c);
    order_operands(c, &a, &b, target);
    bool is_power = b.place == VALUE_CONST && b.bits && !(b.bits & (b.bits - 1));
    struct masm_operand operand = {.kind = MASM_OP_IMM};
    if (!is_power)
        operand = value_operand(c, &b);
    uint8_t dst = first_operand(c, &a, operand, target);
    if (is_power)
        masm_shift_const(&c->masm, MASM_SHL, w, dst, (uint32_t)__builtin_ctzll(b.bits));
    else
        masm_multiply(&c->masm, w, dst, operand);
    push_result(c, a.type, dst, target);
    value_release(c, &b);
}

static uint32_t
bits_after_shift(const struct value *a, enum masm_shift op, uint32_t count)
{
    bool is_known = a->place == VALUE_REG && a->bits_used > 0;
    if (op == MASM_SHR_U && count > 0)
        return 32 - count;
    if (op == MASM_SHL && is_known && a->bits_used + count <= 32)
        return a->bits_used + count;
    return 0;
}

static void
emit_shift(struct compiler *c, enum masm_shift op, enum masm_width w)
{
    uint8_t target = result_target(c, width_type(w), 2);
    struct value count = pop_value(c);
    struct masm_operand none = {.kind = MASM_OP_IMM};
    uint8_t dst;
    uint32_t bits_used = 0;
    if (count.place == VALUE_CONST) {
        struct value a = pop_value(c);
        uint32_t bits = (uint32_t)count.bits & (w == MASM_W64 ? 63 : 31);
        bits_used = bits_after_shift(&a, op, bits);
        dst = first_operand(c, &a, none, target);
        if (bits)
            masm_shift_const(&c->masm, op, w, dst, bits);
    } else {
        value_to_fixed(c, &count, MASM_SHIFT_COUNT);
        struct value a = pop_value(c);
        dst = first_operand(c, &a, none, target);
        masm_shift(&c->masm, op, w, dst);
        value_release(c, &count);
    }
    push_result(c, width_type(w), dst, target);
    push_bits_used(c, bits_used);
}

struct division {
    enum masm_width w;
    bool is_signed;
    bool remainder;
};

// Unsigned division by a power of two. False: it is not one.
static bool
divide_by_power(struct compiler *c, struct division d)
{
    const struct value *b = &c->values[c->height - 1];
    if (b->place != VALUE_CONST || d.is_signed || !b->bits || b->bits & (b->bits - 1))
        return false;
    if (d.remainder && b->bits - 1 > INT32_MAX)
        return false;
    uint64_t divisor = pop_value(c).bits;
    struct value a = pop_value(c);
    uint8_t dst = value_to_reg(c, &a);
    struct masm_operand mask = {.kind = MASM_OP_IMM, .value = (int32_t)(divisor - 1)};
    if (d.remainder)
        masm_alu(&c->masm, MASM_AND, d.w, dst, mask);
    else if (divisor > 1)
        masm_shift_const(&c->masm, MASM_SHR_U, d.w, dst,
                         (uint32_t)__builtin_ctzll(divisor));
    push_reg(c, a.type, dst);
    return true;
}

// The one quotient that does not fit is a trap; its remainder is 0.
static void
divide_checked(struct compiler *c, struct division d, const struct value *divisor,
               uint64_t minus_one)
{
    struct masm *m = &c->masm;
    bool is_const = divisor->place == VALUE_CONST;
    struct masm_operand ones = {.kind = MASM_OP_IMM, .value = -1};
    uint8_t reg = divisor->reg;
    uint32_t fits = 0, done = 0;
    if (is_const && divisor->bits != minus_one) {
        masm_const(m, divisor->type, MASM_SCRATCH, divisor->bits);
        masm_divide(m, d.w, true, MASM_SCRATCH);
        return;
    }
    if (is_const) {
        reg = MASM_SCRATCH;
        masm_const(m, divisor->type, reg, divisor->bits);
    }
    masm_alu(m, MASM_CMP, d.w, reg, ones);
    masm_jump_if(m, MASM_NE, &fits);
    if (d.remainder) {
        masm_const(m, WASM_TYPE_I64, MASM_REMAINDER, 0);
        masm_jump(m, &done);
    } else {
        // Only the smallest integer overflows when 1 is subtracted.
        struct masm_operand one = {.kind = MASM_OP_IMM, .value = 1};
        masm_alu(m, MASM_CMP, d.w, MASM_DIVIDEND, one);
        compile_trap_if(c, MASM_OVERFLOW, WASM_TRAP_INTEGER_OVERFLOW);
    }
    masm_bind(m, fits);
    masm_divide(m, d.w, true, reg);
    masm_bind(m, done);
}

static void
emit_divide(struct compiler *c, struct division d)
{
    struct masm *m = &c->masm;
    uint64_t minus_one = d.w == MASM_W64 ? UINT64_MAX : UINT32_MAX;
    if (divide_by_power(c, d))
        return;
    struct value b = pop_value(c);
    bool is_const = b.place == VALUE_CONST && b.bits != 0;
    if (!is_const) {
        uint8_t reg = value_to_reg(c, &b);
        if (reg == MASM_DIVIDEND || reg == MASM_REMAINDER) {
            // Both are held for the moment, so that the divisor gets another one.
            uint8_t partner = MASM_DIVIDEND + MASM_REMAINDER - reg;
            reg_take(c, partner);
            uint8_t other = reg_alloc(c, b.type);
            masm_move(m, b.type, other, reg);
            reg_free(c, reg);
            reg_free(c, partner);
            b.reg = other;
        }
    }
    struct value a = pop_value(c);
    value_to_fixed(c, &a, MASM_DIVIDEND);
    reg_take(c, MASM_REMAINDER);
    if (!is_const) {
        masm_test(m, d.w, b.reg);
        compile_trap_if(c, MASM_EQ, WASM_TRAP_DIVIDE_BY_ZERO);
    }
    if (d.is_signed) {
        divide_checked(c, d, &b, minus_one);
    } else if (is_const) {
        masm_const(m, b.type, MASM_SCRATCH, b.bits);
        masm_divide(m, d.w, false, MASM_SCRATCH);
    } else {
        masm_divide(m, d.w, false, b.reg);
    }
    value_release(c, &b);
    reg_free(c, d.remainder ? MASM_DIVIDEND : MASM_REMAINDER);
    push_reg(c, a.type, d.remainder ? MASM_REMAINDER : MASM_DIVIDEND);
}

typedef void (*bit_count)(struct masm *, enum masm_width, uint8_t, uint8_t);

static void
emit_bit_count(struct compiler *c, bit_count count)
{
    uint8_t type = c->values[c->height - 1].type;
    uint8_t target = result_target(c, type, 1);
    struct value v = pop_value(c);
    uint8_t src = target != MASM_NONE ? value_borrow(c, &v) : value_to_reg(c, &v);
    uint8_t dst = target != MASM_NONE ? target : src;
    count(&c->masm, type_width(type), dst, src);
    if (dst != src)
        value_release(c, &v);
    push_result(c, type, dst, target);
}

// The instructions of i32 and i64 stand in the same order.
static void
emit_integer(struct compiler *c, uint32_t op, enum masm_width w)
{
    switch (op) {
    case WASM_OP_I32_CLZ:
        emit_bit_count(c, masm_clz);
        break;
    case WASM_OP_I32_CTZ:
        emit_bit_count(c, masm_ctz);
        break;
    case WASM_OP_I32_POPCNT:
        emit_bit_count(c, masm_popcnt);
        break;
    case WASM_OP_I32_ADD:
        emit_alu(c, MASM_ADD, w);
        break;
    case WASM_OP_I32_SUB:
        emit_alu(c, MASM_SUB, w);
        break;
    case WASM_OP_I32_MUL:
        emit_multiply(c, w);
        break;
    case WASM_OP_I32_DIV_S:
        emit_divide(c, (struct division){w, true, false});
        break;
    case WASM_OP_I32_DIV_U:
        emit_divide(c, (struct division){w, false, false});
        break;
    case WASM_OP_I32_REM_S:
        emit_divide(c, (struct division){w, true, true});
        break;
    case WASM_OP_I32_REM_U:
        emit_divide(c, (struct division){w, false, true});
        break;
    case WASM_OP_I32_AND:
        emit_alu(c, MASM_AND, w);
        break;
    case WASM_OP_I32_OR:
        emit_alu(c, MASM_OR, w);
        break;
    case WASM_OP_I32_XOR:
        emit_alu(c, MASM_XOR, w);
        break;
    case WASM_OP_I32_SHL:
        emit_shift(c, MASM_SHL, w);
        break;
    case WASM_OP_I32_SHR_S:
        emit_shift(c, MASM_SHR_S, w);
        break;
    case WASM_OP_I32_SHR_U:
        emit_shift(c, MASM_SHR_U, w);
        break;
    case WASM_OP_I32_ROTL:
        emit_shift(c, MASM_ROTL, w);
        break;
    case WASM_OP_I32_ROTR:
        emit_shift(c, MASM_ROTR, w);
        break;
    default:
        break;
    }
}

// ---- Floating point ----

static void
emit_float_binary(struct compiler *c, enum masm_float_op op)
{
    uint8_t target = result_target(c, c->values[c->height - 1].type, 2);
    struct value b = pop_value(c);
    struct value a = pop_value(c);
    if (op == MASM_FADD || op == MASM_FMUL) // which of two NaNs comes out is open
        order_operands(c, &a, &b, target);
    struct masm_operand operand = value_operand(c, &b);
    uint8_t dst = first_operand(c, &a, operand, target);
    masm_float(&c->masm, op, a.type, dst, operand);
    push_result(c, a.type, dst, target);
    value_release(c, &b);
}

typedef void (*float_pair)(struct masm *, uint8_t, uint8_t, uint8_t);

static void
emit_float_pair(struct compiler *c, float_pair op)
{
    struct value b = pop_value(c);
    struct value a = pop_value(c);
    uint8_t src = value_to_reg(c, &b);
    uint8_t dst = value_to_reg(c, &a);
    op(&c->masm, a.type, dst, src);
    value_release(c, &b);
    push_reg(c, a.type, dst);
}

static void
emit_float_unary(struct compiler *c, uint32_t op)
{
    struct masm *m = &c->masm;
    struct masm_operand none = {.kind = MASM_OP_IMM};
    uint8_t target = result_target(c, c->values[c->height - 1].type, 1);
    struct value v = pop_value(c);
    uint8_t reg = first_operand(c, &v, none, target);
    switch (op) {
    case WASM_OP_F32_ABS:
        masm_abs(m, v.type, reg);
        break;
    case WASM_OP_F32_NEG:
        masm_neg(m, v.type, reg);
        break;
    case WASM_OP_F32_CEIL:
        masm_round(m, MASM_CEIL, v.type, reg, reg);
        break;
    case WASM_OP_F32_FLOOR:
        masm_round(m, MASM_FLOOR, v.type, reg, reg);
        break;
    case WASM_OP_F32_TRUNC:
        masm_round(m, MASM_TRUNC, v.type, reg, reg);
        break;
    case WASM_OP_F32_NEAREST:
        masm_round(m, MASM_NEAREST, v.type, reg, reg);
        break;
    default:
        masm_sqrt(m, v.type, reg, reg);
        break;
    }
    push_result(c, v.type, reg, target);
}

// The instructions of f32 and f64 stand in the same order.
static void
emit_float(struct compiler *c, uint32_t op)
{
    switch (op) {
    case WASM_OP_F32_ADD:
        emit_float_binary(c, MASM_FADD);
        break;
    case WASM_OP_F32_SUB:
        emit_float_binary(c, MASM_FSUB);
        break;
    case WASM_OP_F32_MUL:
        emit_float_binary(c, MASM_FMUL);
        break;
    case WASM_OP_F32_DIV:
        emit_float_binary(c, MASM_FDIV);
        break;
    case WASM_OP_F32_MIN:
        emit_float_pair(c, masm_min);
        break;
    case WASM_OP_F32_MAX:
        emit_float_pair(c, masm_max);
        break;
    case WASM_OP_F32_COPYSIGN:
        emit_float_pair(c, masm_copysign);
        break;
    default:
        emit_float_unary(c, op);
        break;
    }
}

static void
emit_float_relation(struct compiler *c, uint32_t op)
{
    switch (op) {
    case WASM_OP_F32_EQ:
        emit_float_compare(c, MASM_FLOAT_EQ, false);
        break;
    case WASM_OP_F32_NE:
        emit_float_compare(c, MASM_FLOAT_NE, false);
        break;
    case WASM_OP_F32_LT:
        emit_float_compare(c, MASM_FLOAT_GT, true);
        break;
    case WASM_OP_F32_GT:
        emit_float_compare(c, MASM_FLOAT_GT, false);
        break;
    case WASM_OP_F32_LE:
        emit_float_compare(c, MASM_FLOAT_GE, true);
        break;
    default:
        emit_float_compare(c, MASM_FLOAT_GE, false);
        break;
    }
}

void
emit_numeric(struct compiler *c, enum wasm_opcode opcode)
{
    uint32_t op = opcode;
    static const uint8_t relations[] = {MASM_EQ,   MASM_NE,   MASM_LT_S, MASM_LT_U,
                                        MASM_GT_S, MASM_GT_U, MASM_LE_S, MASM_LE_U,
                                        MASM_GE_S, MASM_GE_U};
    switch (op) {
    case WASM_OP_I32_EQZ:
        emit_eqz(c, MASM_W32);
        break;
    case WASM_OP_I64_EQZ:
        emit_eqz(c, MASM_W64);
        break;
    case WASM_OP_I32_EQ ... WASM_OP_I32_GE_U:
        emit_compare(c, (enum masm_cond)relations[op - WASM_OP_I32_EQ], MASM_W32);
        break;
    case WASM_OP_I64_EQ ... WASM_OP_I64_GE_U:
        emit_compare(c, (enum masm_cond)relations[op - WASM_OP_I64_EQ], MASM_W64);
        break;
    case WASM_OP_F32_EQ ... WASM_OP_F32_GE:
        emit_float_relation(c, op);
        break;
    case WASM_OP_F64_EQ ... WASM_OP_F64_GE:
        emit_float_relation(c, op - WASM_OP_F64_EQ + WASM_OP_F32_EQ);
        break;
    case WASM_OP_I32_CLZ ... WASM_OP_I32_ROTR:
        emit_integer(c, op, MASM_W32);
        break;
    case WASM_OP_I64_CLZ ... WASM_OP_I64_ROTR:
        emit_integer(c, op - WASM_OP_I64_CLZ + WASM_OP_I32_CLZ, MASM_W64);
        break;
    case WASM_OP_F32_ABS ... WASM_OP_F32_COPYSIGN:
        emit_float(c, op);
        break;
    default:
        emit_float(c, op - WASM_OP_F64_ABS + WASM_OP_F32_ABS);
        break;
    }
}

// ---- Select ----

static void
select_float(struct compiler *c, enum masm_cond cond, struct value *a, struct value *b,
             uint8_t target)
{
    uint8_t src = value_borrow(c, b);
    struct masm_operand source = {.kind = MASM_OP_REG, .reg = src};
    uint8_t dst = first_operand(c, a, source, target);
    uint32_t skip = 0;
    masm_jump_if(&c->masm, cond, &skip);
    masm_move(&c->masm, a->type, dst, src);
    masm_bind(&c->masm, skip);
    push_result(c, a->type, dst, target);
    value_release(c, b);
}

// Loads keep flags, so the operands may come after the condition.
void
emit_select(struct compiler *c)
{
    uint8_t target = result_target(c, c->values[c->height - 2].type, 3);
    enum masm_cond cond = control_condition(c);
    struct value b = pop_value(c);
    struct value a = pop_value(c);
    if (type_is_float(a.type)) {
        select_float(c, cond, &a, &b, target);
        return;
    }
    // The move happens when the condition fails; equality of floats cannot be moved on.
    bool is_turned =
        cond == MASM_FLOAT_NE || (lives_in(c, &b, target) && cond != MASM_FLOAT_EQ);
    if (is_turned)
        swap(&a, &b);
    else
        cond = masm_cond_not(cond);
    struct masm_operand source = {.kind = MASM_OP_REG, .reg = value_borrow(c, &b)};
    uint8_t dst = first_operand(c, &a, source, target);
    masm_move_if(&c->masm, cond, dst, source.reg);
    push_result(c, a.type, dst, target);
    value_release(c, &b);
}
