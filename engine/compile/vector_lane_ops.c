// SPDX-License-Identifier: Apache-2.0
//
// Single lanes of vectors, shuffles, constants. A constant that the machine does not make
// in one instruction is loaded: it stands behind the function, once.
#include "base/string.h"
#include "engine/compile/vector_ops.h"

// ---- Constants ----

enum { CONST_SEARCH = 64 }; // of the last ones, so that a list of many stays linear

// The chain of references to a constant behind the function. NULL: failed.
static uint32_t *
constant_chain(struct compiler *c, uint64_t lo, uint64_t hi)
{
    uint32_t count = c->vector_const_count;
    for (uint32_t i = count; i > 0 && count - i < CONST_SEARCH; i--) {
        struct vector_const *k = &c->vector_consts[i - 1];
        if (k->lo == lo && k->hi == hi)
            return &k->chain;
    }
    if (count == c->vector_const_room &&
        !compile_grow(c, &c->vector_consts, &c->vector_const_room, (uint64_t)count + 1,
                      sizeof *c->vector_consts))
        return NULL;
    c->vector_consts[count] = (struct vector_const){.lo = lo, .hi = hi};
    c->vector_const_count++;
    return &c->vector_consts[count].chain;
}

bool
emit_vector_consts(struct compiler *c)
{
    uint32_t count = c->vector_const_count;
    if (count == 0)
        return true;
    if (!compile_code_room(c, 16ull * count))
        return false;
    masm_vector_align(&c->masm);
    for (uint32_t i = 0; i < count; i++) {
        const struct vector_const *k = &c->vector_consts[i];
        masm_vector_put_const(&c->masm, k->chain, k->lo, k->hi);
    }
    c->vector_const_count = 0;
    return true;
}

void
emit_vector_const(struct compiler *c, uint64_t lo, uint64_t hi)
{
    if (lo == 0 && hi == 0) {
        push_const(c, WASM_TYPE_V128, 0);
        return;
    }
    uint8_t target = result_target(c, WASM_TYPE_V128, 0);
    uint8_t dst = target != MASM_NONE ? target : reg_alloc(c, WASM_TYPE_V128);
    if (!masm_vector_const(&c->masm, dst, lo, hi)) {
        uint32_t *chain = constant_chain(c, lo, hi);
        if (chain)
            masm_vector_load_const(&c->masm, dst, chain);
    }
    vector_push(c, WASM_TYPE_V128, dst, target);
}

// ---- Single lanes ----

static uint64_t
splat_bits(uint32_t opcode, uint64_t bits)
{
    switch (opcode) {
    case WASM_OP_I8X16_SPLAT:
        return (bits & 0xff) * 0x0101010101010101u;
    case WASM_OP_I16X8_SPLAT:
        return (bits & 0xffff) * 0x0001000100010001u;
    case WASM_OP_I32X4_SPLAT:
    case WASM_OP_F32X4_SPLAT:
        return (bits & 0xffffffff) * 0x0000000100000001u;
    default:
        return bits;
    }
}

void
emit_vector_splat(struct compiler *c, uint32_t opcode)
{
    if (c->values[c->height - 1].place == VALUE_CONST) {
        uint64_t bits = splat_bits(opcode, pop_value(c).bits);
        emit_vector_const(c, bits, bits);
        return;
    }
    uint8_t target = result_target(c, WASM_TYPE_V128, 1);
    struct value v = pop_value(c);
    uint8_t src = value_borrow(c, &v);
    uint8_t dst = vector_result(c, WASM_TYPE_V128, &v, target);
    masm_vector_splat(&c->masm, opcode, dst, src);
    if (dst != src)
        value_release(c, &v);
    vector_push(c, WASM_TYPE_V128, dst, target);
}

void
emit_vector_extract(struct compiler *c, const struct wasm_instr *in)
{
    uint8_t type = wasm_ops[in->opcode].result;
    uint8_t target = result_target(c, type, 1);
    struct value v = pop_value(c);
    uint8_t src = value_borrow(c, &v);
    uint8_t dst = vector_result(c, type, &v, target);
    masm_vector_extract(&c->masm, in->opcode, dst, src, in->lane);
    if (dst != src)
        value_release(c, &v);
    vector_push(c, type, dst, target);
}

void
emit_vector_replace(struct compiler *c, const struct wasm_instr *in)
{
    uint8_t target = result_target(c, WASM_TYPE_V128, 2);
    struct value lane = pop_value(c);
    struct value v = pop_value(c);
    uint8_t src = value_borrow(c, &lane);
    uint8_t dst = vector_first(c, &v, 0, target);
    masm_vector_replace(&c->masm, in->opcode, dst, src, in->lane);
    value_release(c, &lane);
    vector_push(c, WASM_TYPE_V128, dst, target);
}

