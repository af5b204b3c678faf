// SPDX-License-Identifier: Apache-2.0
//
// Where locals live: the slots of all, and the registers of those that are used most.
//
// Representation: `valid` has all kept registers, and `dirty` only valid lent ones. The
// base of memory 0 is one more in `valid`, loaded from the instance and never dirty. At a
// forward label the same holds of what the label has taken note of. Of a loop, `valid` is
// a lower and `dirty` an upper bound each time round.
#include "base/string.h"
#include "engine/compile/compiler.h"

static uint8_t
local_type(const struct compiler *c, uint32_t local)
{
    return machine_type(c, c->validator.locals[local]);
}

int32_t
local_disp(const struct compiler *c, uint32_t local)
{
    return c->local_disps[local];
}

// ---- Which locals have registers ----

enum {
    GENERAL_MAX = MASM_KEPT_COUNT + MASM_LENT_GENERAL_COUNT,
    KEPT_MIN_WEIGHT = 3, // saving and restoring a register has its price
};

// The locals with the most weight, the heaviest first.
struct ranking {
    uint32_t room;
    uint32_t count;
    uint32_t locals[GENERAL_MAX];
};
_Static_assert((int)GENERAL_MAX >= (int)MASM_LENT_FLOAT_COUNT, "of both kinds");

static void
rank(const struct compiler *c, struct ranking *r, uint32_t local)
{
    uint32_t weight = c->weights[local];
    uint32_t at = r->count;
    if (weight == 0 || (at == r->room && weight <= c->weights[r->locals[at - 1]]))
        return;
    if (at == r->room)
        at--;
    else
        r->count++;
    for (; at > 0 && c->weights[r->locals[at - 1]] < weight; at--)
        r->locals[at] = r->locals[at - 1];
    r->locals[at] = local;
}

static void
assign_local(struct compiler *c, uint32_t local, uint8_t reg, bool is_kept)
{
    c->local_regs[local] = reg;
    c->reg_locals[reg] = local;
    if (is_kept)
        c->kept |= 1u << reg;
    else
        c->lent |= 1u << reg;
}

// Without calls a lent register does as well as a kept one and needs no saving.
static void
assign_general(struct compiler *c, const struct ranking *r, uint32_t kept_room)
{
    uint32_t kept = 0, lent = 0;
    for (uint32_t i = 0; i < r->count; i++) {
        uint32_t local = r->locals[i];
        bool may_keep = kept < kept_room && local_type(c, local) != MACHINE_REF &&
                        c->weights[local] >= KEPT_MIN_WEIGHT;
        bool may_lend = lent < MASM_LENT_GENERAL_COUNT;
        if (may_keep && (c->has_calls || !may_lend))
            assign_local(c, local, masm_kept[kept++], true);
        else if (may_lend)
            assign_local(c, local, masm_lent_general[lent++], false);
    }
}

static void
assign_registers(struct compiler *c, uint32_t kept_room)
{
    uint32_t count = c->validator.local_count;
    struct ranking general = {.room = GENERAL_MAX};
    struct ranking floats = {.room = MASM_LENT_FLOAT_COUNT};
    for (uint32_t i = 0; i < count; i++)
        rank(c, type_is_float(local_type(c, i)) ? &floats : &general, i);
    c->kept = 0;
    c->lent = 0;
    assign_general(c, &general, kept_room);
    for (uint32_t i = 0; i < floats.count; i++)
        assign_local(c, floats.locals[i], masm_lent_float[i], false);
}

bool
locals_assign(struct compiler *c)
{
    uint32_t count = c->validator.local_count;
    uint32_t kept_room = MASM_KEPT_COUNT - !c->masm.memory_at_zero;
    if (count > c->local_reg_room &&
        !compile_grow(c, &c->local_regs, &c->local_reg_room, count, 1))
        return false;
    if (count)
        memset(c->local_regs, MASM_NONE, count);
    assign_registers(c, c->may_catch ? 0 : kept_room);
    c->saved = c->kept;
    for (uint32_t i = 0; c->may_catch && i < kept_room; i++)
        c->saved |= 1u << masm_kept[i];
    c->saved_count = 0;
    for (uint32_t left = c->saved; left; left &= left - 1)
        c->saved_count++;
    c->valid = c->kept;
    c->dirty = 0;
    c->pool = MASM_POOL & ~c->lent;
    return true;
}

// ---- Slots ----

bool
locals_place(struct compiler *c)
{
    uint32_t count = c->validator.local_count;
    uint32_t first = c->saved_count + (c->functype->result_count >= 2) + c->may_catch;
    if (count > c->local_room &&
        !compile_grow(c, &c->local_disps, &c->local_room, count, sizeof *c->local_disps))
        return false;
    c->instance_disp = -(int32_t)(MASM_FRAME_HEADER + 8 * first);
    c->frame_slots = first;
    c->ref_locals = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint8_t type = local_type(c, i);
        if (i == c->functype->param_count)
            c->param_slots = c->frame_slots - first;
        c->frame_slots += value_slots(type);
        c->ref_locals += type == MACHINE_REF;
        c->local_disps[i] = -(int32_t)(MASM_FRAME_HEADER + 8 * c->frame_slots);
    }
    c->local_slots = c->frame_slots - first;
    if (count == c->functype->param_count)
        c->param_slots = c->local_slots;
    c->has_refs = c->ref_locals > 0;
    return true;
}

