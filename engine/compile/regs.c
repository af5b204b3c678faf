// SPDX-License-Identifier: Apache-2.0
//
// Representation: a register is free, owned by one entry of the stack (owners[]), or held
// by the code that popped it. Entries [unspilled, height) may be anywhere; there are at
// most WINDOW of them, so that walks over them cost no more than a constant.
#include "engine/compile/compiler.h"

enum { WINDOW = 48 };

uint8_t
machine_type(const struct compiler *c, wasm_type_t type)
{
    if (!wasm_type_is_ref(type))
        return (uint8_t)type;
    return wasm_type_is_collected(c->module, type) ? MACHINE_REF : MACHINE_FUNC;
}

uint32_t
slot_above(const struct compiler *c, uint32_t height, uint8_t type)
{
    uint32_t next = height ? c->values[height - 1].slot + 1 : 0;
    return next + value_slots(type) - 1;
}

int32_t
slot_disp(const struct compiler *c, uint32_t slot)
{
    return -(int32_t)(MASM_FRAME_HEADER + 8 * (c->frame_slots + slot + 1));
}

static uint32_t
pool(const struct compiler *c, uint8_t type)
{
    return c->pool & (type_is_float(type) ? 0xffff0000u : 0x0000ffffu);
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
    c->free_regs = c->pool;
    c->unspilled = c->height;
}

void
regs_lose(struct compiler *c)
{
    c->free_regs = c->pool;
    if (c->unspilled > c->height)
        c->unspilled = c->height;
}

