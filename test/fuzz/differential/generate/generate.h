// SPDX-License-Identifier: Apache-2.0
//
// Makes valid modules of all of WebAssembly 3.0 out of a seed, which end soon and show
// what they compute: they log values through imported functions and export their
// memories.
//
//   plan.c     what a module has: types, functions, memories, tables, globals, tags
//   encode.c   its sections
//   body.c     function bodies: the operand stack, blocks and branches
//   numeric.c  instructions of opcodes.def whose types are in their row
//   refer.c    tables, calls, exceptions, structures and arrays
//
// What the specification leaves open stays out of sight. Float arithmetic may make a NaN
// of any bits, so a float on the stack is `dirty` until it is known not to be one:
// arithmetic and comparisons take dirty operands, everything else has them cleaned first.
// `fuel`, a global, bounds loops and recursion: without it, calls return at once and
// loops end.
#pragma once

#include "engine/engine.h"

#include <stddef.h>

enum feature {
    FEATURE_SIMD = 1 << 0,
    FEATURE_RELAXED = 1 << 1,
    FEATURE_TAIL = 1 << 2,
    FEATURE_EXCEPTIONS = 1 << 3,
    FEATURE_GC = 1 << 4,
    FEATURE_MEMORY64 = 1 << 5,
    FEATURE_MEMORIES = 1 << 6,
    FEATURE_THREADS = 1 << 7,
    FEATURE_EXTENDED = 1 << 8,
    FEATURE_FUNCREFS = 1 << 9,
    FEATURE_ALL = (1 << 10) - 1,
};

enum {
    IMPORT_LOG_I32,
    IMPORT_LOG_I64,
    IMPORT_MAKE, // i32 -> externref
    IMPORT_ASK,  // externref -> i32
    IMPORT_COUNT,
    EXPORTS_EACH = 2, // functions that call an inner one, with arguments of their own
    GLOBAL_FUEL = 0,
    VALUES_MAX = 24, // parameters and results of a function
    FIELDS_MAX = 8,
    SOME_MAX = 48, // of most things
    STACK_MAX = 4096,
    LOCALS_MAX = 64,
    DEPTH_MAX = 7, // of blocks
    FRAMES_MAX = 64,
};

struct bytes {
    uint8_t *at;
    size_t len;
    size_t room;
};

struct random {
    uint64_t state;
};

struct functype {
    uint32_t param_count;
    uint32_t result_count;
    wasm_type_t types[2 * VALUES_MAX]; // parameters, then results
};

struct field {
    wasm_type_t type; // storage type
    bool is_mutable;
};

struct gctype {
    bool is_array;
    bool is_final;
    int parent; // -1: none
    uint32_t field_count;
    struct field fields[FIELDS_MAX];
};

struct memory {
    struct wasm_limits limits;
};

struct table {
    wasm_type_t type;
    struct wasm_limits limits;
};

struct global {
    wasm_type_t type;
    bool is_mutable;
};

struct segment {
    bool is_passive;
    uint32_t count;   // bytes of data, or elements
    wasm_type_t type; // of elements
};

// Types are numbered: first the GC types, in one recursive group, then the function
// types.
struct plan {
    uint32_t features;
    struct gctype gctypes[SOME_MAX];
    uint32_t gctype_count;
    struct functype functypes[SOME_MAX];
    uint32_t functype_count;
    uint32_t funcs[SOME_MAX]; // function types by number in functypes; imports first
    uint32_t func_count;
    uint32_t inner_count; // functions that others call; after those come exported ones
    struct memory memories[4];
    uint32_t memory_count;
    struct table tables[6];
    uint32_t table_count;
    struct global globals[SOME_MAX];
    uint32_t global_count;
    uint32_t tags[4]; // function types by number
    uint32_t tag_count;
    uint32_t tag_blocks[4];     // function types () -> parameters of the tag
    uint32_t tag_ref_blocks[4]; // the same and an exnref
    bool imports_fuel;          // of each kind, the first may come from the host
    bool imports_memory;
    bool imports_table;
    bool imports_tag;
    uint32_t no_params; // the function type () -> ()
    struct segment datas[4];
    uint32_t data_count;
    struct segment elems[6];
    uint32_t elem_count;
    uint32_t elem_funcs[16]; // of segment 0, which fills table 0
    uint32_t stack_max;      // operands that a frame may gather
    uint8_t shapes;          // what the bodies have much of
};

enum dirt { CLEAN, DIRTY_F32, DIRTY_F64 }; // the lanes that may be NaN

struct operand {
    wasm_type_t type;
    enum dirt dirt;
};

struct frame {
    const wasm_type_t *label; // what a branch takes
    uint32_t label_count;
    const wasm_type_t *results;
    uint32_t result_count;
    uint32_t height;
    bool is_loop;
};

