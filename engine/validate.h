// SPDX-License-Identifier: Apache-2.0
//
// Function bodies, decoded and validated instruction by instruction, so that a compiler
// can follow in the same pass. The algorithm is the one of the specification's appendix:
// a stack of operand types and a stack of control frames; after an unconditional branch
// the frame is unreachable and its operand stack yields values of any type.
// Wasm core 3.0 #valid-instr. Internal to the engine.
#pragma once

#include "base/cursor.h"
#include "engine/module.h"
#include "engine/opcode.h"

// Operand type of the unreachable: any.
#define WASM_BOTTOM 0

struct wasm_block_type {
    const uint8_t *params;
    const uint8_t *results;
    uint32_t param_count;
    uint32_t result_count;
};

// A decoded, valid instruction.
struct wasm_instr {
    uint32_t offset; // in the module
    enum wasm_opcode opcode;
    uint32_t index;  // of the local, global, function, type, table, segment; label depth;
                     // br_table: number of targets before the default
    uint32_t index2; // second one, as encoded
    uint64_t bits;   // constant (i32 zero-extended), offset of a memory argument
    const uint8_t *targets;      // br_table: index + 1 encoded label depths
    struct wasm_block_type type; // block, loop, if
};

struct wasm_control {
    struct wasm_block_type type;
    uint32_t height; // of the operand stack below the parameters
    uint16_t opcode; // block, loop, if, else; the function itself: block
    bool unreachable;
};

struct wasm_validator {
    const struct wasm_module *module;
    struct wasm_error *error;
    enum wasm_error_code code; // of the first failure
    struct cursor c;
    const struct wasm_functype *functype;

    uint8_t *types; // operand stack
    uint32_t height;
    uint32_t room;
    struct wasm_control *controls; // the function's own is the first
    uint32_t depth;                // 0: its `end` was read
    uint32_t control_room;
    uint8_t *locals; // types, parameters first
    uint32_t local_count;
};

// The validator serves all functions of a module, one after another.
WASM_NODISCARD bool wasm_validator_init(struct wasm_validator *v,
                                        const struct wasm_module *module,
                                        struct wasm_error *error);
void wasm_validator_fini(struct wasm_validator *v);

// Starts on a defined function: decodes its locals. False: failed, *error says why.
WASM_NODISCARD bool wasm_validator_begin(struct wasm_validator *v,
                                         uint32_t defined_index);

// The next instruction; v->depth > 0. After the last one v->depth is 0.
WASM_NODISCARD bool wasm_validator_next(struct wasm_validator *v, struct wasm_instr *out);

// ---- For validate.c and instruction.c ----

enum wasm_immediates {
    IMM_NONE,
    IMM_BLOCK,
    IMM_LABEL,
    IMM_LABELS,
    IMM_FUNC,
    IMM_TYPE_TABLE,
    IMM_SELECT,
    IMM_LOCAL,
    IMM_GLOBAL,
    IMM_TABLE,
    IMM_MEM8, // these four in order: the natural alignment
    IMM_MEM16,
    IMM_MEM32,
    IMM_MEM64,
    IMM_MEMORY,
    IMM_MEMORY_MEMORY,
    IMM_DATA_MEMORY,
    IMM_DATA,
    IMM_ELEM_TABLE,
    IMM_ELEM,
    IMM_TABLE_TABLE,
    IMM_I32,
    IMM_I64,
    IMM_F32,
    IMM_F64,
    IMM_REFTYPE,
};

struct wasm_op {
    const char *text; // NULL: no such instruction
    uint8_t imm;
    uint8_t operands[3];
    uint8_t result;
};
extern const struct wasm_op wasm_ops[WASM_OPCODE_COUNT];

static inline bool
wasm_is_ref(uint8_t type)
{
    return type == WASM_TYPE_FUNCREF || type == WASM_TYPE_EXTERNREF;
}

// The feature whose type `code` is, unsupported; NULL: nobody's. In decode_type.c.
const char *wasm_feature_of_type(uint8_t code);

// Records the first failure; always false.
bool wasm_validator_fail(struct wasm_validator *v, enum wasm_error_code code,
                         size_t offset, const char *message, ...)
    __attribute__((format(printf, 4, 5)));
// Whether what was read so far was there.
bool wasm_validator_cursor_ok(struct wasm_validator *v);
bool wasm_read_opcode(struct wasm_validator *v, struct wasm_instr *in);
// All but those of br_table and select, which are read as they are validated.
bool wasm_read_immediates(struct wasm_validator *v, struct wasm_instr *in, uint8_t imm);
bool wasm_read_value_type(struct wasm_validator *v, uint8_t *out);
bool wasm_read_label(struct wasm_validator *v, uint32_t *out);
