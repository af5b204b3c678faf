// SPDX-License-Identifier: Apache-2.0
//
// Locals, globals, table elements and function references.
#include "engine/compile/compiler.h"

static struct masm_mem
in_instance(uint64_t offset)
{
    return (struct masm_mem){
        .base = MASM_INSTANCE, .index = MASM_NONE, .disp = (int32_t)offset};
}

// ---- Locals ----

static void
set_in_register(struct compiler *c, uint8_t reg, const struct value *v)
{
    value_load(c, v, reg);
    locals_written(c, reg);
    value_release(c, v);
}

void
emit_local_set(struct compiler *c, uint32_t local)
{
    uint8_t reg = local_home(c, local);
    struct value v = pop_value(c);
    if (v.place == VALUE_LOCAL && v.local == local)
        return;
    detach_local(c, local, 0);
    if (reg != MASM_NONE) {
        set_in_register(c, reg, &v);
        return;
    }
    if (v.place == VALUE_STORED || v.place == VALUE_LOCAL)
        value_to_reg(c, &v);
    value_store(c, &v, local_disp(c, local));
    value_release(c, &v);
}

void
emit_local_tee(struct compiler *c, uint32_t local)
{
    uint8_t reg = local_home(c, local);
    struct value v = pop_value(c);
    if (v.place == VALUE_LOCAL && v.local == local) {
        push_local(c, v.type, local);
        return;
    }
    detach_local(c, local, 0);
    if (reg != MASM_NONE) {
        set_in_register(c, reg, &v);
        push_local(c, v.type, local);
        return;
    }
    if (v.place == VALUE_CONST) {
        value_store(c, &v, local_disp(c, local));
        push_const(c, v.type, v.bits);
        return;
    }
    value_to_reg(c, &v);
    value_store(c, &v, local_disp(c, local));
    push_reg(c, v.type, v.reg);
}

// ---- Globals ----

// `scratch` takes the address of an imported one.
static struct masm_mem
global_at(struct compiler *c, uint32_t index, uint8_t scratch)
{
    const struct wasm_module *module = c->module;
    if (index >= module->global_import_count)
        return in_instance(module->layout.globals +
                           sizeof(struct wasm_global) *
                               (uint64_t)(index - module->global_import_count));
    masm_load_mem(&c->masm, WASM_TYPE_I64, scratch,
                  in_instance(module->layout.imported_globals + 8ull * index));
    return (struct masm_mem){.base = scratch, .index = MASM_NONE};
}

void
emit_global_get(struct compiler *c, uint32_t index)
{
    uint8_t type = machine_type(c, c->module->globals[index].type);
    uint8_t target = result_target(c, type, 0);
    uint8_t reg = target != MASM_NONE ? target : reg_alloc(c, type);
    masm_load_mem(&c->masm, type, reg, global_at(c, index, MASM_SCRATCH));
    if (target != MASM_NONE)
        push_target(c, type);
    else
        push_reg(c, type, reg);
}

void
emit_global_set(struct compiler *c, uint32_t index)
{
    struct value v = pop_value(c);
    uint8_t reg = value_borrow(c, &v);
    masm_store_mem(&c->masm, v.type, global_at(c, index, MASM_SCRATCH), reg);
    value_release(c, &v);
}

// ---- Tables ----

static void
load_table(struct compiler *c, uint32_t index, uint8_t reg)
{
    masm_load_mem(&c->masm, WASM_TYPE_I64, reg,
                  in_instance(c->module->layout.tables + 8ull * index));
}

struct masm_mem
table_element(struct compiler *c, uint32_t table, uint8_t index, enum wasm_trap_code trap)
{
    struct masm_mem len = {.base = MASM_SCRATCH,
                           .index = MASM_NONE,
                           .disp = offsetof(struct wasm_table, len)};
    struct masm_mem elems = {.base = MASM_SCRATCH,
                             .index = MASM_NONE,
                             .disp = offsetof(struct wasm_table, elems)};
    load_table(c, table, MASM_SCRATCH);
    masm_compare_mem(&c->masm, MASM_W64, index, len);
    compile_trap_if(c, MASM_GE_U, trap);
    masm_load_mem(&c->masm, WASM_TYPE_I64, MASM_SCRATCH, elems);
    return (struct masm_mem){.base = MASM_SCRATCH, .index = index, .scale = 3};
}

void
emit_table_get(struct compiler *c, uint32_t table)
{
    struct value index = pop_value(c);
    uint8_t reg = value_to_reg(c, &index);
    masm_load_mem(&c->masm, WASM_TYPE_I64, reg,
                  table_element(c, table, reg, WASM_TRAP_TABLE_BOUNDS));
    push_reg(c, machine_type(c, c->module->tables[table].type), reg);
}

void
emit_table_set(struct compiler *c, uint32_t table)
{
    struct value v = pop_value(c);
    uint8_t reg = value_borrow(c, &v);
    struct value index = pop_value(c);
    uint8_t at = value_borrow(c, &index);
    masm_store_mem(&c->masm, WASM_TYPE_I64,
                   table_element(c, table, at, WASM_TRAP_TABLE_BOUNDS), reg);
    value_release(c, &index);
    value_release(c, &v);
}

void
emit_table_size(struct compiler *c, uint32_t table)
{
    bool is_64 = c->module->tables[table].limits.is_64;
    uint8_t type = is_64 ? WASM_TYPE_I64 : WASM_TYPE_I32;
    uint8_t reg = reg_alloc(c, type);
    struct masm_mem len = {
        .base = reg, .index = MASM_NONE, .disp = offsetof(struct wasm_table, len)};
    load_table(c, table, reg);
    masm_load_mem(&c->masm, type, reg, len);
    push_reg(c, type, reg);
}

// ---- References ----

void
emit_ref_func(struct compiler *c, uint32_t index)
{
    const struct wasm_module *module = c->module;
    uint8_t reg = reg_alloc(c, MACHINE_FUNC);
    if (index < module->func_import_count)
        masm_load_mem(&c->masm, WASM_TYPE_I64, reg,
                      in_instance(module->layout.imported_funcs + 8ull * index));
    else
        masm_address(&c->masm, reg,
                     in_instance(module->layout.funcs +
                                 sizeof(struct wasm_func) *
                                     (uint64_t)(index - module->func_import_count)));
    push_reg(c, MACHINE_FUNC, reg);
}
