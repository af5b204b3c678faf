// SPDX-License-Identifier: Apache-2.0
//
// Calls in the convention of instance.h: the instance (or the callee's env), the result
// pointer when there are several results, the parameters. Whatever stays on the operand
// stack is in its slots meanwhile.
#include "engine/compile/compiler.h"

// Hands out the places of parameters, in order.
struct arg_cursor {
    uint32_t ints;
    uint32_t floats;
    uint32_t stack; // bytes
};

// A register, or MASM_NONE and the offset in the stack area.
static uint8_t
next_arg(struct arg_cursor *a, uint8_t type, uint32_t *stack_offset)
{
    if (type_is_float(type)) {
        if (a->floats < MASM_FLOAT_ARG_COUNT)
            return masm_float_args[a->floats++];
    } else if (a->ints < MASM_INT_ARG_COUNT) {
        return masm_int_args[a->ints++];
    }
    *stack_offset = a->stack;
    a->stack += 8;
    return MASM_NONE;
}

static struct arg_cursor
first_arg(const struct wasm_functype *type)
{
    return (struct arg_cursor){.ints = type->result_count >= 2 ? 2 : 1};
}

// ---- The callee's side ----

static int32_t
result_pointer_disp(const struct compiler *c)
{
    return -(MASM_FRAME_HEADER + 8 * (int32_t)c->kept_count + 8);
}

static void
for_kept(struct compiler *c, void (*move)(struct masm *, uint8_t, int32_t, uint8_t))
{
    int32_t disp = -MASM_FRAME_HEADER;
    for (uint32_t left = c->kept; left; left &= left - 1)
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

// The locals that are no parameters. The slots of those in kept registers are among the
// rest, and not worth going round.
static void
zero_locals(struct compiler *c)
{
    uint32_t params = c->functype->param_count;
    uint32_t locals = c->validator.local_count;
    if (locals == params)
        return;
    masm_zero_slots(&c->masm, local_disp(c, locals - 1), locals - params);
    for (uint32_t left = c->kept; left; left &= left - 1) {
        uint8_t reg = (uint8_t)__builtin_ctz(left);
        if (c->reg_locals[reg] >= params)
            masm_const(&c->masm, WASM_TYPE_I32, reg, 0);
    }
}

// Stores a parameter that came in a register, or loads one that is to have a kept one.
static void
home_param(struct compiler *c, uint32_t param, uint8_t type, uint8_t reg)
{
    uint8_t home = param < LOCAL_REGS_MAX ? c->local_regs[param] : MASM_NONE;
    bool is_kept = home != MASM_NONE && c->kept >> home & 1;
    int32_t disp = c->param_disps[param];
    if (is_kept && reg == MASM_NONE)
        masm_load_slot(&c->masm, type, home, disp);
    else if (is_kept)
        masm_move(&c->masm, type, home, reg);
    else if (reg != MASM_NONE)
        masm_store_slot(&c->masm, type, disp, reg);
}

void
call_entry(struct compiler *c)
{
    const struct wasm_functype *type = c->functype;
    struct arg_cursor a = first_arg(type);
    uint32_t stack_offset = 0;
    uint32_t locals = c->validator.local_count;
    if (type->result_count >= 2)
        masm_store_slot(&c->masm, WASM_TYPE_I64, result_pointer_disp(c),
                        masm_int_args[1]);
    for (uint32_t i = 0; i < type->param_count; i++) {
        uint8_t reg = next_arg(&a, type->types[i], &stack_offset);
        c->param_disps[i] =
            reg == MASM_NONE
                ? 16 + (int32_t)stack_offset
                : -(int32_t)(MASM_FRAME_HEADER + 8 * (c->frame_slots - locals + i + 1));
        home_param(c, i, type->types[i], reg);
    }
    zero_locals(c);
}

// The results are where the function's label takes them.
void
call_return(struct compiler *c)
{
    struct masm *m = &c->masm;
    const struct wasm_functype *type = c->functype;
    const uint8_t *types = type->types + type->param_count;
    if (type->result_count < 2)
        return;
    if (!compile_code_room(c, 32ull * type->result_count))
        return;
    masm_load_slot(m, WASM_TYPE_I64, MASM_CALLEE, result_pointer_disp(c));
    for (uint32_t i = 1; i < type->result_count; i++) {
        struct masm_mem to = {
            .base = MASM_CALLEE, .index = MASM_NONE, .disp = (int32_t)(16 * (i - 1))};
        uint8_t as_int = type_width(types[i]) == MASM_W32 ? WASM_TYPE_I32 : WASM_TYPE_I64;
        masm_load_slot(m, as_int, MASM_SCRATCH, slot_disp(c, i));
        masm_store_mem(m, WASM_TYPE_I64, to, MASM_SCRATCH);
    }
    masm_load_slot(m, types[0], result_reg(types[0]), slot_disp(c, 0));
}

// ---- Arguments ----

struct arg_moves {
    uint32_t count;
    struct {
        uint8_t dst;
        struct value v;
    } moves[MASM_INT_ARG_COUNT + MASM_FLOAT_ARG_COUNT];
};

static void
add_move(struct arg_moves *moves, uint8_t dst, const struct value *v)
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

static void
move_args(struct compiler *c, const struct arg_moves *all)
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
        add_move(v.place == VALUE_REG ? &in_registers : &others, all->moves[i].dst, &v);
    }
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
    uint8_t reg = v->reg;
    if (v->place != VALUE_REG) {
        reg = type_is_float(v->type) ? MASM_FLOAT_SCRATCH : MASM_SCRATCH;
        value_load(c, v, reg);
    }
    masm_store_mem(&c->masm, v->type, to, reg);
}

