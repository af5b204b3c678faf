// SPDX-License-Identifier: Apache-2.0
//
// Exceptions. Nothing is done on the way in: at the end of a try_table stand its landing
// pads, one for each catch clause, and the module's table says which return addresses
// they cover. The runtime enters a pad with the exception in the result register and the
// frame pointer set; the pad makes the frame whole, pushes what its label takes and
// branches.
//
// What is on the operand stack below the try_table is in its slots all the way, locals
// are in theirs whenever something is called, and such a function keeps none in registers
// that calls keep: so a pad finds everything.
#include "engine/compile/call.h"
#include "engine/heap.h"

#define EXN_VALUE(i) ((int32_t)(offsetof(struct wasm_exception, values) + 16 * (i)))

static const struct wasm_functype *
tag_type(const struct compiler *c, uint32_t tag)
{
    return &c->module->types[c->module->tags[tag].type].func;
}

static uint8_t
scratch_for(uint8_t type)
{
    return type_is_float(type) ? (uint8_t)MASM_FLOAT_SCRATCH : (uint8_t)MASM_SCRATCH;
}

// ---- Throwing ----

// The exception is in the second argument register.
static void
throw_exception(struct compiler *c)
{
    builtin_call(c, offsetof(struct wasm_builtins, throw_ref));
    masm_trap(&c->masm); // so that the return address is this function's
    c->reachable = false;
}

bool
exception_throw(struct compiler *c, const struct wasm_instr *in)
{
    const struct wasm_functype *type = tag_type(c, in->index);
    uint64_t tag = in->index;
    if (!compile_code_room(c, 32ull * type->param_count) ||
        !call_builtin(c, offsetof(struct wasm_builtins, exn_new), &tag, 1, 0,
                      MACHINE_REF))
        return false;
    struct value exn = pop_value(c);
    uint32_t first = c->height - type->param_count;
    for (uint32_t i = 0; i < type->param_count; i++) {
        const struct value *v = &c->values[first + i];
        struct masm_mem to = {.base = exn.reg, .index = MASM_NONE, .disp = EXN_VALUE(i)};
        uint8_t reg = scratch_for(v->type);
        value_load(c, v, reg);
        masm_store_mem(&c->masm, v->type, to, reg);
    }
    c->height = first;
    masm_move(&c->masm, WASM_TYPE_I64, masm_int_args[1], exn.reg);
    regs_reset(c);
    throw_exception(c);
    return true;
}

bool
exception_throw_ref(struct compiler *c)
{
    struct value exn = pop_value(c);
    spill_below(c, c->height);
    locals_flush(c, c->dirty); // a landing pad of this function finds them in slots
    value_load(c, &exn, masm_int_args[1]);
    value_release(c, &exn);
    masm_test(&c->masm, MASM_W64, masm_int_args[1]);
    compile_trap_if(c, MASM_EQ, WASM_TRAP_NULL_EXN);
    throw_exception(c);
    return true;
}

// ---- try_table ----

bool
exception_try(struct compiler *c, const struct wasm_instr *in)
{
    if (!c->reachable)
        return control_block(c, in);
    if (!compile_expect(c, c->may_catch))
        return false;
    spill_below(c, c->height);
    if (!control_block(c, in))
        return false;
    struct label *label = &c->labels[c->depth - 1];
    label->catch_count = in->catch_count;
    label->try_lo = masm_offset(&c->masm);
    uint32_t count = c->catch_count + in->catch_count;
    if (!compile_grow(c, &c->catches, &c->catch_room, (uint64_t)count + 1,
                      sizeof *c->catches))
        return false;
    for (uint32_t i = 0; i < in->catch_count; i++)
        c->catches[c->catch_count++] = in->catches[i];
    return true;
}