// ---- Shuffles ----

enum { LANE_ZERO = 0x80 };

static void
put_table(struct compiler *c, const struct masm_bytes *table, uint8_t dst)
{
    uint64_t lo, hi;
    memcpy(&lo, table->at, 8);
    memcpy(&hi, table->at + 8, 8);
    uint32_t *chain = constant_chain(c, lo, hi);
    if (chain)
        masm_vector_table(&c->masm, dst, chain);
}

static bool
is_of_first(const struct masm_bytes *lanes)
{
    for (uint32_t i = 0; i < 16; i++)
        if (lanes->at[i] >= 16)
            return false;
    return true;
}

// The lanes with the operands exchanged; turn is 16.
static void
turn_lanes(struct masm_bytes *lanes, uint8_t turn)
{
    for (uint32_t i = 0; i < 16; i++)
        lanes->at[i] ^= turn;
}

// The table for the vector whose lanes are turn .. turn + 15.
static struct masm_bytes
lanes_of(const struct masm_bytes *lanes, uint32_t turn)
{
    struct masm_bytes table;
    for (uint32_t i = 0; i < 16; i++) {
        uint32_t lane = lanes->at[i] ^ turn;
        table.at[i] = (uint8_t)(lane < 16 ? lane : LANE_ZERO);
    }
    return table;
}

static void
shuffle_one(struct compiler *c, const struct masm_bytes *lanes, struct value *v,
            uint8_t target)
{
    uint8_t src = value_borrow(c, v);
    uint8_t dst = vector_result(c, WASM_TYPE_V128, v, target);
    if (!masm_vector_permute(&c->masm, lanes, dst, src)) {
        masm_move(&c->masm, WASM_TYPE_V128, dst, src);
        put_table(c, lanes, dst);
    }
    if (dst != src)
        value_release(c, v);
    vector_push(c, WASM_TYPE_V128, dst, target);
}

// Of the second vector nothing is needed when it is zero.
static void
shuffle_by_tables(struct compiler *c, const struct masm_bytes *lanes, struct value *a,
                  struct value *b, uint8_t target)
{
    bool is_zero = b->place == VALUE_CONST;
    uint8_t other = is_zero ? MASM_NONE : value_to_reg(c, b);
    uint8_t dst = vector_first(c, a, 0, target);
    struct masm_bytes table = lanes_of(lanes, 0);
    put_table(c, &table, dst);
    if (!is_zero) {
        table = lanes_of(lanes, 16);
        put_table(c, &table, other);
        masm_vector_binary(&c->masm, WASM_OP_V128_OR, dst, other, MASM_NONE);
        value_release(c, b);
    }
    vector_push(c, WASM_TYPE_V128, dst, target);
}

static void
shuffle_two(struct compiler *c, const struct masm_bytes *lanes, struct value *a,
            struct value *b, uint8_t target)
{
    struct masm_shuffle plan = masm_vector_shuffle_plan(lanes);
    if (plan.kind == MASM_SHUFFLE_BYTES) {
        shuffle_by_tables(c, lanes, a, b, target);
        return;
    }
    struct value *first = plan.is_turned ? b : a;
    struct value *second = plan.is_turned ? a : b;
    uint8_t src = value_borrow(c, second);
    uint8_t dst = vector_first(c, first, 1u << src, target);
    masm_vector_shuffle(&c->masm, plan, dst, src);
    vector_push(c, WASM_TYPE_V128, dst, target);
    value_release(c, second);
}

static bool
is_same(const struct value *a, const struct value *b)
{
    return a->place == b->place &&
           (a->place == VALUE_CONST || (a->place == VALUE_LOCAL && a->local == b->local));
}

// A vector of constants is zero; it becomes the second one.
void
emit_vector_shuffle(struct compiler *c, const struct wasm_instr *in)
{
    struct masm_bytes lanes;
    memcpy(lanes.at, &in->bits, 8);
    memcpy(lanes.at + 8, &in->bits2, 8);
    uint8_t target = result_target(c, WASM_TYPE_V128, 2);
    struct value b = pop_value(c);
    struct value a = pop_value(c);
    if (is_same(&a, &b))
        for (uint32_t i = 0; i < 16; i++)
            lanes.at[i] &= 15;
    struct masm_bytes turned = lanes;
    turn_lanes(&turned, 16);
    if (is_of_first(&turned) || (a.place == VALUE_CONST && !is_of_first(&lanes))) {
        struct value t = a;
        a = b;
        b = t;
        lanes = turned;
    }
    if (is_of_first(&lanes)) {
        value_release(c, &b);
        shuffle_one(c, &lanes, &a, target);
    } else {
        shuffle_two(c, &lanes, &a, &b, target);
    }
}
