// SPDX-License-Identifier: Apache-2.0
//
// Functions in the convention of instance.h: their entry and return, and calls of others.
// Whatever stays on the operand stack is in its slots meanwhile.
#include "engine/compile/call.h"
#include "engine/compile/gc.h"

// ---- The callee's side ----

int32_t
call_result_pointer_disp(const struct compiler *c)
{
    return -(MASM_FRAME_HEADER + 8 * (int32_t)c->saved_count + 8);
}

static void
for_kept(struct compiler *c, void (*move)(struct masm *, uint8_t, int32_t, uint8_t))
{
    int32_t disp = -MASM_FRAME_HEADER;
    for (uint32_t left = c->saved; left; left &= left - 1)
        move(&c->masm, WASM_TYPE_I64, disp -= 8, (uint8_t)__builtin_ctz(left));
}

static void
load_slot(struct masm *m, uint8_t type, int32_t disp, uint8_t reg)
{
    masm_load_slot(m, type, reg, disp);
}

void
call_save_kept(struct compiler *c)
{
    for_kept(c, masm_store_slot);
}

void
call_restore_kept(struct compiler *c)
{
    for_kept(c, load_slot);
}

static void
zero_register(struct compiler *c, uint8_t reg)
{
    struct masm_operand itself = {.kind = MASM_OP_REG, .reg = reg};
    if (reg < MASM_FLOAT)
        masm_alu(&c->masm, MASM_XOR, MASM_W32, reg, itself);
    else
        masm_const(&c->masm, WASM_TYPE_F64, reg, 0);
}

// Whether all locals that are no parameters have registers.
static bool
is_all_in_registers(const struct compiler *c)
{
    uint32_t found = 0;
    for (uint32_t left = c->kept | c->lent; left; left &= left - 1)
        found += c->reg_locals[__builtin_ctz(left)] >= c->functype->param_count;
    return found == c->validator.local_count - c->functype->param_count;
}

// The locals that are no parameters. The slots of those in registers are among the rest,
// and not worth going round.
static void
zero_locals(struct compiler *c)
{
    uint32_t params = c->functype->param_count;
    uint32_t locals = c->validator.local_count;
    bool uses_slots = !is_all_in_registers(c);
    if (uses_slots)
        masm_zero_slots(&c->masm, local_disp(c, locals - 1),
                        c->local_slots - c->param_slots);
    for (uint32_t left = c->kept | c->lent; left; left &= left - 1) {
        uint8_t reg = (uint8_t)__builtin_ctz(left);
        if (c->reg_locals[reg] < params)
            continue;
        zero_register(c, reg);
        if (uses_slots)
            c->valid |= 1u << reg;
        else
            locals_written(c, reg);
    }
}

// A move to a local's register that may still hold another argument.
struct entry_move {
    uint8_t type;
    uint8_t dst;
    uint8_t src;
    uint32_t param;
};
struct entry_moves {
    uint32_t count;
    struct entry_move moves[MASM_LENT_GENERAL_COUNT + MASM_LENT_FLOAT_COUNT];
};

static void
move_param(struct compiler *c, uint8_t type, uint8_t dst, uint8_t src)
{
    if (type == WASM_TYPE_I32)
        masm_zero_extend(&c->masm, dst, src); // the upper half is undefined
    else
        masm_move(&c->masm, type, dst, src);
}

static bool
is_awaited(const struct entry_moves *all, uint32_t besides, uint8_t reg)
{
    for (uint32_t i = 0; i < all->count; i++)
        if (i != besides && all->moves[i].src == reg)
            return true;
    return false;
}

// Where all wait for each other, one goes to its slot.
static void
move_to_lent(struct compiler *c, struct entry_moves *all)
{
    while (all->count > 0) {
        uint32_t i = 0;
        while (i < all->count && is_awaited(all, i, all->moves[i].dst))
            i++;
        if (i < all->count) {
            const struct entry_move *move = &all->moves[i];
            move_param(c, move->type, move->dst, move->src);
            locals_written(c, move->dst);
        } else {
            const struct entry_move *move = &all->moves[i = 0];
            masm_store_slot(&c->masm, move->type, local_disp(c, move->param), move->src);
        }
        all->moves[i] = all->moves[--all->count];
    }
}

// Puts a parameter into its kept register or its slot; one that came in a register and
// has a lent one waits until the others are done.
static void
home_param(struct compiler *c, uint32_t param, uint8_t type, uint8_t reg,
           struct entry_moves *waiting)
{
    uint8_t home = local_home(c, param);
    bool is_kept = home != MASM_NONE && c->kept >> home & 1;
    int32_t disp = local_disp(c, param);
    if (is_kept && reg == MASM_NONE)
        masm_load_slot(&c->masm, type, home, disp);
    else if (is_kept)
        move_param(c, type, home, reg);
    else if (reg != MASM_NONE && home != MASM_NONE)
        waiting->moves[waiting->count++] = (struct entry_move){type, home, reg, param};
    else if (reg != MASM_NONE)
        masm_store_slot(&c->masm, type, disp, reg);
}

