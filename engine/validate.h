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
#include "engine/types.h"

// Operand type of the unreachable: any.
#define WASM_BOTTOM 0

struct wasm_block_type {
    const wasm_type_t *params;
    const wasm_type_t *results;
    uint32_t param_count;
    uint32_t result_count;
};

// One catch clause of a try_table. #syntax-catch
enum wasm_catch_kind {
    WASM_CATCH = 0,
    WASM_CATCH_REF = 1,
    WASM_CATCH_ALL = 2,
    WASM_CATCH_ALL_REF = 3,
};
struct wasm_catch {
    uint8_t kind; // enum wasm_catch_kind
    uint32_t tag;
    uint32_t label; // depth, counted from outside the try_table
};

// A decoded, valid instruction.
struct wasm_instr {
    uint32_t offset; // in the module
    enum wasm_opcode opcode;
    uint32_t index;  // of the local, global, function, type, table, segment, tag; label
                     // depth; br_table: number of targets before the default. Of memory
                     // instructions: the memory.
    uint32_t index2; // second one, as encoded: field, segment, table, memory;
                     // array.new_fixed: the length
    uint64_t bits;   // constant (i32 zero-extended), offset of a memory argument
    uint64_t bits2;  // upper half of a v128.const; shuffle: lanes in bits and bits2
    uint8_t lane;
    uint8_t hint;           // if, br_if: 1 + the branch hint (likely 2, unlikely 1), or 0
    const uint8_t *targets; // br_table: index + 1 encoded label depths
    struct wasm_block_type type;      // block, loop, if, try_table
    const struct wasm_catch *catches; // try_table; until the next instruction
    uint32_t catch_count;
    // ref.null, ref.test, ref.cast, br_on_cast*: the (target) reference type; call_ref,
    // struct.*, array.* have their type index in `index`. select: the type selected.
    // drop, ref.*, br_on_*: the type of the operand (WASM_BOTTOM when unreachable); of
    // struct.*, array.*, i31.get_*, those that take an object: the object's.
    wasm_type_t ref_type;
    wasm_type_t operand_type;
};

struct wasm_control {
    struct wasm_block_type type;
    uint32_t height; // of the operand stack below the parameters
    uint16_t opcode; // block, loop, if, else, try_table; the function itself: block
    bool unreachable;
    uint32_t set_height; // of set_stack at its start
    uint32_t checked;    // offset of the last br_table whose operands fit its label
};

// The branch hints of the module's custom section, function by function. A section that
// does not make sense ends where it stops making any.
struct wasm_hint_reader {
    struct cursor c;
    uint32_t funcs_left;
    uint32_t func;  // whose hints come next
    uint32_t left;  // of its hints
    uint32_t begun; // 1 + the last function asked for
    uint32_t at;    // offset in the module of the next hint; UINT32_MAX: none
    uint8_t value;
    bool is_broken; // the section stopped making sense
};

#define WASM_CELL_CHUNK 256u

struct wasm_validator {
    const struct wasm_module *module;
    struct wasm_error *error;
    enum wasm_error_code code; // of the first failure
    struct cursor c;
    const struct wasm_functype *functype;
    uint32_t body; // offset in the module

