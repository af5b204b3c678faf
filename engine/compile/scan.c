// SPDX-License-Identifier: Apache-2.0
//
// A quick look over a body before it is compiled: which locals are used most, what loops
// write and whether they call. Most of it only makes code good or bad. Two answers are
// right of every valid body, and baseline.c refuses it when they were not: whether it
// catches, and whether it is a leaf. The body is not validated yet, and the look ends
// where it makes no sense.
#include "base/string.h"
#include "engine/compile/compiler.h"

enum {
    LEVELS_MAX = 512,    // of nesting that is followed
    LOOPS_MAX = 1 << 16, // that are recorded
    WEIGHT_SHIFT = 3,    // a level of loops counts 8 times
    LOOP_WEIGHT_MAX = 4,
};
#define WEIGHT_MAX (1u << 30)
#define NO_LOOP    UINT32_MAX

struct scan {
    struct compiler *c;
    const uint8_t *at;
    const uint8_t *end;
    uint32_t depth;
    uint32_t loop;       // the innermost, or NO_LOOP
    uint32_t loop_depth; // how many there are around
    // Of each level: the loop that it is, or NO_LOOP.
    uint32_t levels[LEVELS_MAX];
    uint32_t overflow; // levels beyond LEVELS_MAX
};

// ---- Reading ----

