// SPDX-License-Identifier: Apache-2.0
//
// The compiler's vectors, in parts:
//
//   vector_ops.c        lane by lane, and which part an instruction belongs to
//   vector_lane_ops.c   single lanes, shuffles, constants
//   vector_memory_ops.c loads and stores
//
// Internal to the compiler.
#pragma once

#include "engine/compile/compiler.h"
#include "engine/compile/vector.h"

// Results that go to a local: `target` is what result_target gave, before the operands
// were popped.

// The register that a two-operand instruction changes: its first operand has been moved
// there, and none of `others`, as bits, is it. That is `target` unless the operand has a
// register of its own.
uint8_t vector_first(struct compiler *c, struct value *a, uint32_t others,
                     uint8_t target);
// One for the result of an instruction that reads its operand apart: the operand's own
// when there is no target and it may be changed; else that one is to be released.
uint8_t vector_result(struct compiler *c, uint8_t type, const struct value *v,
                      uint8_t target);
void vector_push(struct compiler *c, uint8_t type, uint8_t reg, uint8_t target);

void emit_vector_load(struct compiler *c, const struct wasm_instr *in);
void emit_vector_load_lane(struct compiler *c, const struct wasm_instr *in);
void // and of a lane
emit_vector_store(struct compiler *c, const struct wasm_instr *in);
void emit_vector_const(struct compiler *c, uint64_t lo, uint64_t hi);
void emit_vector_splat(struct compiler *c, uint32_t opcode);
void emit_vector_extract(struct compiler *c, const struct wasm_instr *in);
void emit_vector_replace(struct compiler *c, const struct wasm_instr *in);
void emit_vector_shuffle(struct compiler *c, const struct wasm_instr *in);
