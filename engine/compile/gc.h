// SPDX-License-Identifier: Apache-2.0
//
// Objects of the collected heap, as generated code sees them; shared by the files that
// make that code. Internal to the compiler.
//
//   gc_ops.c    references, i31, dispatch    struct_ops.c  structures
//   array_ops.c arrays                       cast_ops.c    tests of types
//
// An instruction that allocates calls a builtin first: whatever is on the operand stack
// is in its slots then, where the collector sees it, and goes from there into the object.
#pragma once

#include "engine/compile/compiler.h"

// ---- gc_ops.c ----

// Traps when the register, of the static type, is null.
void gc_null_check(struct compiler *c, wasm_type_t type, uint8_t reg,
                   enum wasm_trap_code trap);
struct masm_mem gc_field(uint8_t object, uint32_t offset);
// Stores a value into a field or element of the storage type; loses the scratch registers
// unless the value is in another.
void gc_store(struct compiler *c, wasm_type_t storage, struct masm_mem to,
              const struct value *v);
// A register for a result: the one that `spare` owns, if it fits.
uint8_t gc_result_reg(struct compiler *c, uint8_t type, struct value *spare);
// Compares the type in `rtt`, which is not the one in MASM_SCRATCH, with those below that
// one, whose depth is given: EQ, here or on the jump to `other`, when it is one of them.
// Loses rtt.
void gc_compare_supertype(struct compiler *c, uint8_t rtt, uint32_t depth,
                          uint32_t *other);
// Pushes what was popped and perhaps borrowed since.
void gc_push_back(struct compiler *c, const struct value *v);

// ---- The instructions ----

bool gc_struct_new(struct compiler *c, const struct wasm_instr *in);
bool gc_struct_new_default(struct compiler *c, const struct wasm_instr *in);
void gc_struct_get(struct compiler *c, const struct wasm_instr *in);
void gc_struct_set(struct compiler *c, const struct wasm_instr *in);
bool gc_array_new(struct compiler *c, const struct wasm_instr *in);
bool gc_array_new_default(struct compiler *c, const struct wasm_instr *in);
bool gc_array_new_fixed(struct compiler *c, const struct wasm_instr *in);
void gc_array_get(struct compiler *c, const struct wasm_instr *in);
void gc_array_set(struct compiler *c, const struct wasm_instr *in);
void gc_array_len(struct compiler *c, const struct wasm_instr *in);
bool // array.fill, .copy, .init_data, .init_elem, .new_data, .new_elem
gc_array_bulk(struct compiler *c, const struct wasm_instr *in);
void gc_ref_test(struct compiler *c, const struct wasm_instr *in);
void gc_ref_cast(struct compiler *c, const struct wasm_instr *in);
