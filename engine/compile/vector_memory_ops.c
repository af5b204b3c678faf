// SPDX-License-Identifier: Apache-2.0
//
// Loads and stores of vectors and of their lanes.
#include "engine/compile/vector_ops.h"

static uint32_t
lane_access_size(enum wasm_opcode opcode)
{
    return 1u << (wasm_ops[opcode].imm - IMM_MEM8_LANE);
}

void
emit_vector_load(struct compiler *c, const struct wasm_instr *in)
{
    struct access a;
    uint8_t target = result_target(c, WASM_TYPE_V128, 1);
    access_begin(c, in, access_size(in->opcode), &a);
    uint8_t dst = target != MASM_NONE ? target : access_result(c, &a, WASM_TYPE_V128);
    access_end(c, &a, masm_vector_load(&c->masm, in->opcode, dst, a.at));
    vector_push(c, WASM_TYPE_V128, dst, target);
}

void
emit_vector_load_lane(struct compiler *c, const struct wasm_instr *in)
{
    struct access a;
    uint8_t target = result_target(c, WASM_TYPE_V128, 2);
    struct value v = pop_value(c);
    uint8_t dst = vector_first(c, &v, 0, target);
    access_begin(c, in, lane_access_size(in->opcode), &a);
    access_end(c, &a, masm_vector_load_lane(&c->masm, in->opcode, dst, a.at, in->lane));
    vector_push(c, WASM_TYPE_V128, dst, target);
}

void
emit_vector_store(struct compiler *c, const struct wasm_instr *in)
{
    bool is_whole = in->opcode == WASM_OP_V128_STORE;
    struct access a;
    struct value v = pop_value(c);
    uint8_t src = value_borrow(c, &v);
    access_begin(c, in, is_whole ? access_size(in->opcode) : lane_access_size(in->opcode),
                 &a);
    access_end(c, &a, masm_vector_store(&c->masm, in->opcode, a.at, src, in->lane));
    value_release(c, &v);
}
