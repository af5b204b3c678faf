// SPDX-License-Identifier: Apache-2.0
//
// Structures and arrays. The type index was checked when the instruction was read.
// Wasm core 3.0 #valid-instr-struct, #valid-instr-array
#include "engine/operand.h"

static const struct wasm_deftype *
type_of(const struct wasm_validator *v, const struct wasm_instr *in)
{
    return &v->module->types[in->index];
}

static bool
is_packed(const struct wasm_field *field)
{
    return field->type != wasm_unpacked(field->type);
}

static bool
push_new(struct wasm_validator *v, const struct wasm_instr *in)
{
    return operand_push(v, wasm_type_ref(in->index, false));
}

static bool
has_default(const struct wasm_validator *v, const struct wasm_instr *in)
{
    const struct wasm_deftype *type = type_of(v, in);
    for (uint32_t i = 0; i < type->field_count; i++)
        if ((type->fields[i].type & 0xff) == WASM_REF)
            return false;
    return true;
}

// The object that the instruction is about, nullable.
static bool
pop_object(struct wasm_validator *v, struct wasm_instr *in)
{
    return operand_pop_ref(v, &in->operand_type) &&
           operand_matches(v, in->operand_type, wasm_type_ref(in->index, true));
}

// Signed or unsigned are to be told apart where fields are packed, and only there.
static bool
is_read_rightly(const struct wasm_field *field, bool is_plain)
{
    return is_plain != is_packed(field);
}

// ---- Structures ----

static bool
struct_new(struct wasm_validator *v, const struct wasm_instr *in)
{
    const struct wasm_deftype *type = type_of(v, in);
    for (uint32_t i = type->field_count; i-- > 0;)
        if (!operand_pop(v, wasm_unpacked(type->fields[i].type)))
            return wasm_validator_mismatch(v, in);
    return push_new(v, in);
}

static bool
struct_get(struct wasm_validator *v, struct wasm_instr *in)
{
    const struct wasm_field *field = &type_of(v, in)->fields[in->index2];
    bool is_plain = in->opcode == WASM_OP_STRUCT_GET;
    if (!is_read_rightly(field, is_plain))
        return VALIDATE_FAIL(v, in->offset, "type mismatch: field is %s",
                             is_plain ? "packed" : "unpacked");
    if (!pop_object(v, in))
        return wasm_validator_mismatch(v, in);
    return operand_push(v, wasm_unpacked(field->type));
}

static bool
struct_set(struct wasm_validator *v, struct wasm_instr *in)
{
    const struct wasm_field *field = &type_of(v, in)->fields[in->index2];
    if (!field->is_mutable)
        return VALIDATE_FAIL(v, in->offset, "immutable field");
    return (operand_pop(v, wasm_unpacked(field->type)) && pop_object(v, in)) ||
           wasm_validator_mismatch(v, in);
}

// ---- Arrays ----

static wasm_type_t
elem_type(const struct wasm_validator *v, const struct wasm_instr *in)
{
    return wasm_unpacked(type_of(v, in)->fields[0].type);
}

static bool
is_mutable(struct wasm_validator *v, const struct wasm_instr *in)
{
    return type_of(v, in)->fields[0].is_mutable ||
           VALIDATE_FAIL(v, in->offset, "immutable array");
}

static bool
pop_ints(struct wasm_validator *v, uint32_t count)
{
    while (count-- > 0)
        if (!operand_pop(v, WASM_TYPE_I32))
            return false;
    return true;
}

static bool
array_new_fixed(struct wasm_validator *v, const struct wasm_instr *in)
{
    for (uint32_t i = 0; i < in->index2; i++)
        if (!operand_pop(v, elem_type(v, in)))
            return wasm_validator_mismatch(v, in);
    return push_new(v, in);
}

static bool
array_get(struct wasm_validator *v, struct wasm_instr *in)
{
    const struct wasm_field *field = &type_of(v, in)->fields[0];
    bool is_plain = in->opcode == WASM_OP_ARRAY_GET;
    if (!is_read_rightly(field, is_plain))
        return VALIDATE_FAIL(v, in->offset, "type mismatch: array is %s",
                             is_plain ? "packed" : "unpacked");
    if (!pop_ints(v, 1) || !pop_object(v, in))
        return wasm_validator_mismatch(v, in);
    return operand_push(v, elem_type(v, in));
}

// Elements that data segments can hold.
static bool
is_numeric(struct wasm_validator *v, const struct wasm_instr *in)
{
    return !wasm_type_is_ref(elem_type(v, in)) ||
           VALIDATE_FAIL(v, in->offset, "array type is not numeric or vector");
}

