// SPDX-License-Identifier: Apache-2.0
//
// Representation: a register is free, owned by one entry of the stack (owners[]), or held
// by the code that popped it. Entries [unspilled, height) may be anywhere; there are at
// most WINDOW of them, so that walks over them cost no more than a constant.
#include "engine/compile/compiler.h"

enum { WINDOW = 48 };

int32_t
slot_disp(const struct compiler *c, uint32_t index)
{
    return -(int32_t)(MASM_FRAME_HEADER + 8 * (c->frame_slots + index + 1));
}

int32_t
local_disp(const struct compiler *c, uint32_t local)
{
    if (local < c->functype->param_count)
        return c->param_disps[local];
    return -(int32_t)(MASM_FRAME_HEADER +
                      8 * (c->frame_slots - c->validator.local_count + local + 1));
}

static uint32_t
pool(uint8_t type)
{
    return type_is_float(type) ? MASM_FLOAT_POOL : MASM_GENERAL_POOL;
}

// ---- Registers ----

void
reg_free(struct compiler *c, uint8_t reg)
{
    c->owners[reg] = NO_OWNER;
    c->free_regs |= 1u << reg;
}

void
regs_reset(struct compiler *c)
{
    c->free_regs = MASM_GENERAL_POOL | MASM_FLOAT_POOL;
    c->unspilled = c->height;
}

static void
spill(struct compiler *c, uint32_t index)
{
    struct value *v = &c->values[index];
    if (v->place == VALUE_STORED)
        return;
    value_store(c, v, slot_disp(c, index));
    if (v->place == VALUE_REG)
        reg_free(c, v->reg);
    v->place = VALUE_STORED;
}

static uint8_t
take_free(struct compiler *c, uint32_t mask)
{
    uint8_t reg = (uint8_t)__builtin_ctz(mask & c->free_regs);
    c->free_regs &= ~(1u << reg);
    c->owners[reg] = NO_OWNER;
    return reg;
}

// Deepest first: what was pushed long ago is needed late.
static void
spill_one(struct compiler *c, uint32_t mask)
{
    for (uint32_t i = c->unspilled; i < c->height; i++) {
        const struct value *v = &c->values[i];
        if (v->place == VALUE_REG && mask >> v->reg & 1) {
            spill(c, i);
            return;
        }
    }
}

uint8_t
reg_alloc(struct compiler *c, uint8_t type)
{
    uint32_t mask = pool(type);
    if (!(c->free_regs & mask))
        spill_one(c, mask);
    return take_free(c, mask);
}

void
reg_take(struct compiler *c, uint8_t reg)
{
    uint32_t owner = c->owners[reg];
    if (!(c->free_regs >> reg & 1) && owner != NO_OWNER) {
        struct value *v = &c->values[owner];
        uint32_t mask = pool(v->type) & ~(1u << reg);
        if (c->free_regs & mask) {
            uint8_t to = take_free(c, mask);
            masm_move(&c->masm, v->type, to, reg);
            v->reg = to;
            c->owners[to] = owner;
        } else {
            spill(c, owner);
        }
    }
    c->owners[reg] = NO_OWNER;
    c->free_regs &= ~(1u << reg);
}

// ---- The stack ----

bool
push_room(struct compiler *c, uint32_t count)
{
    uint64_t need = (uint64_t)c->height + count;
    return need <= c->value_room ||
           compile_grow(c, &c->values, &c->value_room, need, sizeof *c->values);
}

static struct value *
push(struct compiler *c, uint8_t type, enum value_place place)
{
    uint32_t index = c->height++;
    if (c->height > c->max_height)
        c->max_height = c->height;
    struct value *v = &c->values[index];
    v->type = type;
    v->place = (uint8_t)place;
    v->slot = index;
    if (c->height - c->unspilled > WINDOW)
        spill_below(c, c->height - WINDOW / 2);
    return v;
}

void
push_reg(struct compiler *c, uint8_t type, uint8_t reg)
{
    c->owners[reg] = c->height;
    push(c, type, VALUE_REG)->reg = reg;
}

void
push_const(struct compiler *c, uint8_t type, uint64_t bits)
{
    push(c, type, VALUE_CONST)->bits = bits;
}

void
push_local(struct compiler *c, uint8_t type, uint32_t local)
{
    push(c, type, VALUE_LOCAL)->local = local;
}

