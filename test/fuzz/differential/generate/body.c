// SPDX-License-Identifier: Apache-2.0
//
// Representation: `stack` has the types of all operands, a frame owns those above its
// height. Code that is never reached is made like other code, on an empty stack.
#include "test/fuzz/differential/generate/generate.h"

#include <stdlib.h>
#include <string.h>

enum { FUEL = 150 };

static const wasm_type_t scratch_types[] = {WASM_TYPE_I32, WASM_TYPE_I64, WASM_TYPE_F32,
                                            WASM_TYPE_F64, WASM_TYPE_V128};

// ---- Emitting ----

void
op(struct body *b, uint32_t opcode)
{
    put_code(&b->code, opcode);
}

void
op_index(struct body *b, uint32_t opcode, uint32_t index)
{
    put_code(&b->code, opcode);
    put_uleb(&b->code, index);
}

void
push(struct body *b, wasm_type_t type, enum dirt dirt)
{
    if (b->height == STACK_MAX)
        abort();
    b->stack[b->height++] = (struct operand){type, dirt};
}

void
pop(struct body *b, uint32_t count)
{
    if (b->height < count)
        abort();
    b->height -= count;
}

void
push_i32(struct body *b, uint32_t value)
{
    op(b, 0x41);
    put_sleb(&b->code, (int32_t)value);
    push(b, WASM_TYPE_I32, CLEAN);
}

void
push_index(struct body *b, bool is_64, uint64_t value)
{
    if (!is_64) {
        push_i32(b, (uint32_t)value);
        return;
    }
    op(b, 0x42);
    put_sleb(&b->code, (int64_t)value);
    push(b, WASM_TYPE_I64, CLEAN);
}

void
push_local(struct body *b, uint32_t local)
{
    op_index(b, 0x20, local);
    push(b, b->locals[local], CLEAN);
}

void
set_local(struct body *b, uint32_t local)
{
    op_index(b, 0x21, local);
    pop(b, 1);
}

uint32_t
scratch_of(const struct body *b, wasm_type_t type)
{
    uint32_t i = 0;
    while (scratch_types[i] != type)
        i++;
    return b->scratch[i];
}

// ---- Operands ----

// A NaN on top becomes zero, each lane of a vector on its own.
void
clean_top(struct body *b)
{
    struct operand *top = &b->stack[b->height - 1];
    if (top->dirt == CLEAN)
        return;
    static const uint8_t zeros[8];
    uint32_t local = scratch_of(b, top->type);
    op_index(b, 0x22, local);
    if (top->type != WASM_TYPE_V128) {
        op(b, top->type == WASM_TYPE_F32 ? 0x43 : 0x44);
        put_bytes(&b->code, zeros, top->type == WASM_TYPE_F32 ? 4 : 8);
    }
    op_index(b, 0x20, local);
    op_index(b, 0x20, local);
    if (top->type == WASM_TYPE_V128) {
        op(b, top->dirt == DIRTY_F32 ? 0x341 : 0x347);
        op(b, 0x34e);
    } else {
        op(b, top->type == WASM_TYPE_F32 ? 0x5b : 0x61);
        op(b, 0x1b);
    }
    top->dirt = CLEAN;
}

bool
top_is(const struct body *b, wasm_type_t type)
{
    return b->height > b->frames[b->frame_count - 1].height &&
           plan_is_subtype(b->plan, b->stack[b->height - 1].type, type);
}

static bool
accepts(const struct operand *operand, enum dirt accepted)
{
    return operand->dirt == CLEAN || operand->dirt == accepted ||
           (accepted != CLEAN && operand->type != WASM_TYPE_V128);
}

static bool
stack_matches(const struct body *b, const wasm_type_t *types, uint32_t count,
              enum dirt accepted)
{
    uint32_t floor = b->frames[b->frame_count - 1].height;
    if (b->height - floor < count)
        return false;
    const struct operand *operands = &b->stack[b->height - count];
    for (uint32_t i = 0; i < count; i++)
        if (!plan_is_subtype(b->plan, operands[i].type, types[i]) ||
            (i + 1 < count && !accepts(&operands[i], accepted)))
            return false;
    return true;
}

