// SPDX-License-Identifier: Apache-2.0
//
// Instructions on tables, on memories as a whole, and those of two results.
// Wasm core 3.0 #valid-instr-table, #valid-instr-memory; the wide arithmetic proposal.
#include "engine/operand.h"

static bool
pop_three(struct wasm_validator *v, wasm_type_t a, wasm_type_t b, wasm_type_t c)
{
    return operand_pop(v, c) && operand_pop(v, b) && operand_pop(v, a);
}

// The length of a copy fits both sides.
static wasm_type_t
smaller(wasm_type_t a, wasm_type_t b)
{
    return a == WASM_TYPE_I64 && b == WASM_TYPE_I64 ? WASM_TYPE_I64 : WASM_TYPE_I32;
}

static bool
copy(struct wasm_validator *v, const struct wasm_instr *in, wasm_type_t to,
     wasm_type_t from)
{
    return pop_three(v, to, from, smaller(to, from)) || wasm_validator_mismatch(v, in);
}

static bool
table_op(struct wasm_validator *v, const struct wasm_instr *in)
{
    const struct wasm_table_decl *table = &v->module->tables[in->index];
    wasm_type_t address = index_type(table->limits);
    bool ok;
    switch ((uint32_t)in->opcode) {
    case WASM_OP_TABLE_SIZE:
        return operand_push(v, address);
    case WASM_OP_TABLE_GET:
        ok = operand_pop(v, address);
        return ok ? operand_push(v, table->type) : wasm_validator_mismatch(v, in);
    case WASM_OP_TABLE_SET:
        ok = operand_pop(v, table->type) && operand_pop(v, address);
        return ok || wasm_validator_mismatch(v, in);
    case WASM_OP_TABLE_GROW:
        ok = operand_pop(v, address) && operand_pop(v, table->type);
        return ok ? operand_push(v, address) : wasm_validator_mismatch(v, in);
    default: // table.fill
        return pop_three(v, address, table->type, address) ||
               wasm_validator_mismatch(v, in);
    }
}

static bool
table_init(struct wasm_validator *v, const struct wasm_instr *in)
{
    const struct wasm_table_decl *table = &v->module->tables[in->index2];
    wasm_type_t type = v->module->elems[in->index].type;
    return (wasm_type_matches(v->module, type, table->type) &&
            pop_three(v, index_type(table->limits), WASM_TYPE_I32, WASM_TYPE_I32)) ||
           wasm_validator_mismatch(v, in);
}

static bool
table_copy(struct wasm_validator *v, const struct wasm_instr *in)
{
    const struct wasm_table_decl *to = &v->module->tables[in->index];
    const struct wasm_table_decl *from = &v->module->tables[in->index2];
    if (!wasm_type_matches(v->module, from->type, to->type))
        return wasm_validator_mismatch(v, in);
    return copy(v, in, index_type(to->limits), index_type(from->limits));
}

static bool
memory_copy(struct wasm_validator *v, const struct wasm_instr *in)
{
    const struct wasm_memory_decl *memories = v->module->memories;
    return copy(v, in, index_type(memories[in->index].limits),
                index_type(memories[in->index2].limits));
}

static bool
wide(struct wasm_validator *v, const struct wasm_instr *in, uint32_t operands)
{
    for (uint32_t i = 0; i < operands; i++)
        if (!operand_pop(v, WASM_TYPE_I64))
            return wasm_validator_mismatch(v, in);
    return operand_push(v, WASM_TYPE_I64) && operand_push(v, WASM_TYPE_I64);
}

bool
wasm_validate_bulk(struct wasm_validator *v, struct wasm_instr *in)
{
    switch ((uint32_t)in->opcode) {
    case WASM_OP_TABLE_INIT:
        return table_init(v, in);
    case WASM_OP_TABLE_COPY:
        return table_copy(v, in);
    case WASM_OP_MEMORY_COPY:
        return memory_copy(v, in);
    case WASM_OP_I64_ADD128:
    case WASM_OP_I64_SUB128:
        return wide(v, in, 4);
    case WASM_OP_I64_MUL_WIDE_S:
    case WASM_OP_I64_MUL_WIDE_U:
        return wide(v, in, 2);
    default:
        return table_op(v, in);
    }
}