// Takes the arguments off the stack, into their places. Gives the offset of the result
// area from the stack pointer.
static bool
pass_args(struct compiler *c, const struct wasm_functype *type, uint32_t *results_at)
{
    struct arg_cursor a = first_arg(type);
    struct arg_moves moves = {0};
    uint32_t base = c->height - type->param_count;
    uint32_t stack_offset = 0;
    if (!compile_code_room(c, 32ull * (type->param_count + type->result_count)))
        return false;
    spill_below(c, base);
    for (uint32_t i = 0; i < type->param_count; i++) {
        const struct value *v = &c->values[base + i];
        uint8_t dst = next_arg(&a, type->types[i], &stack_offset);
        if (dst == MASM_NONE)
            store_stack_arg(c, v, stack_offset);
        else
            add_move(&moves, dst, v);
    }
    move_args(c, &moves);
    uint32_t results = type->result_count >= 2 ? 16 * (type->result_count - 1) : 0;
    *results_at = (a.stack + 15) & ~15u;
    if (*results_at + results > c->outgoing)
        c->outgoing = *results_at + results;
    if (results) {
        struct masm_mem area = {
            .base = MASM_STACK, .index = MASM_NONE, .disp = (int32_t)*results_at};
        masm_address(&c->masm, masm_int_args[1], area);
    }
    c->height = base;
    regs_reset(c);
    return true;
}

// After the call: the results onto the stack. Foreign code leaves the upper half of an
// i32 undefined.
static bool
take_results(struct compiler *c, const struct wasm_functype *type, uint32_t results_at,
             bool is_foreign)
{
    struct masm *m = &c->masm;
    const uint8_t *types = type->types + type->param_count;
    compile_site(c, masm_offset(m), WASM_SITE_CALL, WASM_TRAP_NONE);
    if (type->result_count == 0)
        return true;
    if (!push_room(c, type->result_count + 1))
        return false;
    uint8_t reg = result_reg(types[0]);
    if (types[0] == WASM_TYPE_I32 && is_foreign)
        masm_zero_extend(m, reg, reg);
    reg_take(c, reg);
    push_reg(c, types[0], reg);
    for (uint32_t i = 1; i < type->result_count; i++) {
        struct masm_mem from = {.base = MASM_STACK,
                                .index = MASM_NONE,
                                .disp = (int32_t)(results_at + 16 * (i - 1))};
        uint8_t as_int = type_width(types[i]) == MASM_W32 ? WASM_TYPE_I32 : WASM_TYPE_I64;
        masm_load_mem(m, as_int, MASM_SCRATCH, from);
        masm_store_slot(m, as_int, slot_disp(c, c->height), MASM_SCRATCH);
        push_stored(c, types[i]);
    }
    return true;
}