// Own slots lie the deeper the later the local; parameters on the stack lie above all.
bool
locals_list_refs(struct compiler *c)
{
    uint32_t count = c->validator.local_count;
    uint32_t params = c->functype->param_count;
    uint32_t n = 0;
    if (c->ref_locals == 0)
        return true;
    if (c->ref_locals > c->ref_room &&
        !compile_grow(c, &c->refs, &c->ref_room, c->ref_locals, sizeof *c->refs))
        return false;
    for (uint32_t i = count; i-- > 0;)
        if (c->local_disps[i] < 0 && local_type(c, i) == MACHINE_REF)
            c->refs[n++] = c->local_disps[i];
    for (uint32_t i = 0; i < params; i++)
        if (c->local_disps[i] >= 0 && local_type(c, i) == MACHINE_REF)
            c->refs[n++] = c->local_disps[i];
    return true;
}

// ---- What registers hold ----

#define MEMORY_BIT (1u << MASM_MEMORY)

void
locals_validate(struct compiler *c, uint32_t regs)
{
    struct masm_mem memory_base = {.base = MASM_INSTANCE,
                                   .index = MASM_NONE,
                                   .disp = offsetof(struct wasm_instance, memory0_base)};
    uint32_t missing = regs & ~c->valid;
    c->valid |= regs;
    if (missing & MEMORY_BIT)
        masm_load_mem(&c->masm, WASM_TYPE_I64, MASM_MEMORY, memory_base);
    for (missing &= ~MEMORY_BIT; missing; missing &= missing - 1) {
        uint8_t reg = (uint8_t)__builtin_ctz(missing);
        uint32_t local = c->reg_locals[reg];
        masm_load_slot(&c->masm, local_type(c, local), reg, local_disp(c, local));
    }
}

void
locals_flush(struct compiler *c, uint32_t regs)
{
    uint32_t left = regs & c->dirty;
    c->dirty &= ~regs;
    for (; left; left &= left - 1) {
        uint8_t reg = (uint8_t)__builtin_ctz(left);
        uint32_t local = c->reg_locals[reg];
        masm_store_slot(&c->masm, local_type(c, local), local_disp(c, local), reg);
    }
}

// For tests: an old slot must not be read.
static void
poison_slots(struct compiler *c, uint32_t regs)
{
    for (uint32_t left = regs; left; left &= left - 1) {
        uint32_t local = c->reg_locals[__builtin_ctz(left)];
        masm_store_slot_const(&c->masm, WASM_TYPE_I64, local_disp(c, local), 0x5eed5eed);
    }
}

void
locals_written(struct compiler *c, uint8_t reg)
{
    uint32_t lent = 1u << reg & c->lent;
    if (c->masm.poison)
        poison_slots(c, lent & ~c->dirty);
    c->valid |= 1u << reg;
    c->dirty |= lent;
}

uint8_t
locals_reg(struct compiler *c, uint32_t local)
{
    uint8_t reg = local_home(c, local);
    if (reg != MASM_NONE)
        locals_validate(c, 1u << reg);
    return reg;
}

// ---- Where paths meet ----

// Without calls what the loop uses is in registers all the time, and slots wait. With
// calls little would stay in lent registers from one round to the next.
void
locals_enter_loop(struct compiler *c, struct label *label)
{
    struct loop_use use = {.has_call = true};
    if (c->next_loop < c->loop_count)
        use = c->loops[c->next_loop];
    if (use.has_call) {
        locals_flush(c, c->dirty);
        c->valid = c->kept;
    } else {
        if (c->uses_memory && !c->masm.memory_at_zero)
            locals_validate(c, MEMORY_BIT);
        for (uint32_t left = c->lent; left; left &= left - 1) {
            uint8_t reg = (uint8_t)__builtin_ctz(left);
            uint64_t local = 1ull << c->reg_locals[reg] % 64;
            if (use.uses & local)
                locals_validate(c, 1u << reg);
            if (use.writes & local)
                locals_written(c, reg);
        }
    }
    label->valid = c->valid;
    label->dirty = c->dirty;
}

void
locals_join(struct compiler *c, struct label *label)
{
    if (label == c->labels) // what follows the function's end needs no locals
        return;
    if (label->opcode == WASM_OP_LOOP) {
        locals_validate(c, label->valid);
        locals_flush(c, ~label->dirty);
        return;
    }
    locals_validate(c, label->dirty);
    locals_flush(c, ~label->valid);
    label->valid &= c->valid;
    label->dirty |= c->dirty;
}