void
need(struct body *b, const wasm_type_t *types, uint32_t count, enum dirt accepted)
{
    if (count == 0)
        return;
    if (!stack_matches(b, types, count, accepted) || chance(b, 8)) {
        // One that is there and the rest new: other places than all new ones.
        uint32_t have = stack_matches(b, types, 1, CLEAN) && chance(b, 50) ? 1 : 0;
        if (have)
            clean_top(b);
        for (uint32_t i = have; i < count; i++)
            push_simple(b, types[i]);
        return;
    }
    if (!accepts(&b->stack[b->height - 1], accepted))
        clean_top(b);
}

void
need_one(struct body *b, wasm_type_t type)
{
    need(b, &type, 1, CLEAN);
}

static uint64_t
constant_bits(struct body *b)
{
    static const uint64_t some[] = {
        0, 1, 2, 3, 7, 8, 15, 16, 31, 32, 33, 63, 64, 127, 128, 255, 256, 32767, 32768,
        65535, 65536, 0x7fffffff, 0x80000000u, 0xffffffffu, 0xfffffffeu, 0x100000000,
        0x7fffffffffffffff, 0x8000000000000000u, 0xffffffffffffffffu,
        // halves between floats
        0x8000000000000401u, 0x8000000000000c00u, 0x0020000000000001, 0x0020000000000003,
        0x8000008000000001u, 0x8000008000000000u, 0xfffffffffffffbffu, 0x0000000001000001,
        0xffffff7fffffffffu,
        // floats
        0x3f800000, 0xbf800000u, 0x3f000000, 0x40490fdb, 0x7f800000, 0xff800000u,
        0x7fc00000, 0x00000001, 0x007fffff, 0x4f000000, 0xcf000001u, 0x4f800000,
        0x5f000000, 0x3ff0000000000000, 0xbff0000000000000u, 0x3fe0000000000000,
        0x7ff0000000000000, 0xfff0000000000000u, 0x7ff8000000000000, 0x41e0000000000000,
        0xc1e0000000200000u, 0x41f0000000000000, 0x43e0000000000000, 0x0000000000000001,
        0x400921fb54442d18,
        // lanes
        0x0102030405060708, 0x8080808080808080u, 0x7f7f7f7f7f7f7f7f, 0x00ff00ff00ff00ff,
        0x8000800080008000u, 0x7fff7fff8000ffffu, 0xffffffff00000000u, 0x3f8000003f800000,
        0x7f800000ff800000, 0x8000000080000000u};
    uint32_t roll = below(b, 100);
    if (roll < 20)
        return below(b, 20);
    return roll < 80 ? some[below(b, sizeof(some) / sizeof(*some))]
                     : random_bits(&b->random);
}

static void
push_constant(struct body *b, wasm_type_t type)
{
    uint64_t bits = constant_bits(b);
    switch (type) {
    case WASM_TYPE_I32:
        push_i32(b, (uint32_t)bits);
        return;
    case WASM_TYPE_I64:
        push_index(b, true, bits);
        return;
    case WASM_TYPE_F32:
        op(b, 0x43);
        put_bytes(&b->code, &bits, 4);
        break;
    case WASM_TYPE_F64:
        op(b, 0x44);
        put_bytes(&b->code, &bits, 8);
        break;
    default:
        op(b, 0x30c);
        put_bytes(&b->code, &bits, 8);
        if (chance(b, 60))
            bits = constant_bits(b);
        put_bytes(&b->code, &bits, 8);
        break;
    }
    push(b, type, CLEAN);
}

