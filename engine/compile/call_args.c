// SPDX-License-Identifier: Apache-2.0
//
// Where arguments go, and moving them there all at once.
#include "engine/compile/call.h"

struct arg_cursor
args_first(const struct wasm_functype *type)
{
    return (struct arg_cursor){.ints = type->result_count >= 2 ? 2 : 1};
}

uint8_t
args_next(struct arg_cursor *a, uint8_t type, uint32_t *stack_offset)
{
    if (type_is_float(type)) {
        if (a->floats < MASM_FLOAT_ARG_COUNT)
            return masm_float_args[a->floats++];
    } else if (a->ints < MASM_INT_ARG_COUNT) {
        return masm_int_args[a->ints++];
    }
    uint32_t size = type == WASM_TYPE_V128 ? 16 : 8;
    *stack_offset = (a->stack + size - 1) & ~(size - 1);
    a->stack = *stack_offset + size;
    return MASM_NONE;
}

uint32_t
args_stack_len(const struct compiler *c, const struct wasm_functype *type)
{
    struct arg_cursor a = args_first(type);
    uint32_t stack_offset;
    for (uint32_t i = 0; i < type->param_count; i++)
        args_next(&a, machine_type(c, type->types[i]), &stack_offset);
    return (a.stack + 15) & ~15u;
}

void
args_add_move(struct arg_moves *moves, uint8_t dst, const struct value *v)
{
    moves->moves[moves->count].dst = dst;
    moves->moves[moves->count].v = *v;
    moves->count++;
}

static bool
is_source(const struct arg_moves *moves, uint8_t reg)
{
    for (uint32_t i = 0; i < moves->count; i++)
        if (moves->moves[i].v.place == VALUE_REG && moves->moves[i].v.reg == reg)
            return true;
    return false;
}

// A register is written when nobody waits for what it holds; where all wait for each
// other, an exchange lets one of them go.
static void
move_registers(struct compiler *c, struct arg_moves *moves)
{
    while (moves->count) {
        bool moved = false;
        for (uint32_t i = 0; i < moves->count;) {
            uint8_t dst = moves->moves[i].dst;
            struct value v = moves->moves[i].v;
            moves->moves[i].v.place = VALUE_STORED; // is no source of itself
            if (is_source(moves, dst)) {
                moves->moves[i++].v = v;
                continue;
            }
            masm_move(&c->masm, v.type, dst, v.reg);
            moves->moves[i] = moves->moves[--moves->count];
            moved = true;
        }
        if (moved || !moves->count)
            continue;
        uint8_t a = moves->moves[0].dst;
        uint8_t b = moves->moves[0].v.reg;
        masm_exchange(&c->masm, a, b);
        for (uint32_t i = 0; i < moves->count; i++)
            if (moves->moves[i].v.reg == a)
                moves->moves[i].v.reg = b;
        moves->moves[0] = moves->moves[--moves->count];
    }
}

void
args_move(struct compiler *c, const struct arg_moves *all)
{
    struct arg_moves in_registers = {0};
    struct arg_moves others = {0};
    for (uint32_t i = 0; i < all->count; i++) {
        struct value v = all->moves[i].v;
        uint8_t has = v.place == VALUE_LOCAL ? local_valid_reg(c, v.local) : MASM_NONE;
        if (has != MASM_NONE) {
            v.place = VALUE_REG;
            v.reg = has;
        }
        args_add_move(v.place == VALUE_REG ? &in_registers : &others, all->moves[i].dst,
                      &v);
    }
    locals_flush(c, c->dirty);
    move_registers(c, &in_registers);
    c->valid = c->kept;
    for (uint32_t i = 0; i < others.count; i++)
        value_load(c, &others.moves[i].v, others.moves[i].dst);
}

static void
store_stack_arg(struct compiler *c, const struct value *v, uint32_t offset)
{
    struct masm_mem to = {
        .base = MASM_STACK, .index = MASM_NONE, .disp = (int32_t)offset};
    uint8_t reg = v->place == VALUE_LOCAL ? local_valid_reg(c, v->local) : MASM_NONE;
    if (v->place == VALUE_REG)
        reg = v->reg;
    if (reg == MASM_NONE) {
        reg = type_is_float(v->type) ? MASM_FLOAT_SCRATCH : MASM_SCRATCH;
        value_load(c, v, reg);
    }
    masm_store_mem(&c->masm, v->type, to, reg);
}

bool
args_pass(struct compiler *c, const struct wasm_functype *type)
{
    struct arg_cursor a = args_first(type);
    struct arg_moves moves = {0};
    uint32_t base = c->height - type->param_count;
    uint32_t stack_offset = 0;
    if (!compile_code_room(c, 32ull * (type->param_count + type->result_count)))
        return false;
    spill_for_call(c, base);
    for (uint32_t i = 0; i < type->param_count; i++) {
        const struct value *v = &c->values[base + i];
        uint8_t dst = args_next(&a, v->type, &stack_offset);
        if (dst == MASM_NONE)
            store_stack_arg(c, v, stack_offset);
        else
            args_add_move(&moves, dst, v);
    }
    args_move(c, &moves);
    c->height = base;
    regs_lose(c);
    return true;
}
