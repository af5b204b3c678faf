// SPDX-License-Identifier: Apache-2.0
//
// Calls of C functions of the runtime (struct wasm_builtins): instructions that are too
// long to be made inline. They trap by not returning.
#include "engine/compile/call.h"

void
builtin_call(struct compiler *c, uint32_t offset)
{
    struct masm *m = &c->masm;
    struct masm_mem builtins = {.base = MASM_INSTANCE,
                                .index = MASM_NONE,
                                .disp = offsetof(struct wasm_instance, builtins)};
    struct masm_mem code = {
        .base = MASM_SCRATCH, .index = MASM_NONE, .disp = (int32_t)offset};
    masm_move(m, WASM_TYPE_I64, masm_int_args[0], MASM_INSTANCE);
    masm_load_mem(m, WASM_TYPE_I64, MASM_SCRATCH, builtins);
    masm_call_mem(m, code);
    compile_site(c, masm_offset(m), WASM_SITE_CALL, WASM_TRAP_NONE);
}

static void
push_result(struct compiler *c, uint8_t type)
{
    if (type == 0)
        return;
    if (type == WASM_TYPE_I32)
        masm_zero_extend(&c->masm, MASM_INT_RESULT, MASM_INT_RESULT);
    reg_take(c, MASM_INT_RESULT);
    push_reg(c, type, MASM_INT_RESULT);
}

bool
call_builtin_args(struct compiler *c, uint32_t offset, const struct builtin_arg *args,
                  uint32_t count, uint32_t operand_count, uint8_t result_type)
{
    struct arg_moves moves = {0};
    uint32_t base = c->height - operand_count;
    uint32_t addresses = 0;
    spill_for_call(c, base);
    for (uint32_t i = 0; i < count; i++) {
        const struct builtin_arg *arg = &args[i];
        struct value v = {.type = WASM_TYPE_I64, .place = VALUE_CONST, .bits = arg->bits};
        if (arg->kind == BUILTIN_OPERAND) {
            v = c->values[base + arg->operand];
        } else if (arg->kind == BUILTIN_ADDRESS) {
            const struct value *operand = &c->values[base + arg->operand];
            value_store(c, operand, slot_disp(c, operand->slot));
            addresses |= 1u << i;
            continue;
        }
        args_add_move(&moves, masm_int_args[1 + i], &v);
    }
    args_move(c, &moves);
    for (; addresses; addresses &= addresses - 1) {
        uint32_t i = (uint32_t)__builtin_ctz(addresses);
        struct masm_mem at = {.base = MASM_FRAME,
                              .index = MASM_NONE,
                              .disp =
                                  slot_disp(c, c->values[base + args[i].operand].slot)};
        masm_address(&c->masm, masm_int_args[1 + i], at);
    }
    c->height = base;
    regs_lose(c);
    builtin_call(c, offset);
    push_result(c, result_type);
    return c->code == WASM_OK;
}

bool
call_builtin(struct compiler *c, uint32_t offset, const uint64_t *consts,
             uint32_t const_count, uint32_t operand_count, uint8_t result_type)
{
    struct builtin_arg args[MASM_INT_ARG_COUNT];
    for (uint32_t i = 0; i < const_count; i++)
        args[i] = (struct builtin_arg){.kind = BUILTIN_CONST, .bits = consts[i]};
    for (uint32_t i = 0; i < operand_count; i++)
        args[const_count + i] =
            (struct builtin_arg){.kind = BUILTIN_OPERAND, .operand = i};
    return call_builtin_args(c, offset, args, const_count + operand_count, operand_count,
                             result_type);
}

// ---- Bulk instructions ----

struct bulk {
    uint32_t offset;   // in struct wasm_builtins
    uint32_t consts;   // how many indices come first: in->index, in->index2
    uint32_t operands; // then from the stack
};

static struct bulk
bulk_of(enum wasm_opcode opcode)
{
#define BULK(name, consts, operands)                                                     \
    return (struct bulk)                                                                 \
    {                                                                                    \
        offsetof(struct wasm_builtins, name), consts, operands                           \
    }
    switch ((uint32_t)opcode) {
    case WASM_OP_MEMORY_GROW:
        BULK(memory_grow, 1, 1);
    case WASM_OP_MEMORY_COPY:
        BULK(memory_copy, 2, 3);
    case WASM_OP_MEMORY_FILL:
        BULK(memory_fill, 1, 3);
    case WASM_OP_MEMORY_INIT:
        BULK(memory_init, 2, 3);
    case WASM_OP_DATA_DROP:
        BULK(data_drop, 1, 0);
    case WASM_OP_TABLE_GROW:
        BULK(table_grow, 1, 2);
    case WASM_OP_TABLE_FILL:
        BULK(table_fill, 1, 3);
    case WASM_OP_TABLE_COPY:
        BULK(table_copy, 2, 3);
    case WASM_OP_TABLE_INIT:
        BULK(table_init, 2, 3);
    default: // elem.drop
        BULK(elem_drop, 1, 0);
    }
#undef BULK
}

// What growing gives: the index type.
static uint8_t
bulk_result(const struct compiler *c, const struct wasm_instr *in)
{
    bool is_64 = false;
    if (in->opcode == WASM_OP_MEMORY_GROW)
        is_64 = c->module->memories[in->index].limits.is_64;
    else if (in->opcode == WASM_OP_TABLE_GROW)
        is_64 = c->module->tables[in->index].limits.is_64;
    else
        return 0;
    return is_64 ? WASM_TYPE_I64 : WASM_TYPE_I32;
}

bool
call_bulk(struct compiler *c, const struct wasm_instr *in)
{
    struct bulk b = bulk_of(in->opcode);
    uint64_t consts[] = {in->index, in->index2};
    return call_builtin(c, b.offset, consts, b.consts, b.operands, bulk_result(c, in));
}
