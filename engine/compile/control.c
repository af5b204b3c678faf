// SPDX-License-Identifier: Apache-2.0
//
// Blocks and branches. Where paths meet, everything below the label is in its slots; the
// label's own values are in the result register when there is one of them, else in slots.
// A block that nothing branches to keeps its values where they are.
#include "engine/compile/compiler.h"

static struct label *
label_at(struct compiler *c, uint32_t depth)
{
    return &c->labels[c->depth - 1 - depth];
}

static uint32_t
label_arity(const struct label *label)
{
    return label->opcode == WASM_OP_LOOP ? label->type.param_count
                                         : label->type.result_count;
}

static bool
takes_register(const struct label *label)
{
    return label->opcode != WASM_OP_LOOP && label->type.result_count == 1;
}

// ---- Moves to a label ----

// Writes the top `count` values to the slots from `height` on. From the lowest on: a slot
// that is overwritten belongs to a value already moved, or to one that the branch drops.
static void
copy_to_slots(struct compiler *c, uint32_t height, uint32_t count)
{
    uint32_t from = c->height - count;
    uint32_t next = slot_above(c, height, WASM_TYPE_I32); // free one
    for (uint32_t i = 0; i < count; i++) {
        const struct value *v = &c->values[from + i];
        next += value_slots(v->type);
        if (v->place != VALUE_STORED || from != height)
            value_store(c, v, slot_disp(c, next - 1));
    }
}

static bool
moves_room(struct compiler *c, uint32_t count)
{
    return count < 16 || compile_code_room(c, (uint64_t)count * 32);
}

// For a branch that is always taken: what is on the stack besides is dead.
static bool
move_to_label(struct compiler *c, const struct label *label)
{
    uint32_t count = label_arity(label);
    if (!moves_room(c, count))
        return false;
    if (takes_register(label)) {
        const struct value *top = &c->values[c->height - 1];
        value_load(c, top, result_reg(top->type));
    } else {
        copy_to_slots(c, label->height, count);
    }
    return true;
}

// The locals have been joined.
static void
jump_to(struct compiler *c, struct label *label)
{
    if (label->opcode == WASM_OP_LOOP)
        masm_jump_back(&c->masm, label->target);
    else
        masm_jump(&c->masm, &label->chain);
}

static void
jump_to_if(struct compiler *c, struct label *label, enum masm_cond cond)
{
    if (label->opcode == WASM_OP_LOOP)
        masm_jump_back_if(&c->masm, cond, label->target);
    else
        masm_jump_if(&c->masm, cond, &label->chain);
}

// The stack as the label's end (or a branch to `else`) finds it.
static bool
restore_stack(struct compiler *c, uint32_t height, const wasm_type_t *types,
              uint32_t count, bool in_register)
{
    c->height = height;
    regs_reset(c);
    if (!push_room(c, count + 1))
        return false;
    if (in_register) {
        uint8_t type = machine_type(c, types[0]);
        reg_take(c, result_reg(type));
        push_reg(c, type, result_reg(type));
        return true;
    }
    for (uint32_t i = 0; i < count; i++) {
        push_stored(c, machine_type(c, types[i]));
        c->unspilled = c->height;
    }
    return true;
}

// ---- Blocks ----

static struct label *
push_label(struct compiler *c, enum wasm_opcode opcode,
           const struct wasm_block_type *type)
{
    if (c->depth == c->label_room &&
        !compile_grow(c, &c->labels, &c->label_room, (uint64_t)c->depth + 1,
                      sizeof *c->labels))
        return NULL;
    struct label *label = &c->labels[c->depth++];
    *label = (struct label){.opcode = (uint16_t)opcode, .is_dead = !c->reachable};
    if (c->reachable) {
        label->type = *type;
        label->valid = UINT32_MAX;
        label->height = c->height - type->param_count;
    }
    return label;
}