// A local or global of the type or below it, or SOME_MAX.
static uint32_t
pick(struct body *b, wasm_type_t type, bool is_global)
{
    uint32_t count = is_global ? b->plan->global_count : b->local_count;
    uint32_t first = below(b, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = (first + i) % count;
        wasm_type_t its = is_global ? b->plan->globals[at].type : b->locals[at];
        if ((!is_global || at != GLOBAL_FUEL) && plan_is_subtype(b->plan, its, type))
            return at;
    }
    return UINT32_MAX;
}

void
push_simple(struct body *b, wasm_type_t type)
{
    uint32_t roll = below(b, 100);
    uint32_t place = roll < 50 ? pick(b, type, false) : UINT32_MAX;
    if (place != UINT32_MAX) {
        push_local(b, place);
        return;
    }
    place = roll < 62 ? pick(b, type, true) : UINT32_MAX;
    if (place != UINT32_MAX) {
        op_index(b, 0x23, place);
        push(b, b->plan->globals[place].type, CLEAN);
        return;
    }
    if (wasm_type_is_ref(type))
        push_reference(b, type);
    else
        push_constant(b, type);
}

// ---- What is seen ----

static void
log_vector(struct body *b)
{
    uint32_t local = scratch_of(b, WASM_TYPE_V128);
    set_local(b, local);
    for (uint8_t lane = 0; lane < 2; lane++) {
        op_index(b, 0x20, local);
        op_index(b, 0x31d, lane);
        op_index(b, 0x10, IMPORT_LOG_I64);
    }
}

static void
log_reference(struct body *b, wasm_type_t type)
{
    bool is_any = plan_is_subtype(b->plan, type, WASM_TYPE_ANYREF);
    pop(b, 1);
    if (plan_is_subtype(b->plan, type, WASM_TYPE_EXTERNREF)) {
        op_index(b, 0x10, IMPORT_ASK);
    } else if (is_any && (b->plan->features & FEATURE_GC) && chance(b, 70)) {
        op(b, chance(b, 50) ? 0x214 : 0x215);
        put_heap(&b->code, b->plan->gctype_count && chance(b, 70)
                               ? below(b, b->plan->gctype_count)
                               : WASM_HEAP_I31);
    } else {
        op(b, 0xd1);
    }
    op_index(b, 0x10, IMPORT_LOG_I32);
}

void
log_top(struct body *b)
{
    clean_top(b);
    wasm_type_t type = b->stack[b->height - 1].type;
    if (wasm_type_is_ref(type)) {
        log_reference(b, type);
        return;
    }
    if (type == WASM_TYPE_V128) {
        log_vector(b);
        return;
    }
    pop(b, 1);
    if (type == WASM_TYPE_F32)
        op(b, 0xbc);
    if (type == WASM_TYPE_F64)
        op(b, 0xbd);
    bool is_wide = type == WASM_TYPE_I64 || type == WASM_TYPE_F64;
    op_index(b, 0x10, is_wide ? IMPORT_LOG_I64 : IMPORT_LOG_I32);
}

void
log_all(struct body *b, uint32_t height)
{
    while (b->height > height)
        log_top(b);
}

// ---- Variables ----

static void
local_step(struct body *b)
{
    uint32_t local = below(b, b->local_count);
    need_one(b, b->locals[local]);
    if (chance(b, 60)) {
        set_local(b, local);
    } else {
        op_index(b, 0x22, local);
        b->stack[b->height - 1].type = b->locals[local];
    }
}

static void
global_step(struct body *b)
{
    uint32_t global = below(b, b->plan->global_count);
    if (global == GLOBAL_FUEL || !b->plan->globals[global].is_mutable)
        return;
    need_one(b, b->plan->globals[global].type);
    op_index(b, 0x24, global);
    pop(b, 1);
}

static void
select_step(struct body *b)
{
    wasm_type_t type = plan_value_type(b->plan, &b->random);
    wasm_type_t types[2] = {type, type};
    need(b, types, 2, CLEAN);
    condition(b, 2);
    if (wasm_type_is_ref(type) || chance(b, 20)) {
        op(b, 0x1c);
        put_uleb(&b->code, 1);
        put_type(&b->code, type);
    } else {
        op(b, 0x1b);
    }
    pop(b, 3);
    push(b, type, CLEAN);
}

