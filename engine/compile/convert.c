// SPDX-License-Identifier: Apache-2.0
//
// Conversions between value types.
#include "engine/compile/compiler.h"

// A source that may only be read, and another register for the result.
struct conversion {
    struct value v;
    uint8_t target;
    uint8_t src;
    uint8_t dst;
};

static struct conversion
begin_conversion(struct compiler *c, uint8_t to)
{
    struct conversion conv = {.target = result_target(c, to, 1)};
    conv.v = pop_value(c);
    conv.src = value_borrow(c, &conv.v);
    conv.dst = conv.target;
    if (conv.target == MASM_NONE && conv.v.place == VALUE_REG &&
        type_is_float(to) == type_is_float(conv.v.type))
        conv.dst = conv.src;
    else if (conv.target == MASM_NONE)
        conv.dst = reg_alloc(c, to);
    return conv;
}

static void
end_conversion(struct compiler *c, const struct conversion *conv, uint8_t to)
{
    if (conv->dst != conv->src)
        value_release(c, &conv->v);
    if (conv->target != MASM_NONE)
        push_target(c, to);
    else
        push_reg(c, to, conv->dst);
}

static void
emit_sign_extend(struct compiler *c, uint8_t type, uint32_t bits)
{
    struct conversion conv = begin_conversion(c, type);
    masm_sign_extend(&c->masm, type_width(type), bits, conv.dst, conv.src);
    end_conversion(c, &conv, type);
}

// The upper half becomes zero: by nature of an i32, or by cutting an i64.
static void
emit_wrap(struct compiler *c)
{
    struct value v = pop_value(c);
    if (v.place == VALUE_CONST) {
        push_const(c, WASM_TYPE_I32, (uint32_t)v.bits);
        return;
    }
    uint8_t reg = v.reg;
    if (v.place == VALUE_REG) {
        masm_zero_extend(&c->masm, reg, reg);
    } else { // of a slot, the lower half is read
        reg = reg_alloc(c, WASM_TYPE_I32);
        v.type = WASM_TYPE_I32;
        value_load(c, &v, reg);
    }
    push_reg(c, WASM_TYPE_I32, reg);
}

static void
emit_extend_u(struct compiler *c)
{
    struct value v = pop_value(c);
    if (v.place == VALUE_CONST) {
        push_const(c, WASM_TYPE_I64, (uint32_t)v.bits);
        return;
    }
    push_reg(c, WASM_TYPE_I64, value_to_reg(c, &v));
}

static void
emit_reinterpret(struct compiler *c, uint8_t to)
{
    struct value v = pop_value(c);
    if (v.place == VALUE_CONST) {
        push_const(c, to, v.bits);
        return;
    }
    if (value_in_slot(c, &v)) {
        v.type = to;
        push_reg(c, to, value_to_reg(c, &v));
        return;
    }
    uint8_t src = value_borrow(c, &v);
    uint8_t dst = reg_alloc(c, to);
    masm_reinterpret(&c->masm, v.type, dst, src);
    value_release(c, &v);
    push_reg(c, to, dst);
}

static void
emit_int_to_float(struct compiler *c, uint8_t to, bool is_signed)
{
    uint8_t target = result_target(c, to, 1);
    struct value v = pop_value(c);
    bool loses_source = !is_signed && v.type == WASM_TYPE_I64;
    uint8_t src = loses_source ? value_to_reg(c, &v) : value_borrow(c, &v);
    uint8_t dst = target != MASM_NONE ? target : reg_alloc(c, to);
    masm_convert_int(&c->masm, to, type_width(v.type), is_signed, dst, src);
    value_release(c, &v);
    if (target != MASM_NONE)
        push_target(c, to);
    else
        push_reg(c, to, dst);
}

static void
emit_float_to_float(struct compiler *c, uint8_t to)
{
    struct conversion conv = begin_conversion(c, to);
    masm_convert_float(&c->masm, to, conv.dst, conv.src);
    end_conversion(c, &conv, to);
}

static void
emit_trunc(struct compiler *c, uint8_t to, bool is_signed, bool saturates)
{
    struct value v = pop_value(c);
    uint8_t src = value_to_reg(c, &v);
    uint8_t dst = reg_alloc(c, to);
    struct masm_trunc how = {type_width(to), is_signed, saturates, v.type};
    struct masm_trunc_traps traps;
    masm_trunc(&c->masm, how, dst, src, &traps);
    if (!saturates) {
        compile_trap_chain(c, traps.invalid, WASM_SITE_TRAP,
                           WASM_TRAP_INVALID_CONVERSION);
        for (uint32_t i = 0; i < traps.overflow_count; i++)
            compile_trap_chain(c, traps.overflow[i], WASM_SITE_TRAP,
                               WASM_TRAP_INTEGER_OVERFLOW);
    }
    value_release(c, &v);
    push_reg(c, to, dst);
}