// Zeroing many slots loses registers.
static void
store_params(struct compiler *c, struct entry_moves *all)
{
    for (uint32_t i = 0; i < all->count; i++)
        masm_store_slot(&c->masm, all->moves[i].type, local_disp(c, all->moves[i].param),
                        all->moves[i].src);
    all->count = 0;
}

void
call_entry(struct compiler *c)
{
    const struct wasm_functype *type = c->functype;
    struct arg_cursor a = args_first(type);
    struct entry_moves waiting = {0};
    uint32_t stack_offset = 0;
    if (type->result_count >= 2)
        masm_store_slot(&c->masm, WASM_TYPE_I64, call_result_pointer_disp(c),
                        masm_int_args[1]);
    for (uint32_t i = 0; i < type->param_count; i++) {
        uint8_t machine = machine_type(c, type->types[i]);
        uint8_t reg = args_next(&a, machine, &stack_offset);
        if (reg == MASM_NONE)
            c->local_disps[i] = 16 + (int32_t)stack_offset;
        if (c->masm.poison && machine == WASM_TYPE_I32 && reg != MASM_NONE)
            masm_poison(&c->masm, reg);
        home_param(c, i, machine, reg, &waiting);
    }
    if (c->local_slots - c->param_slots > MASM_ZEROED_EASILY)
        store_params(c, &waiting);
    move_to_lent(c, &waiting);
    zero_locals(c);
}

// The results are where the function's label takes them.
void
call_return(struct compiler *c)
{
    struct masm *m = &c->masm;
    const struct wasm_functype *type = c->functype;
    const wasm_type_t *types = type->types + type->param_count;
    if (type->result_count < 2)
        return;
    if (!compile_code_room(c, 32ull * type->result_count))
        return;
    uint8_t first = machine_type(c, types[0]);
    uint32_t at = value_slots(first);
    masm_load_slot(m, WASM_TYPE_I64, MASM_CALLEE, call_result_pointer_disp(c));
    for (uint32_t i = 1; i < type->result_count; i++) {
        struct masm_mem to = {
            .base = MASM_CALLEE, .index = MASM_NONE, .disp = (int32_t)(16 * (i - 1))};
        uint8_t machine = machine_type(c, types[i]);
        uint8_t reg = machine == WASM_TYPE_V128 ? (uint8_t)MASM_FLOAT_SCRATCH
                                                : (uint8_t)MASM_SCRATCH;
        uint8_t as = machine;
        if (type_is_float(machine) && machine != WASM_TYPE_V128)
            as = type_width(machine) == MASM_W32 ? WASM_TYPE_I32 : WASM_TYPE_I64;
        at += value_slots(machine);
        masm_load_slot(m, as, reg, slot_disp(c, at - 1));
        masm_store_mem(m, as == WASM_TYPE_I32 ? WASM_TYPE_I64 : as, to, reg);
    }
    masm_load_slot(m, first, result_reg(first), slot_disp(c, value_slots(first) - 1));
}

// ---- Results ----

// Where the results beyond the first go: in the outgoing area, above the arguments.
static uint32_t
place_results(struct compiler *c, const struct wasm_functype *type)
{
    uint32_t at = args_stack_len(c, type);
    uint32_t len = type->result_count >= 2 ? 16 * (type->result_count - 1) : 0;
    if (at + len > c->outgoing)
        c->outgoing = at + len;
    if (len) {
        struct masm_mem area = {
            .base = MASM_STACK, .index = MASM_NONE, .disp = (int32_t)at};
        masm_address(&c->masm, masm_int_args[1], area);
    }
    return at;
}

// After the call: the results onto the stack. Foreign code leaves the upper half of an
// i32 undefined, also when a function of this module ends with a tail call of it.
static bool
take_results(struct compiler *c, const struct wasm_functype *type, uint32_t results_at)
{
    struct masm *m = &c->masm;
    const wasm_type_t *types = type->types + type->param_count;
    compile_site(c, masm_offset(m), WASM_SITE_CALL, WASM_TRAP_NONE);
    if (type->result_count == 0)
        return true;
    if (!push_room(c, type->result_count + 1))
        return false;
    uint8_t first = machine_type(c, types[0]);
    uint8_t reg = result_reg(first);
    if (first == WASM_TYPE_I32)
        masm_zero_extend(m, reg, reg);
    reg_take(c, reg);
    push_reg(c, first, reg);
    for (uint32_t i = 1; i < type->result_count; i++) {
        struct masm_mem from = {.base = MASM_STACK,
                                .index = MASM_NONE,
                                .disp = (int32_t)(results_at + 16 * (i - 1))};
        uint8_t machine = machine_type(c, types[i]);
        uint8_t scratch =
            type_is_float(machine) ? (uint8_t)MASM_FLOAT_SCRATCH : (uint8_t)MASM_SCRATCH;
        // First: it may store what lies deep, by way of the scratch register.
        push_stored(c, machine);
        masm_load_mem(m, machine, scratch, from);
        masm_store_slot(m, machine, slot_disp(c, c->values[c->height - 1].slot), scratch);
    }
    return true;
}

// ---- Callees ----