// ---- Calls ----

static void
call_func(struct compiler *c, uint8_t func)
{
    struct masm_mem env = {
        .base = func, .index = MASM_NONE, .disp = offsetof(struct wasm_func, env)};
    struct masm_mem code = {
        .base = func, .index = MASM_NONE, .disp = offsetof(struct wasm_func, code)};
    masm_load_mem(&c->masm, WASM_TYPE_I64, masm_int_args[0], env);
    masm_call_mem(&c->masm, code);
}

static void
call_imported(struct compiler *c, uint32_t index)
{
    struct masm_mem func = {.base = MASM_INSTANCE,
                            .index = MASM_NONE,
                            .disp =
                                (int32_t)(c->module->layout.imported_funcs + 8 * index)};
    masm_load_mem(&c->masm, WASM_TYPE_I64, MASM_CALLEE, func);
    call_func(c, MASM_CALLEE);
}

static void
call_defined(struct compiler *c, uint32_t defined)
{
    struct masm *m = &c->masm;
    masm_move(m, WASM_TYPE_I64, masm_int_args[0], MASM_INSTANCE);
    if (defined <= c->func)
        masm_call_back(m, c->module->entries[defined]);
    else
        masm_call(m, &c->call_chains[defined]);
}

bool
call_direct(struct compiler *c, const struct wasm_instr *in)
{
    const struct wasm_functype *type = wasm_module_functype(c->module, in->index);
    bool is_imported = in->index < c->module->func_import_count;
    uint32_t results_at;
    if (!pass_args(c, type, &results_at))
        return false;
    if (is_imported)
        call_imported(c, in->index);
    else
        call_defined(c, in->index - c->module->func_import_count);
    return take_results(c, type, results_at, is_imported);
}

// Compares the store's id of the expected type with that of the function in MASM_CALLEE.
static void
check_signature(struct compiler *c, uint32_t type_index)
{
    struct masm *m = &c->masm;
    struct masm_mem sig_ids = {.base = MASM_INSTANCE,
                               .index = MASM_NONE,
                               .disp = offsetof(struct wasm_instance, sig_ids)};
    struct masm_mem expected = {
        .base = MASM_SCRATCH, .index = MASM_NONE, .disp = (int32_t)(4 * type_index)};
    struct masm_mem given = {.base = MASM_CALLEE,
                             .index = MASM_NONE,
                             .disp = offsetof(struct wasm_func, sig_id)};
    masm_load_mem(m, WASM_TYPE_I64, MASM_SCRATCH, sig_ids);
    masm_load_mem(m, WASM_TYPE_I32, MASM_SCRATCH, expected);
    masm_compare_mem(m, MASM_W32, MASM_SCRATCH, given);
    compile_trap_if(c, MASM_NE, WASM_TRAP_INDIRECT_TYPE);
}

bool
call_indirect(struct compiler *c, const struct wasm_instr *in)
{
    const struct wasm_functype *type = &c->module->types[in->index];
    struct value index = pop_value(c);
    value_to_fixed(c, &index, MASM_CALLEE);
    masm_load_mem(&c->masm, WASM_TYPE_I64, MASM_CALLEE,
                  table_element(c, in->index2, MASM_CALLEE, WASM_TRAP_UNDEFINED_ELEMENT));
    masm_test(&c->masm, MASM_W64, MASM_CALLEE);
    compile_trap_if(c, MASM_EQ, WASM_TRAP_UNINITIALIZED_ELEMENT);
    check_signature(c, in->index);
    uint32_t results_at;
    if (!pass_args(c, type, &results_at))
        return false;
    call_func(c, MASM_CALLEE);
    return take_results(c, type, results_at, true);
}