void
emit_convert(struct compiler *c, enum wasm_opcode opcode)
{
    switch ((uint32_t)opcode) {
    case WASM_OP_I32_WRAP_I64:
        emit_wrap(c);
        break;
    case WASM_OP_I32_TRUNC_F32_S:
    case WASM_OP_I32_TRUNC_F64_S:
        emit_trunc(c, WASM_TYPE_I32, true, false);
        break;
    case WASM_OP_I32_TRUNC_F32_U:
    case WASM_OP_I32_TRUNC_F64_U:
        emit_trunc(c, WASM_TYPE_I32, false, false);
        break;
    case WASM_OP_I64_TRUNC_F32_S:
    case WASM_OP_I64_TRUNC_F64_S:
        emit_trunc(c, WASM_TYPE_I64, true, false);
        break;
    case WASM_OP_I64_TRUNC_F32_U:
    case WASM_OP_I64_TRUNC_F64_U:
        emit_trunc(c, WASM_TYPE_I64, false, false);
        break;
    case WASM_OP_I32_TRUNC_SAT_F32_S:
    case WASM_OP_I32_TRUNC_SAT_F64_S:
        emit_trunc(c, WASM_TYPE_I32, true, true);
        break;
    case WASM_OP_I32_TRUNC_SAT_F32_U:
    case WASM_OP_I32_TRUNC_SAT_F64_U:
        emit_trunc(c, WASM_TYPE_I32, false, true);
        break;
    case WASM_OP_I64_TRUNC_SAT_F32_S:
    case WASM_OP_I64_TRUNC_SAT_F64_S:
        emit_trunc(c, WASM_TYPE_I64, true, true);
        break;
    case WASM_OP_I64_TRUNC_SAT_F32_U:
    case WASM_OP_I64_TRUNC_SAT_F64_U:
        emit_trunc(c, WASM_TYPE_I64, false, true);
        break;
    case WASM_OP_I64_EXTEND_I32_S:
    case WASM_OP_I64_EXTEND32_S:
        emit_sign_extend(c, WASM_TYPE_I64, 32);
        break;
    case WASM_OP_I64_EXTEND_I32_U:
        emit_extend_u(c);
        break;
    case WASM_OP_F32_CONVERT_I32_S:
    case WASM_OP_F32_CONVERT_I64_S:
        emit_int_to_float(c, WASM_TYPE_F32, true);
        break;
    case WASM_OP_F32_CONVERT_I32_U:
    case WASM_OP_F32_CONVERT_I64_U:
        emit_int_to_float(c, WASM_TYPE_F32, false);
        break;
    case WASM_OP_F64_CONVERT_I32_S:
    case WASM_OP_F64_CONVERT_I64_S:
        emit_int_to_float(c, WASM_TYPE_F64, true);
        break;
    case WASM_OP_F64_CONVERT_I32_U:
    case WASM_OP_F64_CONVERT_I64_U:
        emit_int_to_float(c, WASM_TYPE_F64, false);
        break;
    case WASM_OP_F32_DEMOTE_F64:
        emit_float_to_float(c, WASM_TYPE_F32);
        break;
    case WASM_OP_F64_PROMOTE_F32:
        emit_float_to_float(c, WASM_TYPE_F64);
        break;
    case WASM_OP_I32_REINTERPRET_F32:
        emit_reinterpret(c, WASM_TYPE_I32);
        break;
    case WASM_OP_I64_REINTERPRET_F64:
        emit_reinterpret(c, WASM_TYPE_I64);
        break;
    case WASM_OP_F32_REINTERPRET_I32:
        emit_reinterpret(c, WASM_TYPE_F32);
        break;
    case WASM_OP_F64_REINTERPRET_I64:
        emit_reinterpret(c, WASM_TYPE_F64);
        break;
    case WASM_OP_I32_EXTEND8_S:
        emit_sign_extend(c, WASM_TYPE_I32, 8);
        break;
    case WASM_OP_I32_EXTEND16_S:
        emit_sign_extend(c, WASM_TYPE_I32, 16);
        break;
    case WASM_OP_I64_EXTEND8_S:
        emit_sign_extend(c, WASM_TYPE_I64, 8);
        break;
    case WASM_OP_I64_EXTEND16_S:
        emit_sign_extend(c, WASM_TYPE_I64, 16);
        break;
    default:
        break;
    }
}