struct callee
callee_direct(const struct compiler *c, uint32_t func)
{
    uint32_t imports = c->module->func_import_count;
    return (struct callee){
        .type = wasm_module_functype(c->module, func),
        .defined = func < imports ? NO_OWNER : func - imports,
        .imported = func < imports ? func : NO_OWNER,
    };
}

// The function in MASM_CALLEE has the type, or one declared below it.
static void
check_type(struct compiler *c, uint32_t type_index)
{
    struct masm *m = &c->masm;
    const struct wasm_deftype *type = &c->module->types[type_index];
    struct masm_mem rtts = {.base = MASM_INSTANCE,
                            .index = MASM_NONE,
                            .disp = offsetof(struct wasm_instance, rtts)};
    struct masm_mem wanted = {
        .base = MASM_SCRATCH, .index = MASM_NONE, .disp = (int32_t)(8 * type_index)};
    struct masm_mem given = {
        .base = MASM_CALLEE, .index = MASM_NONE, .disp = offsetof(struct wasm_func, rtt)};
    masm_load_mem(m, WASM_TYPE_I64, MASM_SCRATCH, rtts);
    masm_load_mem(m, WASM_TYPE_I64, MASM_SCRATCH, wanted);
    masm_compare_mem(m, MASM_W64, MASM_SCRATCH, given);
    if (type->is_final) {
        compile_trap_if(c, MASM_NE, WASM_TRAP_INDIRECT_TYPE);
        return;
    }
    uint32_t decided = 0;
    uint8_t rtt = reg_alloc(c, WASM_TYPE_I64);
    masm_jump_if(m, MASM_EQ, &decided);
    masm_load_mem(m, WASM_TYPE_I64, rtt, given);
    gc_compare_supertype(c, rtt, type->depth, &decided);
    masm_bind(m, decided);
    compile_trap_if(c, MASM_NE, WASM_TRAP_INDIRECT_TYPE);
    reg_free(c, rtt);
}

struct callee
callee_indirect(struct compiler *c, const struct wasm_instr *in)
{
    struct value index = pop_value(c);
    value_to_fixed(c, &index, MASM_CALLEE);
    masm_load_mem(&c->masm, WASM_TYPE_I64, MASM_CALLEE,
                  table_element(c, in->index2, MASM_CALLEE, WASM_TRAP_UNDEFINED_ELEMENT));
    masm_test(&c->masm, MASM_W64, MASM_CALLEE);
    compile_trap_if(c, MASM_EQ, WASM_TRAP_UNINITIALIZED_ELEMENT);
    check_type(c, in->index);
    return (struct callee){&c->module->types[in->index].func, NO_OWNER, NO_OWNER};
}

struct callee
callee_ref(struct compiler *c, const struct wasm_instr *in)
{
    struct value func = pop_value(c);
    value_to_fixed(c, &func, MASM_CALLEE);
    masm_test(&c->masm, MASM_W64, MASM_CALLEE);
    compile_trap_if(c, MASM_EQ, WASM_TRAP_NULL_FUNC);
    return (struct callee){&c->module->types[in->index].func, NO_OWNER, NO_OWNER};
}

struct masm_mem
callee_enter(struct compiler *c, const struct callee *callee)
{
    struct masm *m = &c->masm;
    struct masm_mem imported = {
        .base = MASM_INSTANCE,
        .index = MASM_NONE,
        .disp = (int32_t)(c->module->layout.imported_funcs + 8 * callee->imported)};
    struct masm_mem env = {
        .base = MASM_CALLEE, .index = MASM_NONE, .disp = offsetof(struct wasm_func, env)};
    if (callee->imported != NO_OWNER)
        masm_load_mem(m, WASM_TYPE_I64, MASM_CALLEE, imported);
    masm_load_mem(m, WASM_TYPE_I64, masm_int_args[0], env);
    return (struct masm_mem){.base = MASM_CALLEE,
                             .index = MASM_NONE,
                             .disp = offsetof(struct wasm_func, code)};
}

// ---- Calls ----

static bool
call(struct compiler *c, const struct callee *callee)
{
    struct masm *m = &c->masm;
    if (!args_pass(c, callee->type))
        return false;
    uint32_t results_at = place_results(c, callee->type);
    if (callee->defined == NO_OWNER) {
        masm_call_mem(m, callee_enter(c, callee));
        return take_results(c, callee->type, results_at);
    }
    masm_move(m, WASM_TYPE_I64, masm_int_args[0], MASM_INSTANCE);
    if (callee->defined <= c->func)
        masm_call_back(m, c->module->entries[callee->defined]);
    else
        masm_call(m, &c->call_chains[callee->defined]);
    return take_results(c, callee->type, results_at);
}

bool
call_direct(struct compiler *c, const struct wasm_instr *in)
{
    struct callee callee = callee_direct(c, in->index);
    return call(c, &callee);
}

bool
call_indirect(struct compiler *c, const struct wasm_instr *in)
{
    struct callee callee = callee_indirect(c, in);
    return call(c, &callee);
}

bool
call_ref(struct compiler *c, const struct wasm_instr *in)
{
    struct callee callee = callee_ref(c, in);
    return call(c, &callee);
}