static bool
elems_match(struct wasm_validator *v, const struct wasm_instr *in)
{
    wasm_type_t given = v->module->elems[in->index2].type;
    return wasm_type_matches(v->module, given, elem_type(v, in)) ||
           wasm_validator_mismatch(v, in);
}

static bool
arrays_match(struct wasm_validator *v, const struct wasm_instr *in)
{
    wasm_type_t to = type_of(v, in)->fields[0].type;
    wasm_type_t from = v->module->types[in->index2].fields[0].type;
    return wasm_type_matches(v->module, from, to) ||
           VALIDATE_FAIL(v, in->offset, "array types do not match");
}

static bool
array_copy(struct wasm_validator *v, struct wasm_instr *in)
{
    return (pop_ints(v, 2) && operand_pop(v, wasm_type_ref(in->index2, true)) &&
            pop_ints(v, 1) && pop_object(v, in)) ||
           wasm_validator_mismatch(v, in);
}

// [array, at, from, len]
static bool
pop_init(struct wasm_validator *v, struct wasm_instr *in)
{
    return (pop_ints(v, 3) && pop_object(v, in)) || wasm_validator_mismatch(v, in);
}

static bool
array_len(struct wasm_validator *v, struct wasm_instr *in)
{
    if (!operand_pop_ref(v, &in->operand_type) ||
        !operand_matches(v, in->operand_type, wasm_type_ref(WASM_HEAP_ARRAY, true)))
        return wasm_validator_mismatch(v, in);
    return operand_push(v, WASM_TYPE_I32);
}

bool
wasm_validate_gc(struct wasm_validator *v, struct wasm_instr *in)
{
    bool ok;
    switch ((uint32_t)in->opcode) {
    case WASM_OP_STRUCT_NEW:
        return struct_new(v, in);
    case WASM_OP_STRUCT_NEW_DEFAULT:
        return has_default(v, in) ? push_new(v, in) : wasm_validator_mismatch(v, in);
    case WASM_OP_STRUCT_GET:
    case WASM_OP_STRUCT_GET_S:
    case WASM_OP_STRUCT_GET_U:
        return struct_get(v, in);
    case WASM_OP_STRUCT_SET:
        return struct_set(v, in);
    case WASM_OP_ARRAY_NEW:
        ok = pop_ints(v, 1) && operand_pop(v, elem_type(v, in));
        return ok ? push_new(v, in) : wasm_validator_mismatch(v, in);
    case WASM_OP_ARRAY_NEW_DEFAULT:
        ok = has_default(v, in) && pop_ints(v, 1);
        return ok ? push_new(v, in) : wasm_validator_mismatch(v, in);
    case WASM_OP_ARRAY_NEW_FIXED:
        return array_new_fixed(v, in);
    case WASM_OP_ARRAY_NEW_DATA:
        if (!is_numeric(v, in))
            return false;
        return pop_ints(v, 2) ? push_new(v, in) : wasm_validator_mismatch(v, in);
    case WASM_OP_ARRAY_NEW_ELEM:
        if (!elems_match(v, in))
            return false;
        return pop_ints(v, 2) ? push_new(v, in) : wasm_validator_mismatch(v, in);
    case WASM_OP_ARRAY_GET:
    case WASM_OP_ARRAY_GET_S:
    case WASM_OP_ARRAY_GET_U:
        return array_get(v, in);
    case WASM_OP_ARRAY_SET:
        ok = operand_pop(v, elem_type(v, in)) && pop_ints(v, 1) && pop_object(v, in);
        return is_mutable(v, in) && (ok || wasm_validator_mismatch(v, in));
    case WASM_OP_ARRAY_FILL:
        ok = pop_ints(v, 1) && operand_pop(v, elem_type(v, in)) && pop_ints(v, 1) &&
             pop_object(v, in);
        return is_mutable(v, in) && (ok || wasm_validator_mismatch(v, in));
    case WASM_OP_ARRAY_COPY:
        return is_mutable(v, in) && arrays_match(v, in) && array_copy(v, in);
    case WASM_OP_ARRAY_INIT_DATA:
        return is_mutable(v, in) && is_numeric(v, in) && pop_init(v, in);
    case WASM_OP_ARRAY_INIT_ELEM:
        return is_mutable(v, in) && elems_match(v, in) && pop_init(v, in);
    default:
        return array_len(v, in);
    }
}