bool
control_begin(struct compiler *c)
{
    const struct wasm_functype *type = c->functype;
    struct wasm_block_type block = {.results = type->types + type->param_count,
                                    .result_count = type->result_count};
    return push_label(c, WASM_OP_BLOCK, &block);
}

enum masm_cond
control_condition(struct compiler *c)
{
    struct masm *m = &c->masm;
    struct value v = pop_value(c);
    if (v.place == VALUE_FLAGS)
        return (enum masm_cond)v.cond;
    if (value_in_slot(c, &v)) {
        struct masm_operand slot = value_operand(c, &v);
        masm_compare_slot(m, MASM_W32, slot.value,
                          (struct masm_operand){.kind = MASM_OP_IMM});
    } else {
        masm_test(m, MASM_W32, value_borrow(c, &v));
        value_release(c, &v);
    }
    return MASM_NE;
}

bool
control_block(struct compiler *c, const struct wasm_instr *in)
{
    bool is_loop = in->opcode == WASM_OP_LOOP;
    if (!c->reachable) {
        c->next_loop += is_loop;
        return push_label(c, in->opcode, &in->type);
    }
    enum masm_cond cond = MASM_NE;
    if (in->opcode == WASM_OP_IF)
        cond = control_condition(c);
    spill_below(c, c->height);
    struct label *label = push_label(c, in->opcode, &in->type);
    if (!label)
        return false;
    if (is_loop) {
        locals_enter_loop(c, label);
        c->next_loop++;
        label->target = masm_offset(&c->masm);
    } else if (in->opcode == WASM_OP_IF) {
        label->else_valid = c->valid;
        label->else_dirty = c->dirty;
        masm_jump_if(&c->masm, masm_cond_not(cond), &label->else_chain);
    }
    return true;
}

// Gets from the end of `then` (or from before it) to `else`.
static bool
start_else(struct compiler *c, struct label *label)
{
    masm_bind(&c->masm, label->else_chain);
    label->else_chain = 0;
    label->opcode = WASM_OP_ELSE;
    c->reachable = true;
    c->valid = label->else_valid;
    c->dirty = label->else_dirty;
    return restore_stack(c, label->height, label->type.params, label->type.param_count,
                         false);
}

bool
control_else(struct compiler *c)
{
    struct label *label = label_at(c, 0);
    if (label->is_dead)
        return true;
    if (c->reachable) {
        if (!move_to_label(c, label))
            return false;
        locals_join(c, label);
        jump_to(c, label);
    }
    return start_else(c, label);
}

// `if` without `else`: its parameters are its results.
static bool
end_if(struct compiler *c, struct label *label)
{
    if (label_arity(label) > 0)
        return control_else(c);
    if (c->reachable)
        locals_join(c, label);
    if (label->dirty & ~label->else_valid || label->else_dirty & ~label->valid)
        return control_else(c);
    // The branch around `then` arrives with the others.
    label->opcode = WASM_OP_ELSE;
    label->valid &= label->else_valid;
    label->dirty |= label->else_dirty;
    if (label->chain)
        masm_bind(&c->masm, label->else_chain);
    else
        label->chain = label->else_chain;
    return true;
}

bool
control_end(struct compiler *c)
{
    struct label *label = label_at(c, 0);
    if (label->is_dead) {
        c->depth--;
        return true;
    }
    if (label->opcode == WASM_OP_IF && !end_if(c, label))
        return false;
    if (label->opcode == WASM_OP_TRY_TABLE && !exception_try_end(c))
        return false;
    bool is_function = c->depth == 1;
    bool is_joined = label->chain != 0;
    if (c->reachable && (is_joined || is_function) && !move_to_label(c, label))
        return false;
    if (is_joined) {
        if (c->reachable)
            locals_join(c, label);
        masm_bind(&c->masm, label->chain);
        c->valid = label->valid;
        c->dirty = label->dirty;
        c->reachable = true;
    }
    c->depth--;
    if (!is_joined && !is_function) {
        if (!c->reachable)
            c->height = label->height;
        return true;
    }
    return restore_stack(c, label->height, label->type.results, label->type.result_count,
                         takes_register(label));
}

