// SPDX-License-Identifier: Apache-2.0
//
// References and i31. Conversions between extern and any change nothing.
#include "engine/compile/gc.h"

void
gc_null_check(struct compiler *c, wasm_type_t type, uint8_t reg, enum wasm_trap_code trap)
{
    if (!wasm_type_is_nullable(type))
        return;
    masm_test(&c->masm, MASM_W64, reg);
    compile_trap_if(c, MASM_EQ, trap);
}

struct masm_mem
gc_field(uint8_t object, uint32_t offset)
{
    return (struct masm_mem){.base = object, .index = MASM_NONE, .disp = (int32_t)offset};
}

void
gc_store(struct compiler *c, wasm_type_t storage, struct masm_mem to,
         const struct value *v)
{
    uint8_t type = machine_type(c, storage);
    uint8_t reg = v->reg;
    if (v->place != VALUE_REG) {
        reg = type_is_float(type) ? MASM_FLOAT_SCRATCH : MASM_SCRATCH;
        value_load(c, v, reg);
    }
    masm_store_field(&c->masm, type, to, reg);
}

uint8_t
gc_result_reg(struct compiler *c, uint8_t type, struct value *spare)
{
    if (spare->place != VALUE_REG || type_is_float(type))
        return reg_alloc(c, type);
    spare->place = VALUE_STORED;
    return spare->reg;
}

void
gc_push_back(struct compiler *c, const struct value *v)
{
    if (v->place == VALUE_LOCAL)
        push_local(c, v->type, v->local);
    else if (v->place == VALUE_CONST)
        push_const(c, v->type, v->bits);
    else if (v->place == VALUE_STORED)
        push_stored(c, v->type);
    else
        push_reg(c, v->type, v->reg);
}

static void
ref_as_non_null(struct compiler *c, wasm_type_t type)
{
    if (!wasm_type_is_nullable(type))
        return;
    struct value v = pop_value(c);
    gc_null_check(c, type, value_borrow(c, &v), WASM_TRAP_NULL_REFERENCE);
    gc_push_back(c, &v);
}

static void
ref_eq(struct compiler *c)
{
    struct value b = pop_value(c);
    struct masm_operand src = value_operand(c, &b);
    struct value a = pop_value(c);
    masm_alu(&c->masm, MASM_CMP, MASM_W64, value_borrow(c, &a), src);
    value_release(c, &a);
    value_release(c, &b);
    push_condition(c, MASM_EQ);
}

// ---- i31 ----

// WASM_I31_REF in code.
static void
ref_i31(struct compiler *c)
{
    struct masm *m = &c->masm;
    struct value v = pop_value(c);
    struct masm_operand low = {.kind = MASM_OP_IMM, .value = INT32_MAX};
    struct masm_operand tag = {.kind = MASM_OP_IMM, .value = 1};
    if (v.place == VALUE_CONST) {
        push_const(c, MACHINE_REF, (uintptr_t)WASM_I31_REF(v.bits));
        return;
    }
    uint8_t reg = value_to_reg(c, &v);
    masm_alu(m, MASM_AND, MASM_W32, reg, low);
    masm_shift_const(m, MASM_SHL, MASM_W64, reg, 2);
    masm_alu(m, MASM_OR, MASM_W64, reg, tag);
    push_reg(c, MACHINE_REF, reg);
}

static void
i31_get(struct compiler *c, wasm_type_t type, bool is_signed)
{
    struct masm *m = &c->masm;
    struct value v = pop_value(c);
    uint8_t reg = value_to_reg(c, &v);
    gc_null_check(c, type, reg, WASM_TRAP_NULL_I31);
    if (is_signed) { // the sign is bit 32
        masm_shift_const(m, MASM_SHL, MASM_W64, reg, 31);
        masm_shift_const(m, MASM_SHR_S, MASM_W64, reg, 33);
        masm_zero_extend(m, reg, reg);
    } else {
        masm_shift_const(m, MASM_SHR_U, MASM_W64, reg, 2);
    }
    push_reg(c, WASM_TYPE_I32, reg);
}

// ---- Dispatch ----

static bool
emit_array(struct compiler *c, const struct wasm_instr *in)
{
    switch ((uint32_t)in->opcode) {
    case WASM_OP_ARRAY_NEW:
        return gc_array_new(c, in);
    case WASM_OP_ARRAY_NEW_DEFAULT:
        return gc_array_new_default(c, in);
    case WASM_OP_ARRAY_NEW_FIXED:
        return gc_array_new_fixed(c, in);
    case WASM_OP_ARRAY_GET:
    case WASM_OP_ARRAY_GET_S:
    case WASM_OP_ARRAY_GET_U:
        gc_array_get(c, in);
        return true;
    case WASM_OP_ARRAY_SET:
        gc_array_set(c, in);
        return true;
    case WASM_OP_ARRAY_LEN:
        gc_array_len(c, in);
        return true;
    default:
        return gc_array_bulk(c, in);
    }
}

bool
emit_gc(struct compiler *c, const struct wasm_instr *in)
{
    switch ((uint32_t)in->opcode) {
    case WASM_OP_REF_EQ:
        ref_eq(c);
        break;
    case WASM_OP_REF_AS_NON_NULL:
        ref_as_non_null(c, in->operand_type);
        break;
    case WASM_OP_STRUCT_NEW:
        return gc_struct_new(c, in);
    case WASM_OP_STRUCT_NEW_DEFAULT:
        return gc_struct_new_default(c, in);
    case WASM_OP_STRUCT_GET:
    case WASM_OP_STRUCT_GET_S:
    case WASM_OP_STRUCT_GET_U:
        gc_struct_get(c, in);
        break;
    case WASM_OP_STRUCT_SET:
        gc_struct_set(c, in);
        break;
    case WASM_OP_REF_TEST:
    case WASM_OP_REF_TEST_NULL:
        gc_ref_test(c, in);
        break;
    case WASM_OP_REF_CAST:
    case WASM_OP_REF_CAST_NULL:
        gc_ref_cast(c, in);
        break;
    case WASM_OP_ANY_CONVERT_EXTERN:
    case WASM_OP_EXTERN_CONVERT_ANY:
        break;
    case WASM_OP_REF_I31:
        ref_i31(c);
        break;
    case WASM_OP_I31_GET_S:
        i31_get(c, in->operand_type, true);
        break;
    case WASM_OP_I31_GET_U:
        i31_get(c, in->operand_type, false);
        break;
    default:
        return emit_array(c, in);
    }
    return true;
}