// ---- Blocks ----

static void
put_block_type(struct body *b, const struct functype *type, int type_index,
               wasm_type_t single)
{
    if (type_index >= 0)
        put_sleb(&b->code, (int64_t)b->plan->gctype_count + type_index);
    else if (type->result_count == 1)
        put_type(&b->code, single);
    else
        put(&b->code, 0x40);
}

// The parameters are on the stack. A negative index: no parameters, one or no result,
// whose type is `single`; then `type` only has the counts.
void
block_begin(struct body *b, uint32_t opcode, const struct functype *type, int type_index,
            wasm_type_t single)
{
    op(b, opcode);
    put_block_type(b, type, type_index, single);
    if (b->frame_count == FRAMES_MAX)
        abort();
    bool is_loop = opcode == 0x03;
    const wasm_type_t *results = type->types + type->param_count;
    b->frames[b->frame_count++] = (struct frame){
        .label = is_loop ? type->types : results,
        .label_count = is_loop ? type->param_count : type->result_count,
        .results = results,
        .result_count = type->result_count,
        .height = b->height - type->param_count,
        .is_loop = is_loop,
    };
}

static void
push_all(struct body *b, const wasm_type_t *types, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        push(b, types[i], CLEAN);
}

// Has the results on the stack, and nothing else in the frame.
static void
finish(struct body *b)
{
    const struct frame *frame = &b->frames[b->frame_count - 1];
    need(b, frame->results, frame->result_count, CLEAN);
    if (b->height - frame->height > frame->result_count) {
        if (frame->is_loop) {
            while (b->height > frame->height) {
                op(b, 0x1a);
                pop(b, 1);
            }
            for (uint32_t i = 0; i < frame->result_count; i++)
                push_simple(b, frame->results[i]);
        } else {
            op_index(b, 0x0c, 0);
        }
    }
    b->height = frame->height;
}

void
block_end(struct body *b)
{
    finish(b);
    op(b, 0x0b);
    const struct frame *frame = &b->frames[--b->frame_count];
    push_all(b, frame->results, frame->result_count);
}

// A label that takes these types, as a depth; FRAMES_MAX: none. Never a loop.
uint32_t
find_label(struct body *b, const wasm_type_t *types, uint32_t count)
{
    uint32_t first = below(b, b->frame_count);
    for (uint32_t i = 0; i < b->frame_count; i++) {
        uint32_t depth = (first + i) % b->frame_count;
        const struct frame *frame = &b->frames[b->frame_count - 1 - depth];
        bool matches = frame->label_count == count && !frame->is_loop;
        for (uint32_t j = 0; matches && j < count; j++)
            matches = plan_is_subtype(b->plan, types[j], frame->label[j]);
        if (matches)
            return depth;
    }
    return FRAMES_MAX;
}

static void
burn(struct body *b)
{
    op_index(b, 0x23, GLOBAL_FUEL);
    op(b, 0x41);
    put(&b->code, 1);
    op(b, 0x6b);
    op_index(b, 0x24, GLOBAL_FUEL);
}

// Traps far below no fuel: for loops that are entered again and again.
static void
burn_loop(struct body *b)
{
    burn(b);
    op_index(b, 0x23, GLOBAL_FUEL);
    op(b, 0x41);
    put_sleb(&b->code, -1000);
    op(b, 0x48);
    op(b, 0x04);
    put(&b->code, 0x40);
    op(b, 0x00);
    op(b, 0x0b);
}

// Some type with few parameters and results, or -1 and *simple with at most one result.
static int
pick_block_type(struct body *b, struct functype *simple)
{
    if (chance(b, 50))
        for (int tries = 0; tries < 4; tries++) {
            uint32_t index = below(b, b->plan->functype_count);
            const struct functype *type = &b->plan->functypes[index];
            if (type->param_count + type->result_count <= 8) {
                *simple = *type;
                return (int)index;
            }
        }
    simple->param_count = 0;
    simple->result_count = chance(b, 60);
    simple->types[0] = plan_value_type(b->plan, &b->random);
    return -1;
}