    wasm_type_t *types; // operand stack
    uint32_t height;
    uint32_t room;
    struct wasm_control *controls; // the function's own is the first
    uint32_t depth;                // 0: its `end` was read
    uint32_t control_room;
    wasm_type_t *locals; // types, parameters first
    uint32_t local_count;
    uint32_t local_room;
    // Locals without a default value that are set now: a bit each, and a stack of those
    // set since each control frame began, to be unset at its end.
    uint64_t *set_locals;
    uint32_t set_locals_room;
    uint32_t *set_stack;
    uint32_t set_count;
    uint32_t set_room;
    struct wasm_catch *catches;
    uint32_t catch_room;
    // A result type of a block that stands in the instruction itself: a cell for each
    // depth of nesting, in chunks that stay where they are.
    wasm_type_t *cells[WASM_LIMIT_NESTING / WASM_CELL_CHUNK + 1];
    struct wasm_hint_reader hints;
    // Of a constant expression: its result, and the bitmap of functions that ref.func
    // adds to. NULL: of a function body, where it must be declared.
    wasm_type_t constant_type;
    uint8_t *declare;
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

// Reads the constant expression at *c, which must yield one value of `type`, and moves *c
// behind its `end`. `declare` takes the functions named in ref.func.
WASM_NODISCARD bool wasm_validator_constant(struct wasm_validator *v, struct cursor *c,
                                            wasm_type_t type, uint8_t *declare);

// Whether all branch hints are at branches. Compiling ignores those that are not, as the
// specification has it for custom sections; this is for tools that want to know.
WASM_NODISCARD enum wasm_error_code
wasm_module_check_hints(const struct wasm_module *module, struct wasm_error *error);

// ---- For the files of the validator ----

// What follows the opcode. In the text format the same, in the order of the comments.
enum wasm_immediates {
    IMM_NONE,
    IMM_BLOCK,     // label? blocktype
    IMM_TRY_TABLE, // label? blocktype catch*
    IMM_LABEL,
    IMM_LABELS, // br_table
    IMM_FUNC,
    IMM_TYPE,
    IMM_TYPE_TABLE, // call_indirect; text: table? typeuse
    IMM_SELECT,     // vec(valtype); text: (result t)*
    IMM_LOCAL,
    IMM_GLOBAL,
    IMM_TABLE, // text: may be left out, then 0; like memories and tables below
    IMM_TAG,
    IMM_MEM8, // these five in order: the natural alignment; text: memory? offset=?
              // align=?
    IMM_MEM16,
    IMM_MEM32,
    IMM_MEM64,
    IMM_MEM128,
    IMM_MEM8_LANE, // a memory argument and a lane
    IMM_MEM16_LANE,
    IMM_MEM32_LANE,
    IMM_MEM64_LANE,
    IMM_MEMORY,
    IMM_MEMORY_MEMORY, // target, source
    IMM_DATA_MEMORY,   // text: memory? data
    IMM_DATA,
    IMM_ELEM_TABLE, // text: table? elem
    IMM_ELEM,
    IMM_TABLE_TABLE,
    IMM_I32,
    IMM_I64,
    IMM_F32,
    IMM_F64,
    IMM_V128,
    IMM_SHUFFLE, // 16 lanes of 32
    IMM_LANE2,   // a lane below that number
    IMM_LANE4,
    IMM_LANE8,
    IMM_LANE16,
    IMM_HEAPTYPE, // text: ref.null: heaptype; ref.test, ref.cast: reftype (whose `null`
                  // picks the opcode)
    IMM_CAST, // br_on_cast: flags, label, heaptype, heaptype; text: label reftype reftype
    IMM_TYPE_FIELD,
    IMM_TYPE_LEN, // array.new_fixed
    IMM_TYPE_TYPE,
    IMM_TYPE_DATA,
    IMM_TYPE_ELEM,
    IMM_FENCE, // a zero byte; text: nothing
};

// Marks in struct wasm_op that stand for the index type of the instruction's memory.
#define WASM_TYPE_ADDRESS 1u

struct wasm_op {
    const char *text; // NULL: no such instruction
    uint8_t imm;
    uint8_t operands[3];
    uint8_t result;
};
extern const struct wasm_op wasm_ops[WASM_OPCODE_COUNT];

// Records the first failure; always false.
bool wasm_validator_fail(struct wasm_validator *v, enum wasm_error_code code,
                         size_t offset, const char *message, ...)
    __attribute__((format(printf, 4, 5)));
// Whether what was read so far was there.
bool wasm_validator_cursor_ok(struct wasm_validator *v);
// The failure of an instruction: "type mismatch in ...".
bool wasm_validator_mismatch(struct wasm_validator *v, const struct wasm_instr *in);
bool wasm_validator_no_memory(struct wasm_validator *v);

bool wasm_read_opcode(struct wasm_validator *v, struct wasm_instr *in);
// All but those of br_table and select, which are read as they are validated.
bool wasm_read_immediates(struct wasm_validator *v, struct wasm_instr *in, uint8_t imm);
bool wasm_read_value_type(struct wasm_validator *v, wasm_type_t *out);
bool wasm_read_label(struct wasm_validator *v, uint32_t *out);

// Instructions whose types are not in the table, by the file that knows them.
bool wasm_validate_control(struct wasm_validator *v, struct wasm_instr *in);
bool wasm_validate_ref(struct wasm_validator *v, struct wasm_instr *in);
bool wasm_validate_gc(struct wasm_validator *v, struct wasm_instr *in);
bool wasm_validate_bulk(struct wasm_validator *v, struct wasm_instr *in);

// Branch hints: on to a function of the module, whose body begins at `body`; the hint of
// the instruction at `offset` (as wasm_instr.hint), asked in ascending order.
void wasm_hints_begin(struct wasm_hint_reader *h, const struct wasm_module *module,
                      uint32_t func_index, uint32_t body);
uint8_t wasm_hints_at(struct wasm_hint_reader *h, uint32_t body, uint32_t offset);