static inline uint32_t
read_leb(struct scan *s)
{
    uint32_t value = 0;
    if (s->at < s->end && *s->at < 0x80)
        return *s->at++;
    for (uint32_t shift = 0; s->at < s->end; shift += 7) {
        uint8_t byte = *s->at++;
        if (shift < 32)
            value |= (uint32_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            break;
    }
    return value;
}

static void
skip(struct scan *s, uint64_t bytes)
{
    uint64_t left = (uint64_t)(s->end - s->at);
    s->at += bytes < left ? bytes : left;
}

// A type index in two bytes may have the value of a reference type's code, but is none.
static void
skip_type(struct scan *s)
{
    uint8_t code = s->at < s->end ? *s->at : 0;
    read_leb(s);
    if (code == WASM_REF || code == WASM_REF_NULL)
        read_leb(s);
}

static void
skip_types(struct scan *s)
{
    for (uint32_t left = read_leb(s); left > 0 && s->at < s->end; left--)
        skip_type(s);
}

static void
skip_memory_argument(struct scan *s)
{
    if (read_leb(s) & 0x40)
        read_leb(s);
    read_leb(s);
}

static void
skip_catches(struct scan *s)
{
    for (uint32_t left = read_leb(s); left > 0 && s->at < s->end; left--) {
        uint32_t kind = read_leb(s);
        if (kind <= WASM_CATCH_REF)
            read_leb(s);
        read_leb(s);
    }
}

static void
skip_labels(struct scan *s)
{
    for (uint64_t left = (uint64_t)read_leb(s) + 1; left > 0 && s->at < s->end; left--)
        read_leb(s);
}

static void
skip_immediates(struct scan *s, uint8_t imm)
{
    switch ((enum wasm_immediates)imm) {
    case IMM_NONE:
        break;
    case IMM_BLOCK:
        skip_type(s);
        break;
    case IMM_TRY_TABLE:
        skip_type(s);
        skip_catches(s);
        break;
    case IMM_LABELS:
        skip_labels(s);
        break;
    case IMM_SELECT:
        skip_types(s);
        break;
    case IMM_MEM8 ... IMM_MEM128:
        skip_memory_argument(s);
        break;
    case IMM_MEM8_LANE ... IMM_MEM64_LANE:
        skip_memory_argument(s);
        skip(s, 1);
        break;
    case IMM_F32:
        skip(s, 4);
        break;
    case IMM_F64:
        skip(s, 8);
        break;
    case IMM_V128:
    case IMM_SHUFFLE:
        skip(s, 16);
        break;
    case IMM_LANE2 ... IMM_LANE16:
    case IMM_FENCE:
        skip(s, 1);
        break;
    case IMM_CAST:
        skip(s, 1);
        read_leb(s);
        read_leb(s);
        read_leb(s);
        break;
    case IMM_TYPE_TABLE:
    case IMM_MEMORY_MEMORY:
    case IMM_DATA_MEMORY:
    case IMM_ELEM_TABLE:
    case IMM_TABLE_TABLE:
    case IMM_TYPE_FIELD:
    case IMM_TYPE_LEN:
    case IMM_TYPE_TYPE:
    case IMM_TYPE_DATA:
    case IMM_TYPE_ELEM:
        read_leb(s);
        read_leb(s);
        break;
    default:
        read_leb(s);
        break;
    }
}

static uint32_t
read_opcode(struct scan *s)
{
    static const uint16_t bases[] = {0x200, 0x100, 0x300, 0x500}; // 0xfb to 0xfe
    uint8_t byte = *s->at++;
    if (byte < 0xfb || byte == 0xff)
        return byte;
    return bases[byte - 0xfb] + read_leb(s);
}

// ---- What is found ----

// Whether the instruction loses the registers that calls do not keep.
static bool
is_call(uint32_t op)
{
    return (op >= WASM_OP_CALL && op <= WASM_OP_CALL_REF && op != WASM_OP_RETURN_CALL &&
            op != WASM_OP_RETURN_CALL_INDIRECT) ||
           op == WASM_OP_MEMORY_GROW ||
           (op >= WASM_OP_MEMORY_INIT && op <= WASM_OP_TABLE_FILL &&
            op != WASM_OP_TABLE_SIZE) ||
           (op >= WASM_OP_STRUCT_NEW && op <= WASM_OP_REF_CAST_NULL) ||
           (op >= WASM_OP_MEMORY_ATOMIC_NOTIFY && op <= WASM_OP_MEMORY_ATOMIC_WAIT64);
}

// Whether something else than such a call runs on the stack below this function's frame,
// or values come on the operand stack that no instruction has pushed.
static bool
is_no_leaf(uint32_t op)
{
    return op == WASM_OP_THROW || op == WASM_OP_THROW_REF || op == WASM_OP_TRY_TABLE ||
           op == WASM_OP_RETURN_CALL || op == WASM_OP_RETURN_CALL_INDIRECT ||
           op == WASM_OP_RETURN_CALL_REF;
}

static void
note_call(struct scan *s)
{
    struct compiler *c = s->c;
    c->has_calls = true;
    c->is_leaf = false;
    if (s->loop != NO_LOOP)
        c->loops[s->loop].has_call = true;
}

static void
note_local(struct scan *s, uint32_t local, bool is_write)
{
    struct compiler *c = s->c;
    if (local >= c->validator.local_count)
        return;
    uint32_t levels = s->loop_depth < LOOP_WEIGHT_MAX ? s->loop_depth : LOOP_WEIGHT_MAX;
    if (c->weights[local] < WEIGHT_MAX)
        c->weights[local] += 1u << WEIGHT_SHIFT * levels;
    if (s->loop == NO_LOOP)
        return;
    c->loops[s->loop].uses |= 1ull << local % 64;
    if (is_write)
        c->loops[s->loop].writes |= 1ull << local % 64;
}

static bool
begin_level(struct scan *s, bool is_loop)
{
    struct compiler *c = s->c;
    uint32_t loop = NO_LOOP;
    if (is_loop && c->loop_count < LOOPS_MAX) {
        if (c->loop_count == c->loop_room &&
            !compile_grow(c, &c->loops, &c->loop_room, (uint64_t)c->loop_count + 1,
                          sizeof *c->loops))
            return false;
        loop = c->loop_count++;
        c->loops[loop] = (struct loop_use){.outer = s->loop};
    }
    if (s->depth == LEVELS_MAX) {
        s->overflow++;
        return true;
    }
    s->levels[s->depth++] = loop;
    if (loop != NO_LOOP) {
        s->loop = loop;
        s->loop_depth++;
    }
    return true;
}

// An inner loop is part of the outer one.
static void
end_level(struct scan *s)
{
    struct loop_use *loops = s->c->loops;
    if (s->overflow > 0) {
        s->overflow--;
        return;
    }
    if (s->depth == 0 || s->levels[--s->depth] == NO_LOOP)
        return;
    const struct loop_use *inner = &loops[s->loop];
    s->loop = inner->outer;
    s->loop_depth--;
    if (s->loop == NO_LOOP)
        return;
    loops[s->loop].uses |= inner->uses;
    loops[s->loop].writes |= inner->writes;
    loops[s->loop].has_call |= inner->has_call;
}

static bool
scan_instruction(struct scan *s)
{
    uint32_t op = read_opcode(s);
    if (op >= WASM_OP_LOCAL_GET && op <= WASM_OP_LOCAL_TEE) {
        note_local(s, read_leb(s), op != WASM_OP_LOCAL_GET);
        return true;
    }
    if (op >= WASM_OP_I32_EQZ && op <= WASM_OP_I64_EXTEND32_S) // no immediates
        return true;
    if (op >= WASM_OPCODE_COUNT || !wasm_ops[op].text)
        return false;
    if (op == WASM_OP_END)
        end_level(s);
    else if ((op >= WASM_OP_BLOCK && op <= WASM_OP_IF) || op == WASM_OP_TRY_TABLE)
        if (!begin_level(s, op == WASM_OP_LOOP))
            return false;
    if (op == WASM_OP_TRY_TABLE)
        s->c->may_catch = true;
    if (is_call(op))
        note_call(s);
    if (is_no_leaf(op))
        s->c->is_leaf = false;
    uint8_t imm = wasm_ops[op].imm;
    if (imm >= IMM_MEM8 && imm <= IMM_MEM64_LANE)
        s->c->uses_memory = true;
    skip_immediates(s, imm);
    return true;
}

bool
locals_scan(struct compiler *c)
{
    struct scan s = {
        .c = c, .at = c->validator.c.at, .end = c->validator.c.end, .loop = NO_LOOP};
    uint32_t count = c->validator.local_count;
    c->loop_count = 0;
    c->has_calls = false;
    c->is_leaf = true;
    c->may_catch = false;
    c->uses_memory = false;
    if (count > c->weight_room &&
        !compile_grow(c, &c->weights, &c->weight_room, count, sizeof *c->weights))
        return false;
    if (count)
        memset(c->weights, 0, count * sizeof *c->weights);
    while (s.at < s.end && scan_instruction(&s))
        ;
    // What was not seen may be anything.
    for (; s.loop != NO_LOOP; s.loop = c->loops[s.loop].outer)
        c->loops[s.loop].has_call = true;
    if (s.at < s.end) {
        c->has_calls = true;
        c->is_leaf = false;
        c->uses_memory = c->module->memory_count > 0;
    }
    return c->code == WASM_OK;
}