static void
block_step(struct body *b)
{
    static const uint32_t opcodes[] = {0x02, 0x03, 0x04, 0x04};
    if (b->frame_count > DEPTH_MAX)
        return;
    struct functype type;
    int index = pick_block_type(b, &type);
    uint32_t opcode = opcodes[below(b, 4)];
    need(b, type.types, type.param_count, CLEAN);
    if (opcode == 0x04)
        condition(b, type.param_count);
    uint32_t steps = below(b, b->steps / 2 + 2);
    if (opcode == 0x04)
        pop(b, 1);
    block_begin(b, opcode, &type, index, type.types[0]);
    pop(b, type.param_count);
    push_all(b, type.types, type.param_count);
    if (opcode == 0x03)
        burn_loop(b);
    body_sequence(b, steps);
    bool is_same = type.param_count == type.result_count &&
                   memcmp(type.types, type.types + type.param_count,
                          type.param_count * sizeof(type.types[0])) == 0;
    if (opcode == 0x04 && (!is_same || chance(b, 50))) {
        finish(b);
        op(b, 0x05);
        push_all(b, type.types, type.param_count);
        body_sequence(b, steps);
    }
    block_end(b);
}

// ---- Branches ----

static const struct frame *
frame_at(const struct body *b, uint32_t depth)
{
    return &b->frames[b->frame_count - 1 - depth];
}

// What comes now is not reached.
static void
unreachable_from_here(struct body *b)
{
    b->height = b->frames[b->frame_count - 1].height;
    if (chance(b, 80))
        b->steps = 0;
}

static void
branch_if_step(struct body *b)
{
    uint32_t depth = below(b, b->frame_count);
    const struct frame *frame = frame_at(b, depth);
    need(b, frame->label, frame->label_count, CLEAN);
    condition(b, frame->label_count);
    if (frame->is_loop) {
        op_index(b, 0x23, GLOBAL_FUEL);
        op(b, 0x41);
        put(&b->code, 0);
        op(b, 0x4a);
        op(b, 0x71);
    }
    op_index(b, 0x0d, depth);
    pop(b, 1 + frame->label_count);
    push_all(b, frame->label, frame->label_count);
}

static bool
branch_table_step(struct body *b)
{
    uint32_t targets[12], depth = below(b, b->frame_count);
    const struct frame *frame = frame_at(b, depth);
    uint32_t count = below(b, 11);
    if (frame->is_loop)
        return false;
    need(b, frame->label, frame->label_count, CLEAN);
    for (uint32_t i = 0; i <= count; i++) {
        targets[i] = find_label(b, frame->label, frame->label_count);
        if (targets[i] == FRAMES_MAX)
            targets[i] = depth;
    }
    condition(b, frame->label_count);
    op(b, 0x0e);
    put_uleb(&b->code, count);
    for (uint32_t i = 0; i <= count; i++)
        put_uleb(&b->code, targets[i]);
    return true;
}

static bool
branch_step(struct body *b)
{
    uint32_t depth = below(b, b->frame_count);
    const struct frame *frame = frame_at(b, depth);
    if (frame->is_loop)
        return false;
    need(b, frame->label, frame->label_count, CLEAN);
    if (depth + 1 == b->frame_count && chance(b, 50))
        op(b, 0x0f);
    else
        op_index(b, 0x0c, depth);
    return true;
}

static void
leave_step(struct body *b)
{
    uint32_t roll = below(b, 100);
    bool leaves = roll < 45   ? branch_table_step(b)
                  : roll < 80 ? branch_step(b)
                              : tail_call_step(b);
    if (leaves)
        unreachable_from_here(b);
}