void
push_flags(struct compiler *c, enum masm_cond cond)
{
    push(c, WASM_I32, VALUE_FLAGS)->cond = (uint8_t)cond;
}

void
push_stored(struct compiler *c, uint8_t type)
{
    push(c, type, VALUE_STORED);
}

struct value
pop_value(struct compiler *c)
{
    struct value v = c->values[--c->height];
    if (c->unspilled > c->height)
        c->unspilled = c->height;
    if (v.place == VALUE_REG)
        c->owners[v.reg] = NO_OWNER;
    return v;
}

void
stack_cut(struct compiler *c, uint32_t height)
{
    while (c->height > height) {
        struct value v = pop_value(c);
        value_release(c, &v);
    }
}

void
spill_below(struct compiler *c, uint32_t height)
{
    for (; c->unspilled < height; c->unspilled++)
        spill(c, c->unspilled);
}

void
detach_local(struct compiler *c, uint32_t local)
{
    for (uint32_t i = c->unspilled; i < c->height; i++) {
        struct value *v = &c->values[i];
        if (v->place != VALUE_LOCAL || v->local != local)
            continue;
        if (!(c->free_regs & pool(v->type))) {
            spill(c, i);
            continue;
        }
        uint8_t reg = take_free(c, pool(v->type));
        masm_load_slot(&c->masm, v->type, reg, local_disp(c, local));
        v->place = VALUE_REG;
        v->reg = reg;
        c->owners[reg] = i;
    }
}

// ---- Values ----

void
value_load(struct compiler *c, const struct value *v, uint8_t reg)
{
    struct masm *m = &c->masm;
    switch ((enum value_place)v->place) {
    case VALUE_STORED:
        masm_load_slot(m, v->type, reg, slot_disp(c, v->slot));
        break;
    case VALUE_REG:
        masm_move(m, v->type, reg, v->reg);
        break;
    case VALUE_CONST:
        masm_const(m, v->type, reg, v->bits);
        break;
    case VALUE_LOCAL:
        masm_load_slot(m, v->type, reg, local_disp(c, v->local));
        break;
    case VALUE_FLAGS:
        masm_set(m, (enum masm_cond)v->cond, reg);
        break;
    }
}

uint8_t
value_to_reg(struct compiler *c, struct value *v)
{
    if (v->place != VALUE_REG) {
        uint8_t reg = reg_alloc(c, v->type);
        value_load(c, v, reg);
        v->place = VALUE_REG;
        v->reg = reg;
    }
    return v->reg;
}

void
value_to_fixed(struct compiler *c, struct value *v, uint8_t reg)
{
    if (v->place == VALUE_REG && v->reg == reg)
        return;
    reg_take(c, reg);
    value_load(c, v, reg);
    value_release(c, v);
    v->place = VALUE_REG;
    v->reg = reg;
}

struct masm_operand
value_operand(struct compiler *c, struct value *v)
{
    bool is_small = v->place == VALUE_CONST && !type_is_float(v->type) &&
                    (v->type == WASM_I32 || (int64_t)v->bits == (int32_t)v->bits);
    if (is_small)
        return (struct masm_operand){.kind = MASM_OP_IMM, .value = (int32_t)v->bits};
    if (v->place == VALUE_STORED || v->place == VALUE_LOCAL) {
        int32_t disp =
            v->place == VALUE_STORED ? slot_disp(c, v->slot) : local_disp(c, v->local);
        return (struct masm_operand){.kind = MASM_OP_SLOT, .value = disp};
    }
    return (struct masm_operand){.kind = MASM_OP_REG, .reg = value_to_reg(c, v)};
}

void
value_release(struct compiler *c, const struct value *v)
{
    if (v->place == VALUE_REG)
        reg_free(c, v->reg);
}

void
value_store(struct compiler *c, const struct value *v, int32_t disp)
{
    uint8_t scratch = type_is_float(v->type) ? MASM_FLOAT_SCRATCH : MASM_SCRATCH;
    switch ((enum value_place)v->place) {
    case VALUE_REG:
        masm_store_slot(&c->masm, v->type, disp, v->reg);
        break;
    case VALUE_CONST:
        masm_store_slot_const(&c->masm, v->type, disp, v->bits);
        break;
    case VALUE_STORED:
    case VALUE_LOCAL:
    case VALUE_FLAGS:
        value_load(c, v, scratch);
        masm_store_slot(&c->masm, v->type, disp, scratch);
        break;
    }
}