static bool
add_handler(struct compiler *c, const struct label *label,
            const struct wasm_catch *clause, uint32_t hi)
{
    struct wasm_codemap *map = &c->module->codemap;
    bool is_any = clause->kind == WASM_CATCH_ALL || clause->kind == WASM_CATCH_ALL_REF;
    if (!compile_grow(c, &map->handlers, &map->handler_room,
                      (uint64_t)map->handler_count + 1, sizeof *map->handlers))
        return false;
    map->handlers[map->handler_count++] = (struct wasm_handler){
        .func = c->func,
        .lo = label->try_lo,
        .hi = hi,
        .tag = is_any ? WASM_HANDLER_ALL : clause->tag,
        .landing = masm_offset(&c->masm),
        .instance_disp = c->instance_disp,
    };
    return true;
}

// The frame again, of which only the frame pointer and the exception are there.
static bool
enter_frame(struct compiler *c)
{
    if (!compile_grow(c, &c->landings, &c->landing_room, (uint64_t)c->landing_count + 1,
                      sizeof *c->landings))
        return false;
    c->landings[c->landing_count++] = masm_enter_frame(&c->masm);
    masm_restore_instance(&c->masm, c->instance_disp);
    return true;
}

void
exception_set_frame(struct compiler *c, uint32_t bytes)
{
    for (uint32_t i = 0; i < c->landing_count; i++)
        masm_set_entered_frame(&c->masm, c->landings[i], bytes);
    c->landing_count = 0;
}

// The values of the exception in the result register, onto the stack.
static bool
push_values(struct compiler *c, uint32_t tag)
{
    const struct wasm_functype *type = tag_type(c, tag);
    if (!push_room(c, type->param_count + 2) ||
        !compile_code_room(c, 32ull * type->param_count))
        return false;
    for (uint32_t i = 0; i < type->param_count; i++) {
        uint8_t machine = machine_type(c, type->types[i]);
        uint8_t reg = scratch_for(machine);
        struct masm_mem from = {
            .base = MASM_INT_RESULT, .index = MASM_NONE, .disp = EXN_VALUE(i)};
        // First: it may store what lies deep, by way of the scratch register.
        push_stored(c, machine);
        masm_load_mem(&c->masm, machine, reg, from);
        masm_store_slot(&c->masm, machine, slot_disp(c, c->values[c->height - 1].slot),
                        reg);
    }
    return true;
}

static bool
emit_landing(struct compiler *c, const struct label *label,
             const struct wasm_catch *clause, uint32_t hi)
{
    if (!compile_code_room(c, 0) || !add_handler(c, label, clause, hi) || !enter_frame(c))
        return false;
    c->height = label->height;
    regs_reset(c);
    c->unspilled = c->height;
    c->valid = c->kept;
    c->dirty = 0;
    c->reachable = true;
    reg_take(c, MASM_INT_RESULT);
    if ((clause->kind == WASM_CATCH || clause->kind == WASM_CATCH_REF) &&
        !push_values(c, clause->tag))
        return false;
    c->unspilled = c->height;
    if (clause->kind == WASM_CATCH_REF || clause->kind == WASM_CATCH_ALL_REF)
        push_reg(c, MACHINE_REF, MASM_INT_RESULT);
    else
        reg_free(c, MASM_INT_RESULT);
    // Counted from outside the try_table, which is still there.
    control_br(c, clause->label + 1);
    return c->code == WASM_OK;
}

// At the end of a try_table, whose label still stands.
bool
exception_try_end(struct compiler *c)
{
    struct label label = c->labels[c->depth - 1];
    uint32_t hi = masm_offset(&c->masm);
    uint32_t first = c->catch_count - label.catch_count;
    c->catch_count = first;
    if (label.catch_count == 0 || label.is_dead)
        return true;
    if (c->reachable)
        control_br(c, 0);
    for (uint32_t i = 0; i < label.catch_count; i++) {
        struct wasm_catch clause = c->catches[first + i];
        if (!emit_landing(c, &label, &clause, hi))
            return false;
    }
    return true;
}