static void
br_on_null_step(struct body *b)
{
    if (!(b->plan->features & FEATURE_FUNCREFS))
        return;
    uint32_t depth = below(b, b->frame_count);
    const struct frame *frame = frame_at(b, depth);
    wasm_type_t type = plan_reference_type(b->plan, &b->random);
    if (frame->is_loop)
        return;
    need(b, frame->label, frame->label_count, CLEAN);
    push_simple(b, type);
    uint32_t heap = wasm_type_heap(b->stack[b->height - 1].type);
    op_index(b, 0xd5, depth);
    pop(b, 1 + frame->label_count);
    push_all(b, frame->label, frame->label_count);
    push(b, wasm_type_ref(heap, false), CLEAN);
}

// ---- Steps ----

static void
one_step(struct body *b)
{
    uint32_t roll = below(b, 100), shape = b->plan->shapes;
    bool likes_blocks = shape & 1, likes_memory = shape & 2, likes_calls = shape & 4,
         likes_gc = shape & 8;
    if (likes_gc && (b->plan->features & FEATURE_GC) && chance(b, 50))
        gc_step(b);
    else if (likes_memory && chance(b, 40))
        memory_step(b);
    else if (likes_calls && chance(b, 20))
        call_step(b);
    else if (likes_blocks && chance(b, 25))
        block_step(b);
    else if (roll < 32)
        numeric_step(b);
    else if (roll < 42)
        memory_step(b);
    else if (roll < 45)
        bulk_step(b);
    else if (roll < 50)
        block_step(b);
    else if (roll < 56)
        branch_if_step(b);
    else if (roll < 58)
        leave_step(b);
    else if (roll < 68)
        local_step(b);
    else if (roll < 72)
        global_step(b);
    else if (roll < 75)
        select_step(b);
    else if (roll < 80)
        call_step(b);
    else if (roll < 84)
        table_step(b);
    else if (roll < 89)
        exception_step(b);
    else if (roll < 96)
        gc_step(b);
    else if (roll < 97)
        br_on_null_step(b);
    else if (b->height > b->frames[b->frame_count - 1].height)
        log_top(b);
}

// Uses up to `steps` of what is left.
void
body_sequence(struct body *b, uint32_t steps)
{
    uint32_t kept = b->steps > steps ? b->steps - steps : 0;
    b->steps = steps < b->steps ? steps : b->steps;
    while (b->steps > 0) {
        b->steps--;
        one_step(b);
        if (b->height - b->frames[b->frame_count - 1].height > b->plan->stack_max)
            log_top(b);
    }
    b->steps = kept;
}

// ---- Functions ----

static void
put_body(struct bytes *out, const struct body *b)
{
    uint32_t declared = b->local_count + (b->plan->features & FEATURE_SIMD ? 5u : 4u) -
                        b->type->param_count;
    put_uleb(out, declared);
    for (uint32_t i = b->type->param_count; i < b->local_count; i++) {
        put(out, 1);
        put_type(out, b->locals[i]);
    }
    for (uint32_t i = 0; i < (b->plan->features & FEATURE_SIMD ? 5u : 4u); i++) {
        put(out, 1);
        put_type(out, scratch_types[i]);
    }
    put_bytes(out, b->code.at, b->code.len);
}

static void
body_init(struct body *b, const struct plan *plan, const struct functype *type,
          uint64_t seed, uint32_t local_count)
{
    b->plan = plan;
    b->type = type;
    b->random = (struct random){seed};
    b->code.len = 0;
    b->height = 0;
    b->local_count = 0;
    b->frame_count = 1;
    b->object_depth = 0;
    b->frames[0] = (struct frame){
        .label = type->types + type->param_count,
        .label_count = type->result_count,
        .results = type->types + type->param_count,
        .result_count = type->result_count,
    };
    for (uint32_t i = 0; i < type->param_count; i++)
        b->locals[b->local_count++] = type->types[i];
    for (uint32_t i = 0; i < local_count && b->local_count + 5 < LOCALS_MAX; i++)
        b->locals[b->local_count++] = plan_value_type(plan, &b->random);
    for (uint32_t i = 0; i < 5; i++) {
        b->scratch[i] = b->local_count + i;
        b->locals[b->local_count + i] = scratch_types[i];
    }
}

