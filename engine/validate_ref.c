// SPDX-License-Identifier: Apache-2.0
//
// References: null, functions, casts, branches on casts, conversions, i31.
// Wasm core 3.0 #valid-instr-ref
#include "engine/operand.h"

static bool
ref_func(struct wasm_validator *v, const struct wasm_instr *in)
{
    uint8_t bit = (uint8_t)(1u << in->index % 8);
    if (v->declare)
        v->declare[in->index / 8] |= bit;
    else if (!(v->module->declared[in->index / 8] & bit))
        return VALIDATE_FAIL(v, in->offset, "undeclared function reference");
    return operand_push(v, wasm_type_ref(v->module->funcs[in->index], false));
}

static bool
ref_eq(struct wasm_validator *v, const struct wasm_instr *in)
{
    wasm_type_t eq = wasm_type_ref(WASM_HEAP_EQ, true);
    if (!operand_pop(v, eq) || !operand_pop(v, eq))
        return wasm_validator_mismatch(v, in);
    return operand_push(v, WASM_TYPE_I32);
}

static wasm_type_t
not_null(wasm_type_t type)
{
    return wasm_type_ref(wasm_type_heap(type), false);
}

// Label takes [t*], so does what follows, with the reference that is not null.
static bool
br_on_null(struct wasm_validator *v, const struct wasm_instr *in)
{
    uint32_t count;
    const wasm_type_t *types = label_types(v, in->index, &count);
    if (!operand_pop_list(v, types, count) || !operand_reserve(v, count + 1))
        return wasm_validator_mismatch(v, in);
    return operand_push_list(v, types, count) &&
           operand_push(v, not_null(in->operand_type));
}

// Label takes [t* t], where t is given; what follows has [t*].
static bool
branch_with(struct wasm_validator *v, const struct wasm_instr *in, wasm_type_t given)
{
    uint32_t count;
    const wasm_type_t *types = label_types(v, in->index, &count);
    if (count == 0 || !wasm_type_matches(v->module, given, types[count - 1]) ||
        !operand_pop_list(v, types, count - 1))
        return wasm_validator_mismatch(v, in);
    return operand_push_list(v, types, count - 1);
}

// ---- Casts ----

// The operand is of the hierarchy of the target.
static bool
pop_castable(struct wasm_validator *v, struct wasm_instr *in)
{
    uint32_t top = wasm_heap_top(v->module, wasm_type_heap(in->ref_type));
    return (operand_pop_ref(v, &in->operand_type) &&
            operand_matches(v, in->operand_type, wasm_type_ref(top, true))) ||
           wasm_validator_mismatch(v, in);
}

// What is left of type `of` when a cast to `target` fails.
static wasm_type_t
difference(wasm_type_t of, wasm_type_t target)
{
    return wasm_type_is_nullable(target) ? not_null(of) : of;
}

static bool
br_on_cast(struct wasm_validator *v, struct wasm_instr *in)
{
    wasm_type_t from = in->operand_type, to = in->ref_type;
    if (!wasm_type_matches(v->module, to, from))
        return wasm_validator_mismatch(v, in);
    if (!operand_pop_ref(v, &in->operand_type) ||
        !operand_matches(v, in->operand_type, from))
        return wasm_validator_mismatch(v, in);
    bool branches_on_fail = in->opcode == WASM_OP_BR_ON_CAST_FAIL;
    wasm_type_t rest = difference(from, to);
    return branch_with(v, in, branches_on_fail ? rest : to) &&
           operand_push(v, branches_on_fail ? to : rest);
}

// Between any and extern: nullability stays.
static bool
convert(struct wasm_validator *v, struct wasm_instr *in, uint32_t from, uint32_t to)
{
    if (!operand_pop_ref(v, &in->operand_type) ||
        !operand_matches(v, in->operand_type, wasm_type_ref(from, true)))
        return wasm_validator_mismatch(v, in);
    return operand_push(v, wasm_type_ref(to, wasm_type_is_nullable(in->operand_type)));
}

static bool
i31_op(struct wasm_validator *v, struct wasm_instr *in)
{
    if (in->opcode == WASM_OP_REF_I31)
        return operand_pop(v, WASM_TYPE_I32)
                   ? operand_push(v, wasm_type_ref(WASM_HEAP_I31, false))
                   : wasm_validator_mismatch(v, in);
    if (!operand_pop_ref(v, &in->operand_type) ||
        !operand_matches(v, in->operand_type, wasm_type_ref(WASM_HEAP_I31, true)))
        return wasm_validator_mismatch(v, in);
    return operand_push(v, WASM_TYPE_I32);
}

bool
wasm_validate_ref(struct wasm_validator *v, struct wasm_instr *in)
{
    switch ((uint32_t)in->opcode) {
    case WASM_OP_REF_NULL:
        return operand_push(v, in->ref_type);
    case WASM_OP_REF_FUNC:
        return ref_func(v, in);
    case WASM_OP_REF_EQ:
        return ref_eq(v, in);
    case WASM_OP_REF_TEST:
    case WASM_OP_REF_TEST_NULL:
        return pop_castable(v, in) && operand_push(v, WASM_TYPE_I32);
    case WASM_OP_REF_CAST:
    case WASM_OP_REF_CAST_NULL:
        return pop_castable(v, in) && operand_push(v, in->ref_type);
    case WASM_OP_BR_ON_CAST:
    case WASM_OP_BR_ON_CAST_FAIL:
        return br_on_cast(v, in);
    case WASM_OP_ANY_CONVERT_EXTERN:
        return convert(v, in, WASM_HEAP_EXTERN, WASM_HEAP_ANY);
    case WASM_OP_EXTERN_CONVERT_ANY:
        return convert(v, in, WASM_HEAP_ANY, WASM_HEAP_EXTERN);
    case WASM_OP_REF_I31:
    case WASM_OP_I31_GET_S:
    case WASM_OP_I31_GET_U:
        return i31_op(v, in);
    default:
        break;
    }
    if (!operand_pop_ref(v, &in->operand_type))
        return wasm_validator_mismatch(v, in);
    switch ((uint32_t)in->opcode) {
    case WASM_OP_REF_IS_NULL:
        return operand_push(v, WASM_TYPE_I32);
    case WASM_OP_REF_AS_NON_NULL:
        return operand_push(v, not_null(in->operand_type));
    case WASM_OP_BR_ON_NULL:
        return br_on_null(v, in);
    default: // br_on_non_null
        return branch_with(v, in, not_null(in->operand_type));
    }
}