struct body {
    const struct plan *plan;
    struct random random;
    struct bytes code;
    const struct functype *type;
    wasm_type_t locals[LOCALS_MAX];
    uint32_t local_count;
    uint32_t scratch[5]; // locals of i32, i64, f32, f64, v128
    struct operand stack[STACK_MAX];
    uint32_t height;
    struct frame frames[FRAMES_MAX];
    uint32_t frame_count;
    uint32_t steps; // that are left
    uint32_t object_depth;
};

// ---- Numbers and bytes (bytes.c) ----

uint64_t random_bits(struct random *random);
uint32_t random_below(struct random *random, uint32_t limit); // limit > 0
bool random_chance(struct random *random, uint32_t percent);
void put(struct bytes *out, uint8_t byte);
void put_bytes(struct bytes *out, const void *bytes, size_t len);
void put_uleb(struct bytes *out, uint64_t value);
void put_sleb(struct bytes *out, int64_t value);
void put_heap(struct bytes *out, uint32_t heap);
void put_type(struct bytes *out, wasm_type_t type);
void put_code(struct bytes *out, uint32_t opcode); // as opcodes.def numbers them

// ---- Plans (plan.c) ----

void plan_make(struct plan *plan, struct random *random, uint32_t features);
bool plan_is_subtype(const struct plan *plan, wasm_type_t sub, wasm_type_t super);
wasm_type_t plan_value_type(const struct plan *plan, struct random *random);
wasm_type_t plan_reference_type(const struct plan *plan, struct random *random);
const struct functype *plan_func_type(const struct plan *plan, uint32_t func);
static inline bool
type_is_storage(wasm_type_t type)
{
    return type == WASM_TYPE_I8 || type == WASM_TYPE_I16;
}
// The value type of a field.
static inline wasm_type_t
type_unpacked(wasm_type_t type)
{
    return type_is_storage(type) ? WASM_TYPE_I32 : type;
}

// ---- Modules (encode.c) ----

// The module of a seed. `budgets` has the steps for each inner function, when it is not
// NULL: fewer than the seed's own leave out what comes last.
void module_make(struct bytes *out, uint64_t seed, uint32_t features,
                 const uint32_t *budgets, uint32_t budget_count);

// ---- Bodies (body.c) ----

void body_make(struct bytes *out, const struct plan *plan, uint64_t seed, uint32_t func,
               uint32_t steps);
void body_make_export(struct bytes *out, const struct plan *plan, uint64_t seed,
                      uint32_t inner);
void body_make_observe(struct bytes *out, const struct plan *plan);

static inline uint32_t
below(struct body *b, uint32_t limit)
{
    return random_below(&b->random, limit);
}
static inline bool
chance(struct body *b, uint32_t percent)
{
    return random_chance(&b->random, percent);
}
void op(struct body *b, uint32_t opcode);
void op_index(struct body *b, uint32_t opcode, uint32_t index);
void push(struct body *b, wasm_type_t type, enum dirt dirt);
void pop(struct body *b, uint32_t count);
void push_i32(struct body *b, uint32_t value); // pushes a constant
void push_index(struct body *b, bool is_64, uint64_t value);
void push_local(struct body *b, uint32_t local);
void set_local(struct body *b, uint32_t local);
void push_simple(struct body *b, wasm_type_t type); // a value of the type, from anywhere
void clean_top(struct body *b);
uint32_t scratch_of(const struct body *b, wasm_type_t type);
// Has operands of these types on top: those that are there, or new ones. `accepted` is
// the dirt that may stay.
void need(struct body *b, const wasm_type_t *types, uint32_t count, enum dirt accepted);
void need_one(struct body *b, wasm_type_t type);
bool top_is(const struct body *b, wasm_type_t type);
void log_top(struct body *b);
void log_all(struct body *b, uint32_t height);
void block_begin(struct body *b, uint32_t opcode, const struct functype *type,
                 int type_index, wasm_type_t single);
void block_end(struct body *b);
void body_sequence(struct body *b, uint32_t steps);
uint32_t find_label(struct body *b, const wasm_type_t *types,
                    uint32_t count); // or FRAMES_MAX

// ---- numeric.c ----

void numeric_step(struct body *b);
void memory_step(struct body *b);
void bulk_step(struct body *b);
// An i32, mostly a comparison's outcome, above `reserved` operands that are to stay.
void condition(struct body *b, uint32_t reserved);

// ---- refer.c ----

void table_step(struct body *b);
void call_step(struct body *b);
bool tail_call_step(struct body *b); // true: nothing after it is reached
void exception_step(struct body *b);
void gc_step(struct body *b);
// Logs some of an object of the GC type, if the instruction (local.get, global.get or
// table.get `from`) gives one.
void log_object(struct body *b, uint32_t index, uint32_t opcode, uint32_t from,
                uint32_t element);
void push_reference(struct body *b, wasm_type_t type);