void
body_make(struct bytes *out, const struct plan *plan, uint64_t seed, uint32_t func,
          uint32_t steps)
{
    static struct body body;
    struct body *b = &body;
    struct random own = {seed ^ (uint64_t)func << 56};
    random_bits(&own);
    const struct functype *type = plan_func_type(plan, func);
    body_init(b, plan, type, random_bits(&own), 1 + random_below(&own, 12));
    b->steps = steps;
    // Without fuel: back at once, with zeros.
    burn(b);
    op_index(b, 0x23, GLOBAL_FUEL);
    op(b, 0x41);
    put(&b->code, 0);
    op(b, 0x48);
    op(b, 0x04);
    put(&b->code, 0x40);
    uint32_t saved = b->height;
    for (uint32_t i = 0; i < type->result_count; i++) {
        wasm_type_t result = type->types[type->param_count + i];
        if (wasm_type_is_ref(result))
            push_reference(b, result);
        else
            push_constant(b, result);
    }
    b->height = saved;
    op(b, 0x0f);
    op(b, 0x0b);
    body_sequence(b, steps);
    finish(b);
    op(b, 0x0b);
    put_body(out, b);
}

// Fills the fuel, calls the function with some arguments, logs its results; twice.
void
body_make_export(struct bytes *out, const struct plan *plan, uint64_t seed,
                 uint32_t inner)
{
    static struct body body;
    struct body *b = &body;
    const struct functype *type = plan_func_type(plan, inner);
    struct random own = {seed ^ (uint64_t)inner << 48 ^ 1};
    body_init(b, plan, &plan->functypes[plan->no_params], random_bits(&own), 0);
    for (int i = 0; i < 2; i++) {
        push_i32(b, FUEL);
        op_index(b, 0x24, GLOBAL_FUEL);
        pop(b, 1);
        for (uint32_t j = 0; j < type->param_count; j++)
            push_simple(b, type->types[j]);
        op_index(b, 0x10, inner);
        pop(b, type->param_count);
        push_all(b, type->types + type->param_count, type->result_count);
        log_all(b, 0);
    }
    op(b, 0x0b);
    put_body(out, b);
}

static bool
has_objects(const struct plan *plan, wasm_type_t type)
{
    return plan->gctype_count > 0 && plan_is_subtype(plan, type, WASM_TYPE_ANYREF);
}

static void
observe_table(struct body *b, uint32_t index)
{
    const struct table *table = &b->plan->tables[index];
    bool is_64 = table->limits.is_64;
    op_index(b, 0x110, index);
    push(b, is_64 ? WASM_TYPE_I64 : WASM_TYPE_I32, CLEAN);
    log_top(b);
    for (uint32_t i = 0; i < table->limits.min; i++) {
        push_index(b, is_64, i);
        op_index(b, 0x25, index);
        pop(b, 1);
        push(b, table->type, CLEAN);
        log_top(b);
        if (has_objects(b->plan, table->type))
            log_object(b, below(b, b->plan->gctype_count), 0x25, index, i);
    }
}

// Logs globals, and what is in tables.
void
body_make_observe(struct bytes *out, const struct plan *plan)
{
    static struct body body;
    struct body *b = &body;
    body_init(b, plan, &plan->functypes[plan->no_params], 1, 0);
    for (uint32_t i = 1; i < plan->global_count; i++) {
        op_index(b, 0x23, i);
        push(b, plan->globals[i].type, CLEAN);
        log_top(b);
        for (uint32_t j = 0;
             has_objects(plan, plan->globals[i].type) && j < plan->gctype_count; j++)
            log_object(b, j, 0x23, i, 0);
    }
    for (uint32_t i = 0; i < plan->table_count; i++)
        observe_table(b, i);
    op(b, 0x0b);
    put_body(out, b);
}
