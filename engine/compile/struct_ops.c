// SPDX-License-Identifier: Apache-2.0
//
// Structures.
#include "engine/compile/gc.h"

enum { STORE_BYTES = 32 }; // of code for one field, at most

static const struct wasm_field *
field_of(const struct compiler *c, const struct wasm_instr *in)
{
    return &c->module->types[in->index].fields[in->index2];
}

bool
gc_struct_new_default(struct compiler *c, const struct wasm_instr *in)
{
    uint64_t type = in->index;
    return call_builtin(c, offsetof(struct wasm_builtins, struct_new), &type, 1, 0,
                        MACHINE_REF);
}

bool
gc_struct_new(struct compiler *c, const struct wasm_instr *in)
{
    const struct wasm_deftype *type = &c->module->types[in->index];
    if (!compile_code_room(c, (uint64_t)STORE_BYTES * type->field_count) ||
        !gc_struct_new_default(c, in))
        return false;
    struct value object = pop_value(c);
    for (uint32_t i = type->field_count; i-- > 0;) {
        const struct wasm_field *field = &type->fields[i];
        struct value v = pop_value(c);
        gc_store(c, field->type, gc_field(object.reg, field->offset), &v);
    }
    push_reg(c, MACHINE_REF, object.reg);
    return true;
}

void
gc_struct_get(struct compiler *c, const struct wasm_instr *in)
{
    const struct wasm_field *field = field_of(c, in);
    uint8_t type = machine_type(c, wasm_unpacked(field->type));
    struct value object = pop_value(c);
    uint8_t from = value_borrow(c, &object);
    gc_null_check(c, in->operand_type, from, WASM_TRAP_NULL_STRUCT);
    uint8_t dst = gc_result_reg(c, type, &object);
    masm_load_field(&c->masm, machine_type(c, field->type),
                    in->opcode == WASM_OP_STRUCT_GET_S, dst,
                    gc_field(from, field->offset));
    value_release(c, &object);
    push_reg(c, type, dst);
}

void
gc_struct_set(struct compiler *c, const struct wasm_instr *in)
{
    const struct wasm_field *field = field_of(c, in);
    struct value v = pop_value(c);
    uint8_t src = value_borrow(c, &v);
    struct value object = pop_value(c);
    uint8_t to = value_borrow(c, &object);
    gc_null_check(c, in->operand_type, to, WASM_TRAP_NULL_STRUCT);
    masm_store_field(&c->masm, machine_type(c, field->type), gc_field(to, field->offset),
                     src);
    value_release(c, &object);
    value_release(c, &v);
}
