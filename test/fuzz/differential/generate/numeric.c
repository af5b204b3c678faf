// SPDX-License-Identifier: Apache-2.0
//
// Instructions that opcodes.def tells the types of. Traps are kept seldom, so that most
// of a module runs: divisors are mostly odd, addresses mostly inside.
#include "test/fuzz/differential/generate/generate.h"

#include <string.h>

#define _ 0
#define I WASM_TYPE_I32
#define L WASM_TYPE_I64
#define F WASM_TYPE_F32
#define D WASM_TYPE_F64
#define V WASM_TYPE_V128
#define A 1 // the memory's index type

struct row {
    uint32_t code;
    const char *text;
    const char *immediates;
    wasm_type_t operands[3];
    wasm_type_t result;
};

static const struct row rows[] = {
#define OP(code, name, text, immediates, a, b, c, result)                                \
    {code, text, #immediates, {a, b, c}, result},
#include "engine/opcodes.def"
#undef OP
};

#undef _
#undef I
#undef L
#undef F
#undef D
#undef V
#undef A

enum { ADDRESS = 1, ROWS = sizeof(rows) / sizeof(rows[0]) };

static bool
starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool
is_within(uint32_t code, uint32_t first, uint32_t last)
{
    return code >= first && code <= last;
}

// ---- Which rows ----

static bool
is_numeric(const struct plan *plan, uint32_t code)
{
    if (is_within(code, 0x45, 0xc4) || is_within(code, 0x100, 0x107))
        return true;
    if (is_within(code, 0x400, 0x4ff))
        return plan->features & FEATURE_RELAXED;
    return (plan->features & FEATURE_SIMD) && is_within(code, 0x30d, 0x3ff);
}

static bool
is_memory(const struct plan *plan, uint32_t code)
{
    if (is_within(code, 0x28, 0x3e))
        return true;
    if (is_within(code, 0x500, 0x54f)) // but those that wait
        return (plan->features & FEATURE_THREADS) && code != 0x501 && code != 0x502;
    return (plan->features & FEATURE_SIMD) && is_within(code, 0x300, 0x3ff);
}

static const struct row *
pick_row(struct body *b, bool wants_memory)
{
    for (;;) {
        const struct row *row = &rows[below(b, ROWS)];
        bool has_memory = starts(row->immediates, "MEM") && row->operands[0] == ADDRESS;
        if (has_memory != wants_memory || starts(row->immediates, "MEMORY"))
            continue;
        // Mostly not a vector, unless the module likes them: they are more than all
        // others.
        bool likes_vectors = b->plan->shapes & 16;
        if (is_within(row->code, 0x300, 0x4ff) && chance(b, likes_vectors ? 10 : 60))
            continue;
        if (wants_memory ? is_memory(b->plan, row->code) : is_numeric(b->plan, row->code))
            return row;
    }
}

// ---- NaNs ----

static enum dirt
lanes_of(const char *text)
{
    return starts(text, "f32") ? DIRTY_F32 : starts(text, "f64") ? DIRTY_F64 : CLEAN;
}

// Which dirt the operands may have. Comparisons and conversions to integers see no bits.
static enum dirt
accepted_by(const struct row *row)
{
    const char *dot = strchr(row->text, '.') + 1;
    static const char *const exact[] = {"abs",    "neg",     "copysign", "pmin",
                                        "pmax",   "splat",   "extract",  "replace",
                                        "reinte", "relaxed", "convert"};
    for (size_t i = 0; i < sizeof(exact) / sizeof(*exact); i++)
        if (starts(dot, exact[i]))
            return CLEAN;
    if (starts(dot, "demote"))
        return DIRTY_F64;
    if (starts(dot, "promote"))
        return DIRTY_F32;
    if (starts(dot, "trunc_") || starts(dot, "trunc_sat"))
        return strstr(dot, "f32") ? DIRTY_F32 : DIRTY_F64;
    return lanes_of(row->text);
}

static enum dirt
result_dirt(const struct row *row)
{
    const char *dot = strchr(row->text, '.') + 1;
    if (row->result == WASM_TYPE_I32 || row->result == WASM_TYPE_I64)
        return CLEAN;
    static const char *const arithmetic[] = {
        "add",  "sub",   "mul",   "div",     "min",    "max",    "sqrt",
        "ceil", "floor", "trunc", "nearest", "demote", "promote"};
    for (size_t i = 0; i < sizeof(arithmetic) / sizeof(*arithmetic); i++)
        if (starts(dot, arithmetic[i]))
            return lanes_of(row->text);
    return CLEAN;
}

// ---- Relaxed ----

static void
push_lanes(struct body *b, uint64_t lanes)
{
    op(b, 0x30c);
    put_bytes(&b->code, &lanes, 8);
    put_bytes(&b->code, &lanes, 8);
}

// Operands for which all ways of doing it agree.
static void
relaxed(struct body *b, const struct row *row)
{
    uint32_t code = row->code;
    for (uint32_t i = 0; i < 3 && row->operands[i]; i++) {
        push_simple(b, WASM_TYPE_V128);
        if (code == 0x400) { // swizzle: indices in range
            if (i == 1) {
                push_lanes(b, 0x0f0f0f0f0f0f0f0f);
                op(b, 0x34e);
            }
        } else if (is_within(code, 0x409,
                             0x40c)) { // laneselect: all or no bits of a lane
            static const uint32_t equal[] = {0x323, 0x32d, 0x337, 0x3d6};
            if (i == 2) {
                push_simple(b, WASM_TYPE_V128);
                op(b, equal[code - 0x409]);
                pop(b, 1);
            }
        } else if (code == 0x411) { // never -32768
            push_lanes(b, 0x7fff7fff7fff7fff);
            op(b, 0x34e);
        } else if (code >= 0x412) { // 7 bits
            if (i == 1) {
                push_lanes(b, 0x7f7f7f7f7f7f7f7f);
                op(b, 0x34e);
            }
        } else { // small integers: exact, fused or not
            bool is_wide = code == 0x403 || code == 0x404 || code == 0x407 ||
                           code == 0x408 || code == 0x40f || code == 0x410;
            push_lanes(b, 0x000000ff000000ff);
            op(b, 0x34e);
            op(b, is_wide ? 0x3fe : 0x3fa);
        }
    }
    op(b, code);
}

// ---- Steps ----

static void
put_immediates(struct body *b, const struct row *row)
{
    static const struct {
        const char *name;
        uint32_t lanes;
    } kinds[] = {{"LANE16", 16}, {"LANE8", 8}, {"LANE4", 4}, {"LANE2", 2}};
    for (size_t i = 0; i < 4; i++)
        if (strcmp(row->immediates, kinds[i].name) == 0)
            put(&b->code, (uint8_t)below(b, kinds[i].lanes));
    if (strcmp(row->immediates, "SHUFFLE") == 0) {
        uint32_t first = below(b, 32);
        bool is_regular = chance(b, 50);
        for (uint32_t i = 0; i < 16; i++)
            put(&b->code, (uint8_t)(is_regular ? (first + i) % 32 : below(b, 32)));
    }
}

static uint32_t
operand_count(const struct row *row)
{
    uint32_t count = 0;
    while (count < 3 && row->operands[count])
        count++;
    return count;
}

static void
apply(struct body *b, const struct row *row)
{
    uint32_t count = operand_count(row), code = row->code;
    bool divides = is_within(code, 0x6d, 0x70) || is_within(code, 0x7f, 0x82);
    bool truncates = is_within(code, 0xa8, 0xab) || is_within(code, 0xae, 0xb1);
    if (is_within(code, 0x400, 0x4ff)) {
        relaxed(b, row);
    } else {
        need(b, row->operands, count, accepted_by(row));
        if (divides && !chance(b, 6)) {
            bool is_wide = row->result == WASM_TYPE_I64;
            push_index(b, is_wide, 1);
            op(b, is_wide ? 0x84 : 0x72);
            pop(b, 1);
        }
        if (truncates && !chance(b, 10))
            code = 0x100 + (code < 0xac ? code - 0xa8 : code - 0xaa);
        op(b, code);
        put_immediates(b, row);
    }
    pop(b, count);
    push(b, row->result, result_dirt(row));
}

void
numeric_step(struct body *b)
{
    // Chains of operations are what registers are for.
    for (uint32_t i = below(b, 4) + 1; i > 0; i--)
        apply(b, pick_row(b, false));
}

static void
push_condition(struct body *b)
{
    if (chance(b, 25)) {
        need_one(b, WASM_TYPE_I32);
        return;
    }
    for (;;) {
        const struct row *row = &rows[below(b, ROWS)];
        bool is_test = is_within(row->code, 0x45, 0x66) ||
                       (row->result == WASM_TYPE_I32 && is_numeric(b->plan, row->code) &&
                        row->code >= 0x300 && chance(b, 20));
        if (!is_test)
            continue;
        apply(b, row);
        for (uint32_t i = below(b, 5); i > 3; i--)
            op(b, 0x45);
        return;
    }
}

void
condition(struct body *b, uint32_t reserved)
{
    struct frame *frame = &b->frames[b->frame_count - 1];
    uint32_t height = frame->height;
    if (reserved > 0)
        frame->height = b->height;
    push_condition(b);
    frame->height = height;
}

// ---- Memory ----

static uint32_t
width_log2(const char *immediates)
{
    static const char *const names[] = {"MEM8", "MEM16", "MEM32", "MEM64", "MEM128"};
    uint32_t found = 0;
    for (uint32_t i = 0; i < 5; i++)
        if (starts(immediates, names[i]))
            found = i;
    return found;
}

// Pushes an address for an access of 1 << log2 bytes; returns the offset to go with it.
static uint64_t
push_address(struct body *b, uint32_t memory, uint32_t log2, bool is_aligned)
{
    const struct wasm_limits *limits = &b->plan->memories[memory].limits;
    uint64_t len = limits->min << 16, size = 1u << log2;
    uint64_t keep = is_aligned && below(b, 150) > 0 ? ~(size - 1) : ~0ull;
    wasm_type_t type = limits->is_64 ? WASM_TYPE_I64 : WASM_TYPE_I32;
    uint32_t roll = below(b, 100);
    if (roll < 66) {
        need_one(b, type);
        push_index(b, limits->is_64, 0x3ff & keep);
        op(b, limits->is_64 ? 0x83 : 0x71);
        pop(b, 1);
        return below(b, roll < 40 ? 64 : 0xf000) & keep;
    }
    if (roll < 80) {
        uint64_t address = below(b, 0x1000) & keep;
        push_index(b, limits->is_64, address);
        return below(b, 2) ? 0 : below(b, 0x8000) & keep;
    }
    if (roll < 99 ||
        below(b, 4) > 0) { // the last bytes, split between address and offset
        uint64_t at =
            len == 0 ? 0 : (len - size - (chance(b, 85) ? below(b, 3) * size : 0)) & keep;
        if (chance(b, 2))
            at += 1 + below(b, 2 * (uint32_t)size);
        uint64_t offset = chance(b, 50) ? at - (at >> below(b, 17)) : below(b, 64);
        offset &= keep;
        push_index(b, limits->is_64, at - offset);
        return offset;
    }
    need_one(b, type);
    if (chance(b, 50))
        return 0;
    return random_bits(&b->random) >> (limits->is_64 ? below(b, 40) : 32);
}

static void
put_memarg(struct body *b, uint32_t memory, uint32_t align, uint64_t offset)
{
    put_uleb(&b->code, align | (memory > 0 ? 0x40 : 0));
    if (memory > 0)
        put_uleb(&b->code, memory);
    put_uleb(&b->code, offset);
}

void
memory_step(struct body *b)
{
    const struct row *row = pick_row(b, true);
    uint32_t memory = below(b, b->plan->memory_count), count = operand_count(row);
    uint32_t log2 = width_log2(row->immediates);
    bool is_atomic = row->code >= 0x500;
    if (row->code == 0x503) {
        op(b, 0x503);
        put(&b->code, 0);
        return;
    }
    // The value that is on top goes below no address: by way of a local.
    bool uses_top = count == 2 && top_is(b, row->operands[1]) && chance(b, 60);
    uint32_t local = 0;
    if (uses_top) {
        clean_top(b);
        local = scratch_of(b, row->operands[1]);
        set_local(b, local);
    }
    uint64_t offset = push_address(b, memory, log2, is_atomic);
    for (uint32_t i = 1; i < count; i++) {
        if (uses_top)
            push_local(b, local);
        else
            push_simple(b, row->operands[i]);
    }
    op(b, row->code);
    put_memarg(b, memory, is_atomic ? log2 : below(b, log2 + 1), offset);
    if (strstr(row->immediates, "_LANE"))
        put(&b->code, (uint8_t)below(b, 16u >> log2));
    pop(b, count);
    if (row->result)
        push(b, row->result, CLEAN);
}

// ---- Bulk ----

// A number that is mostly small.
static void
push_small(struct body *b, bool is_64, uint32_t limit)
{
    if (below(b, 150) == 0)
        push_index(b, is_64, random_bits(&b->random));
    else if (chance(b, 50))
        push_index(b, is_64, below(b, limit));
    else {
        push_simple(b, is_64 ? WASM_TYPE_I64 : WASM_TYPE_I32);
        push_index(b, is_64, limit > 16 ? 0xff : 3);
        op(b, is_64 ? 0x83 : 0x71);
        pop(b, 1);
    }
}

void
bulk_step(struct body *b)
{
    uint32_t roll = below(b, 100), memory = below(b, b->plan->memory_count);
    uint32_t other = below(b, b->plan->memory_count),
             data = below(b, b->plan->data_count);
    bool is_64 = b->plan->memories[memory].limits.is_64;
    bool other_is_64 = b->plan->memories[other].limits.is_64;
    wasm_type_t index = is_64 ? WASM_TYPE_I64 : WASM_TYPE_I32;
    if (roll < 30) {
        push_small(b, is_64, 0xff00);
        push_small(b, other_is_64, 0xff00);
        push_small(b, is_64 && other_is_64, chance(b, 80) ? 100 : 5000);
        op(b, 0x10a);
        put_uleb(&b->code, memory);
        put_uleb(&b->code, other);
        pop(b, 3);
    } else if (roll < 55) {
        push_small(b, is_64, 0xff00);
        push_simple(b, WASM_TYPE_I32);
        push_small(b, is_64, 300);
        op_index(b, 0x10b, memory);
        pop(b, 3);
    } else if (roll < 75) {
        uint32_t len = b->plan->datas[data].is_passive ? b->plan->datas[data].count : 0;
        push_small(b, is_64, 0xff00);
        push_i32(b, below(b, len + 1 - len / 2));
        push_i32(b, chance(b, 90) ? below(b, len / 2 + 1) : below(b, len + 3));
        op_index(b, 0x108, data);
        put_uleb(&b->code, memory);
        pop(b, 3);
    } else if (roll < 80) {
        op_index(b, 0x109, data);
    } else if (roll < 90) {
        op_index(b, 0x3f, memory);
        push(b, index, CLEAN);
    } else {
        push_index(b, is_64, chance(b, 80) ? below(b, 2) : random_bits(&b->random));
        op_index(b, 0x40, memory);
        pop(b, 1);
        push(b, index, CLEAN);
    }
}