static void
spill(struct compiler *c, uint32_t index)
{
    struct value *v = &c->values[index];
    if (v->place == VALUE_STORED)
        return;
    value_store(c, v, slot_disp(c, v->slot));
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
    uint32_t mask = pool(c, type);
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
        uint32_t mask = pool(c, v->type) & ~(1u << reg);
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

// Those that were popped leave the list when another one takes their place.
static void
note_operand(struct compiler *c, uint8_t type, uint32_t index)
{
    uint32_t count = c->ref_operand_count;
    while (count > 0 && c->ref_operands[count - 1] >= index)
        count--;
    c->ref_operand_count = count;
    if (type != MACHINE_REF ||
        (count == c->ref_operand_room &&
         !compile_grow(c, &c->ref_operands, &c->ref_operand_room, (uint64_t)count + 1,
                       sizeof *c->ref_operands)))
        return;
    c->ref_operands[c->ref_operand_count++] = index;
    c->has_refs = true;
}

static struct value *
push(struct compiler *c, uint8_t type, enum value_place place)
{
    uint32_t slot = slot_above(c, c->height, type);
    struct value *v = &c->values[c->height++];
    if (slot >= c->max_slots)
        c->max_slots = slot + 1;
    if (type == MACHINE_REF || c->ref_operand_count > 0)
        note_operand(c, type, c->height - 1);
    v->type = type;
    v->place = (uint8_t)place;
    v->cond = 0;
    v->slot = slot;
    if (c->height - c->unspilled > WINDOW)
        spill_below(c, c->height - WINDOW / 2);
    return v;
}

static void
check_i32(struct compiler *c, uint8_t type, uint8_t reg)
{
    if (c->masm.poison && type == WASM_TYPE_I32)
        masm_check_upper(&c->masm, reg);
}

void
push_reg(struct compiler *c, uint8_t type, uint8_t reg)
{
    check_i32(c, type, reg);
    c->owners[reg] = c->height;
    push(c, type, VALUE_REG)->reg = reg;
}

void
push_bits_used(struct compiler *c, uint32_t bits)
{
    struct value *v = &c->values[c->height - 1];
    if (v->place == VALUE_REG && v->type == WASM_TYPE_I32)
        v->bits_used = (uint8_t)bits;
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
    push(c, WASM_TYPE_I32, VALUE_FLAGS)->cond = (uint8_t)cond;
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
spill_below(struct compiler *c, uint32_t height)
{
    for (; c->unspilled < height; c->unspilled++)
        spill(c, c->unspilled);
}

// No callee changes a local.
static bool
stays_over_call(const struct value *v)
{
    return v->place == VALUE_CONST || v->place == VALUE_LOCAL;
}

void
spill_for_call(struct compiler *c, uint32_t height)
{
    for (; c->unspilled < height; c->unspilled++) {
        if (stays_over_call(&c->values[c->unspilled]))
            break;
        spill(c, c->unspilled);
    }
    for (uint32_t i = c->unspilled; i < height; i++)
        if (!stays_over_call(&c->values[i]))
            spill(c, i);
}

void
detach_local(struct compiler *c, uint32_t local, uint32_t spared)
{
    for (uint32_t i = c->unspilled; i + spared < c->height; i++) {
        struct value *v = &c->values[i];
        if (v->place != VALUE_LOCAL || v->local != local)
            continue;
        if (!(c->free_regs & pool(c, v->type))) {
            spill(c, i);
            continue;
        }
        uint8_t reg = take_free(c, pool(c, v->type));
        value_load(c, v, reg);
        v->place = VALUE_REG;
        v->reg = reg;
        c->owners[reg] = i;
    }
}

// ---- Results that go to a local ----

// The index of the local that the next instruction sets, or NO_OWNER.
static uint32_t
next_local_set(const struct compiler *c)
{
    const uint8_t *at = c->validator.c.at;
    const uint8_t *end = c->validator.c.end;
    if (end - at < 2 || (*at != WASM_OP_LOCAL_SET && *at != WASM_OP_LOCAL_TEE))
        return NO_OWNER;
    uint32_t local = at[1] & 0x7f;
    if (at[1] >= 0x80) {
        if (end - at < 3 || at[2] >= 0x80)
            return NO_OWNER;
        local |= (uint32_t)at[2] << 7;
    }
    return local < c->validator.local_count ? local : NO_OWNER;
}

uint8_t
result_target(struct compiler *c, uint8_t type, uint32_t operands)
{
    uint32_t local = next_local_set(c);
    if (local == NO_OWNER || local_home(c, local) == MASM_NONE ||
        machine_type(c, c->validator.locals[local]) != type)
        return MASM_NONE;
    detach_local(c, local, operands);
    c->target_local = local;
    return local_home(c, local);
}

void
push_target(struct compiler *c, uint8_t type)
{
    uint8_t reg = local_home(c, c->target_local);
    check_i32(c, type, reg);
    locals_written(c, reg);
    push_local(c, type, c->target_local);
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
    case VALUE_LOCAL: {
        uint8_t has = local_valid_reg(c, v->local);
        if (has != MASM_NONE)
            masm_move(m, v->type, reg, has);
        else
            masm_load_slot(m, v->type, reg, local_disp(c, v->local));
        break;
    }
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

uint8_t
value_borrow(struct compiler *c, struct value *v)
{
    uint8_t reg = v->place == VALUE_LOCAL ? locals_reg(c, v->local) : MASM_NONE;
    if (reg == MASM_NONE)
        reg = value_to_reg(c, v);
    check_i32(c, v->type, reg);
    return reg;
}

bool
value_in_slot(const struct compiler *c, const struct value *v)
{
    return v->place == VALUE_STORED ||
           (v->place == VALUE_LOCAL && local_home(c, v->local) == MASM_NONE);
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

void
value_avoid(struct compiler *c, struct value *v, uint32_t regs)
{
    uint32_t refused = 0;
    uint8_t reg;
    if (v->place != VALUE_REG || !(regs >> v->reg & 1))
        return;
    while (regs >> (reg = reg_alloc(c, v->type)) & 1)
        refused |= 1u << reg;
    masm_move(&c->masm, v->type, reg, v->reg);
    reg_free(c, v->reg);
    v->reg = reg;
    for (; refused; refused &= refused - 1)
        reg_free(c, (uint8_t)__builtin_ctz(refused));
}

struct masm_operand
value_operand(struct compiler *c, struct value *v)
{
    bool is_small = v->place == VALUE_CONST && !type_is_float(v->type) &&
                    (v->type == WASM_TYPE_I32 || (int64_t)v->bits == (int32_t)v->bits);
    if (is_small)
        return (struct masm_operand){.kind = MASM_OP_IMM, .value = (int32_t)v->bits};
    if (value_in_slot(c, v)) {
        int32_t disp =
            v->place == VALUE_STORED ? slot_disp(c, v->slot) : local_disp(c, v->local);
        return (struct masm_operand){.kind = MASM_OP_SLOT, .value = disp};
    }
    return (struct masm_operand){.kind = MASM_OP_REG, .reg = value_borrow(c, v)};
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
    uint8_t has = v->place == VALUE_LOCAL ? local_valid_reg(c, v->local) : MASM_NONE;
    if (has != MASM_NONE) {
        masm_store_slot(&c->masm, v->type, disp, has);
        return;
    }
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
