// SPDX-License-Identifier: Apache-2.0
//
// Loads and stores of linear memory. There are no bounds checks: an access outside
// faults, and its site tells that the fault is a trap.
#include "engine/compile/compiler.h"

// The address: a constant is folded, without wrapping.
static struct masm_access
access_at(struct compiler *c, struct value *addr, uint64_t offset)
{
    if (addr->place == VALUE_CONST)
        return (struct masm_access){.addr = MASM_NONE, .offset = addr->bits + offset};
    return (struct masm_access){.addr = value_borrow(c, addr), .offset = offset};
}

static uint8_t
load_type(enum wasm_opcode opcode)
{
    switch ((uint32_t)opcode) {
    case WASM_OP_F32_LOAD:
        return WASM_TYPE_F32;
    case WASM_OP_F64_LOAD:
        return WASM_TYPE_F64;
    case WASM_OP_I32_LOAD:
    case WASM_OP_I32_LOAD8_S ... WASM_OP_I32_LOAD16_U:
        return WASM_TYPE_I32;
    default:
        return WASM_TYPE_I64;
    }
}

void
emit_load(struct compiler *c, const struct wasm_instr *in)
{
    uint8_t type = load_type(in->opcode);
    struct value addr = pop_value(c);
    struct masm_access access = access_at(c, &addr, in->bits);
    uint8_t dst;
    if (addr.place == VALUE_REG && !type_is_float(type)) {
        dst = addr.reg;
    } else {
        dst = reg_alloc(c, type);
        value_release(c, &addr);
    }
    compile_separate_site(c);
    uint32_t at = masm_load(&c->masm, in->opcode, dst, access);
    compile_site(c, at, WASM_SITE_MEMORY, WASM_TRAP_NONE);
    push_reg(c, type, dst);
}

void
emit_store(struct compiler *c, const struct wasm_instr *in)
{
    struct masm *m = &c->masm;
    struct value v = pop_value(c);
    bool is_const = v.place == VALUE_CONST && !type_is_float(v.type) &&
                    (v.type == WASM_TYPE_I32 || in->opcode != WASM_OP_I64_STORE ||
                     (int64_t)v.bits == (int32_t)v.bits);
    uint8_t source = MASM_NONE;
    if (!is_const)
        source = value_borrow(c, &v);
    struct value addr = pop_value(c);
    struct masm_access access = access_at(c, &addr, in->bits);
    compile_separate_site(c);
    uint32_t at = is_const ? masm_store_const(m, in->opcode, access, (int32_t)v.bits)
                           : masm_store(m, in->opcode, access, source);
    compile_site(c, at, WASM_SITE_MEMORY, WASM_TRAP_NONE);
    value_release(c, &v);
    value_release(c, &addr);
}

void
emit_memory_size(struct compiler *c)
{
    uint8_t reg = reg_alloc(c, WASM_TYPE_I32);
    struct masm_mem memory = {.base = MASM_INSTANCE,
                              .index = MASM_NONE,
                              .disp = offsetof(struct wasm_instance, memory0)};
    struct masm_mem len = {
        .base = reg, .index = MASM_NONE, .disp = offsetof(struct wasm_memory, len)};
    masm_load_mem(&c->masm, WASM_TYPE_I64, reg, memory);
    masm_load_mem(&c->masm, WASM_TYPE_I64, reg, len);
    masm_shift_const(&c->masm, MASM_SHR_U, MASM_W64, reg, 16);
    push_reg(c, WASM_TYPE_I32, reg);
}