// ---- Branches ----

void
control_unreachable(struct compiler *c)
{
    compile_separate_site(c);
    compile_site(c, masm_offset(&c->masm), WASM_SITE_TRAP, WASM_TRAP_UNREACHABLE);
    masm_trap(&c->masm);
    c->reachable = false;
}

void
control_br(struct compiler *c, uint32_t depth)
{
    struct label *label = label_at(c, depth);
    if (move_to_label(c, label)) {
        locals_join(c, label);
        jump_to(c, label);
    }
    c->reachable = false;
}

void
control_br_if(struct compiler *c, uint32_t depth)
{
    struct label *label = label_at(c, depth);
    uint32_t count = label_arity(label);
    enum masm_cond cond = control_condition(c);
    if (!moves_room(c, count))
        return;
    locals_join(c, label);
    if (takes_register(label)) {
        struct value v = pop_value(c);
        value_to_fixed(c, &v, result_reg(v.type));
        push_reg(c, v.type, v.reg);
    } else if (count > 0 && label->height == c->height - count) {
        spill_below(c, c->height);
    } else if (count > 0) {
        uint32_t skip = 0;
        masm_jump_if(&c->masm, masm_cond_not(cond), &skip);
        copy_to_slots(c, label->height, count);
        jump_to(c, label);
        masm_bind(&c->masm, skip);
        return;
    }
    jump_to_if(c, label, cond);
}

// Without anything but jumps on the way past, so that what is held stays.
static void
branch_over(struct compiler *c, uint32_t depth, enum masm_cond cond)
{
    struct label *label = label_at(c, depth);
    locals_join(c, label);
    if (label_arity(label) == 0) {
        jump_to_if(c, label, cond);
        return;
    }
    uint32_t skip = 0;
    masm_jump_if(&c->masm, masm_cond_not(cond), &skip);
    if (move_to_label(c, label))
        jump_to(c, label);
    masm_bind(&c->masm, skip);
}

static uint8_t
top_to_reg(struct compiler *c)
{
    struct value v = pop_value(c);
    uint8_t reg = value_to_reg(c, &v);
    push_reg(c, v.type, reg);
    return reg;
}

void
control_br_on_null(struct compiler *c, uint32_t depth)
{
    masm_test(&c->masm, MASM_W64, top_to_reg(c));
    struct value v = pop_value(c);
    branch_over(c, depth, MASM_EQ);
    push_reg(c, v.type, v.reg);
}

void
control_br_on_non_null(struct compiler *c, uint32_t depth)
{
    masm_test(&c->masm, MASM_W64, top_to_reg(c));
    branch_over(c, depth, MASM_NE);
    struct value v = pop_value(c);
    value_release(c, &v);
}

void
control_br_on_cast(struct compiler *c, const struct wasm_instr *in)
{
    enum masm_cond cond = gc_test_cast(c, top_to_reg(c), in->operand_type, in->ref_type);
    if (in->opcode == WASM_OP_BR_ON_CAST_FAIL)
        cond = masm_cond_not(cond);
    branch_over(c, in->index, cond);
}

// ---- br_table ----

struct br_table {
    uint32_t count; // values that the labels take
    uint32_t from;  // operand index of the first
};

// Whether the values have to move on the way to this label: one value waits in the result
// register, several in their slots.
static bool
needs_stub(const struct br_table *t, const struct label *label)
{
    if (t->count == 0)
        return false;
    if (t->count == 1)
        return !takes_register(label);
    return label->height != t->from;
}

// The chain of jumps to the label, or to its stub; NULL: a loop's start, known.
static uint32_t *
target_chain(struct compiler *c, const struct br_table *t, struct label *label)
{
    if (needs_stub(t, label)) {
        if (label->serial != c->br_table_serial) {
            label->serial = c->br_table_serial;
            label->stub = 0;
        }
        return &label->stub;
    }
    return label->opcode == WASM_OP_LOOP ? NULL : &label->chain;
}

