// SPDX-License-Identifier: Apache-2.0
//
// Arrays. Indices are compared with the length in the object's head; whole ranges are
// left to builtins, which check everything themselves.
#include "engine/compile/gc.h"

enum { STORE_BYTES = 32 }; // of code for one element, at most

static const struct wasm_field *
element_of(const struct compiler *c, uint32_t type)
{
    return c->module->types[type].fields;
}

static struct masm_mem
array_len(uint8_t array)
{
    return gc_field(array, offsetof(struct wasm_object, len));
}

static uint8_t
log2_of(uint32_t size)
{
    return (uint8_t)__builtin_ctz(size);
}

// ---- Elements ----

// Checked; the index of 16-byte elements is scaled in MASM_SCRATCH.
static struct masm_mem
element_at(struct compiler *c, const struct wasm_instr *in, uint8_t array, uint8_t index)
{
    const struct wasm_field *element = element_of(c, in->index);
    struct masm *m = &c->masm;
    uint32_t size = wasm_storage_size(element->type);
    gc_null_check(c, in->operand_type, array, WASM_TRAP_NULL_ARRAY);
    masm_compare_mem(m, MASM_W32, index, array_len(array));
    compile_trap_if(c, MASM_GE_U, WASM_TRAP_ARRAY_BOUNDS);
    struct masm_mem at = {.base = array,
                          .index = index,
                          .scale = log2_of(size),
                          .disp = (int32_t)element->offset};
    if (size > 8) {
        masm_move(m, WASM_TYPE_I32, MASM_SCRATCH, index);
        masm_shift_const(m, MASM_SHL, MASM_W64, MASM_SCRATCH, at.scale);
        at.index = MASM_SCRATCH;
        at.scale = 0;
    }
    return at;
}

void
gc_array_get(struct compiler *c, const struct wasm_instr *in)
{
    const struct wasm_field *element = element_of(c, in->index);
    uint8_t type = machine_type(c, wasm_unpacked(element->type));
    struct value index = pop_value(c);
    uint8_t at = value_borrow(c, &index);
    struct value array = pop_value(c);
    uint8_t from = value_borrow(c, &array);
    struct masm_mem mem = element_at(c, in, from, at);
    uint8_t dst = gc_result_reg(c, type, &array);
    masm_load_field(&c->masm, machine_type(c, element->type),
                    in->opcode == WASM_OP_ARRAY_GET_S, dst, mem);
    value_release(c, &array);
    value_release(c, &index);
    push_reg(c, type, dst);
}

void
gc_array_set(struct compiler *c, const struct wasm_instr *in)
{
    const struct wasm_field *element = element_of(c, in->index);
    struct value v = pop_value(c);
    uint8_t src = value_borrow(c, &v);
    struct value index = pop_value(c);
    uint8_t at = value_borrow(c, &index);
    struct value array = pop_value(c);
    uint8_t to = value_borrow(c, &array);
    masm_store_field(&c->masm, machine_type(c, element->type), element_at(c, in, to, at),
                     src);
    value_release(c, &array);
    value_release(c, &index);
    value_release(c, &v);
}

void
gc_array_len(struct compiler *c, const struct wasm_instr *in)
{
    struct value array = pop_value(c);
    uint8_t from = value_borrow(c, &array);
    gc_null_check(c, in->operand_type, from, WASM_TRAP_NULL_ARRAY);
    uint8_t dst = gc_result_reg(c, WASM_TYPE_I32, &array);
    masm_load_mem(&c->masm, WASM_TYPE_I32, dst, array_len(from));
    push_reg(c, WASM_TYPE_I32, dst);
}

// ---- New arrays ----

bool
gc_array_new_default(struct compiler *c, const struct wasm_instr *in)
{
    uint64_t type = in->index;
    return call_builtin(c, offsetof(struct wasm_builtins, array_new), &type, 1, 1,
                        MACHINE_REF);
}

