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

void emit_vector_load(struct compiler *c, const struct wasm_instr *in);
void emit_vector_load_lane(struct compiler *c, const struct wasm_instr *in);
void // and of a lane
emit_vector_store(struct compiler *c, const struct wasm_instr *in);
void emit_vector_const(struct compiler *c, uint64_t lo, uint64_t hi);
void emit_vector_splat(struct compiler *c, uint32_t opcode);
void emit_vector_extract(struct compiler *c, const struct wasm_instr *in);
void emit_vector_replace(struct compiler *c, const struct wasm_instr *in);
void emit_vector_shuffle(struct compiler *c, const struct wasm_instr *in);