static uint32_t
next_target(const uint8_t **at)
{
    uint32_t value = 0;
    for (uint32_t shift = 0;; shift += 7) {
        uint8_t byte = *(*at)++;
        value |= (uint32_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
}

static bool
emit_stub(struct compiler *c, struct label *label, const struct br_table *t)
{
    if (label->serial != c->br_table_serial || label->stub == 0)
        return true;
    if (!compile_code_room(c, (uint64_t)t->count * 32))
        return false;
    masm_bind(&c->masm, label->stub);
    label->stub = 0;
    if (t->count == 1) {
        const struct value *v = &c->values[t->from];
        uint32_t slot = slot_above(c, label->height, v->type);
        masm_store_slot(&c->masm, v->type, slot_disp(c, slot), v->reg);
    } else {
        copy_to_slots(c, label->height, t->count);
    }
    jump_to(c, label);
    return true;
}

// Brings the values where stubs and labels expect them; the index stays out of the way.
static void
settle_values(struct compiler *c, const struct br_table *t, struct value *index)
{
    if (t->count == 0)
        return;
    if (t->count > 1) {
        spill_below(c, c->height);
        return;
    }
    struct value v = pop_value(c);
    uint8_t reg = result_reg(v.type);
    if (index->reg == reg) {
        uint8_t other = reg_alloc(c, WASM_TYPE_I32);
        masm_move(&c->masm, WASM_TYPE_I32, other, reg);
        reg_free(c, reg);
        index->reg = other;
    }
    value_to_fixed(c, &v, reg);
    push_reg(c, v.type, reg);
}

// One after another: joining makes more valid and less dirty, so what labels before have
// taken note of goes on to hold.
static void
join_targets(struct compiler *c, const struct wasm_instr *in)
{
    const uint8_t *at = in->targets;
    for (uint32_t i = 0; i <= in->index; i++)
        locals_join(c, label_at(c, next_target(&at)));
}

// The table of jumps, and the jump for an index beyond it.
static void
emit_jumps(struct compiler *c, const struct wasm_instr *in, const struct br_table *t,
           uint8_t index)
{
    struct masm *m = &c->masm;
    struct masm_operand count = {.kind = MASM_OP_IMM, .value = (int32_t)in->index};
    const uint8_t *at = in->targets;
    uint32_t beyond = 0;
    c->br_table_serial++;
    masm_alu(m, MASM_CMP, MASM_W32, index, count);
    masm_jump_if(m, MASM_GE_U, &beyond);
    masm_jump_table(m, index);
    for (uint32_t i = 0; i < in->index; i++) {
        struct label *label = label_at(c, next_target(&at));
        uint32_t *chain = target_chain(c, t, label);
        if (chain)
            masm_table_entry(m, chain);
        else
            masm_table_entry_back(m, label->target);
    }
    masm_bind(m, beyond);
    struct label *label = label_at(c, next_target(&at));
    uint32_t *chain = target_chain(c, t, label);
    if (chain)
        masm_jump(m, chain);
    else
        masm_jump_back(m, label->target);
}

bool
control_br_table(struct compiler *c, const struct wasm_instr *in)
{
    struct value index = pop_value(c);
    const uint8_t *at = in->targets;
    uint32_t depth = next_target(&at);
    struct br_table t = {.count = label_arity(label_at(c, depth))};
    t.from = c->height - t.count;
    if (in->index == 0) {
        value_release(c, &index);
        control_br(c, depth);
        return true;
    }
    if (!compile_code_room(c, 4ull * in->index + 32ull * t.count))
        return false;
    value_to_reg(c, &index);
    settle_values(c, &t, &index);
    join_targets(c, in);
    emit_jumps(c, in, &t, index.reg);
    at = in->targets;
    for (uint32_t i = 0; i <= in->index; i++)
        if (!emit_stub(c, label_at(c, next_target(&at)), &t))
            return false;
    c->reachable = false;
    return true;
}