// Stores the value into all elements, from the last one down.
static void
fill(struct compiler *c, const struct wasm_field *element, uint8_t array,
     const struct value *v)
{
    struct masm *m = &c->masm;
    uint32_t size = wasm_storage_size(element->type);
    uint8_t scale = size > 8 ? 0 : log2_of(size);
    struct masm_operand step = {.kind = MASM_OP_IMM, .value = (int32_t)(size >> scale)};
    struct masm_mem at = {.base = array,
                          .index = MASM_SCRATCH,
                          .scale = scale,
                          .disp = (int32_t)(element->offset - size)};
    uint32_t done = 0;
    masm_load_mem(m, WASM_TYPE_I32, MASM_SCRATCH, array_len(array));
    if (size > 8)
        masm_shift_const(m, MASM_SHL, MASM_W64, MASM_SCRATCH, log2_of(size));
    masm_test(m, MASM_W64, MASM_SCRATCH);
    masm_jump_if(m, MASM_EQ, &done);
    uint32_t again = masm_offset(m);
    gc_store(c, element->type, at, v);
    masm_alu(m, MASM_SUB, MASM_W64, MASM_SCRATCH, step);
    masm_jump_back_if(m, MASM_NE, again);
    masm_bind(m, done);
}

bool
gc_array_new(struct compiler *c, const struct wasm_instr *in)
{
    const struct value *init = &c->values[c->height - 2];
    bool is_zero = init->place == VALUE_CONST && init->bits == 0;
    if (!gc_array_new_default(c, in))
        return false;
    struct value array = pop_value(c);
    struct value v = pop_value(c);
    if (!is_zero) {
        value_to_reg(c, &v);
        fill(c, element_of(c, in->index), array.reg, &v);
        value_release(c, &v);
    }
    push_reg(c, MACHINE_REF, array.reg);
    return true;
}

bool
gc_array_new_fixed(struct compiler *c, const struct wasm_instr *in)
{
    const struct wasm_field *element = element_of(c, in->index);
    uint32_t size = wasm_storage_size(element->type);
    uint64_t consts[] = {in->index, in->index2};
    if (!compile_code_room(c, (uint64_t)STORE_BYTES * in->index2) ||
        !call_builtin(c, offsetof(struct wasm_builtins, array_new), consts, 2, 0,
                      MACHINE_REF))
        return false;
    struct value array = pop_value(c);
    for (uint32_t i = in->index2; i-- > 0;) {
        struct value v = pop_value(c);
        gc_store(c, element->type, gc_field(array.reg, element->offset + i * size), &v);
    }
    push_reg(c, MACHINE_REF, array.reg);
    return true;
}

// ---- Ranges ----

static bool
array_fill(struct compiler *c)
{
    static const struct builtin_arg args[] = {
        {.kind = BUILTIN_OPERAND, .operand = 0},
        {.kind = BUILTIN_OPERAND, .operand = 1},
        {.kind = BUILTIN_ADDRESS, .operand = 2},
        {.kind = BUILTIN_OPERAND, .operand = 3},
    };
    return call_builtin_args(c, offsetof(struct wasm_builtins, array_fill), args, 4, 4,
                             0);
}

bool
gc_array_bulk(struct compiler *c, const struct wasm_instr *in)
{
    uint64_t consts[] = {in->index, in->index2};
    uint64_t segment = in->index2;
    switch ((uint32_t)in->opcode) {
    case WASM_OP_ARRAY_FILL:
        return array_fill(c);
    case WASM_OP_ARRAY_COPY:
        return call_builtin(c, offsetof(struct wasm_builtins, array_copy), NULL, 0, 5, 0);
    case WASM_OP_ARRAY_INIT_DATA:
        return call_builtin(c, offsetof(struct wasm_builtins, array_init_data), &segment,
                            1, 4, 0);
    case WASM_OP_ARRAY_INIT_ELEM:
        return call_builtin(c, offsetof(struct wasm_builtins, array_init_elem), &segment,
                            1, 4, 0);
    case WASM_OP_ARRAY_NEW_DATA:
        return call_builtin(c, offsetof(struct wasm_builtins, array_new_data), consts, 2,
                            2, MACHINE_REF);
    default: // array.new_elem
        return call_builtin(c, offsetof(struct wasm_builtins, array_new_elem), consts, 2,
                            2, MACHINE_REF);
    }
}