// ---- Builtins ----

struct builtin {
    uint32_t offset;   // in struct wasm_builtins
    uint32_t consts;   // how many indices come first: in->index, in->index2
    uint32_t operands; // then from the stack
    bool traps;        // returns a trap code
    bool gives_i32;
};

static struct builtin
builtin_of(enum wasm_opcode opcode)
{
#define BUILTIN(name, ...)                                                               \
    return (struct builtin)                                                              \
    {                                                                                    \
        offsetof(struct wasm_builtins, name), __VA_ARGS__                                \
    }
    switch ((uint32_t)opcode) {
    case WASM_OP_MEMORY_GROW:
        BUILTIN(memory_grow, 0, 1, false, true);
    case WASM_OP_MEMORY_COPY:
        BUILTIN(memory_copy, 0, 3, true, false);
    case WASM_OP_MEMORY_FILL:
        BUILTIN(memory_fill, 0, 3, true, false);
    case WASM_OP_MEMORY_INIT:
        BUILTIN(memory_init, 1, 3, true, false);
    case WASM_OP_DATA_DROP:
        BUILTIN(data_drop, 1, 0, false, false);
    case WASM_OP_TABLE_GROW:
        BUILTIN(table_grow, 1, 2, false, true);
    case WASM_OP_TABLE_FILL:
        BUILTIN(table_fill, 1, 3, true, false);
    case WASM_OP_TABLE_COPY:
        BUILTIN(table_copy, 2, 3, true, false);
    case WASM_OP_TABLE_INIT: // table before segment: call_bulk turns them round
        BUILTIN(table_init, 2, 3, true, false);
    default: // elem.drop
        BUILTIN(elem_drop, 1, 0, false, false);
    }
#undef BUILTIN
}

bool
call_bulk(struct compiler *c, const struct wasm_instr *in)
{
    struct masm *m = &c->masm;
    struct builtin b = builtin_of(in->opcode);
    bool is_turned = in->opcode == WASM_OP_TABLE_INIT;
    uint32_t indices[] = {is_turned ? in->index2 : in->index,
                          is_turned ? in->index : in->index2};
    struct arg_moves moves = {0};
    uint32_t base = c->height - b.operands;
    spill_below(c, base);
    for (uint32_t i = 0; i < b.consts; i++) {
        struct value index = {
            .type = WASM_TYPE_I32, .place = VALUE_CONST, .bits = indices[i]};
        add_move(&moves, masm_int_args[1 + i], &index);
    }
    for (uint32_t i = 0; i < b.operands; i++)
        add_move(&moves, masm_int_args[1 + b.consts + i], &c->values[base + i]);
    move_args(c, &moves);
    c->height = base;
    regs_reset(c);
    struct masm_mem builtins = {.base = MASM_INSTANCE,
                                .index = MASM_NONE,
                                .disp = offsetof(struct wasm_instance, builtins)};
    struct masm_mem code = {
        .base = MASM_SCRATCH, .index = MASM_NONE, .disp = (int32_t)b.offset};
    masm_move(m, WASM_TYPE_I64, masm_int_args[0], MASM_INSTANCE);
    masm_load_mem(m, WASM_TYPE_I64, MASM_SCRATCH, builtins);
    masm_call_mem(m, code);
    compile_site(c, masm_offset(m), WASM_SITE_CALL, WASM_TRAP_NONE);
    if (b.traps) {
        uint32_t chain = 0;
        masm_test(m, MASM_W32, MASM_INT_RESULT);
        masm_jump_if(m, MASM_NE, &chain);
        compile_trap_chain(c, chain, WASM_SITE_TRAP_EAX, WASM_TRAP_NONE);
    }
    if (b.gives_i32) {
        masm_zero_extend(m, MASM_INT_RESULT, MASM_INT_RESULT);
        reg_take(c, MASM_INT_RESULT);
        push_reg(c, WASM_TYPE_I32, MASM_INT_RESULT);
    }
    return true;
}
