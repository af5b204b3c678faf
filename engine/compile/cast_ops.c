// SPDX-License-Identifier: Apache-2.0
//
// Tests of a reference's type. What the operand's static type tells is not tested. All
// tests are inline: null, the tag in the low bits, and the run-time type in the object's
// head (or the function's), which is the expected one or has it among its supertypes.
//
// Paths that are decided early jump to the end, where EQ means a match: the comparison
// before each such jump leaves EQ when it decided for a match and NE when against it.
#include "engine/compile/gc.h"

enum { TAG_I31 = 1, TAG_HOST = 2, TAGS = 3 };

struct test {
    uint8_t reg;
    bool may_be_null;
    bool takes_null;
    bool may_be_tagged;
    uint32_t done; // jumps to the end
};

static void
decide_null(struct compiler *c, struct test *t)
{
    struct masm_operand one = {.kind = MASM_OP_IMM, .value = 1};
    if (!t->may_be_null)
        return;
    if (t->takes_null) {
        masm_test(&c->masm, MASM_W64, t->reg);
        masm_jump_if(&c->masm, MASM_EQ, &t->done);
    } else { // only null is below one
        masm_alu(&c->masm, MASM_CMP, MASM_W64, t->reg, one);
        masm_jump_if(&c->masm, MASM_LT_U, &t->done);
    }
}

static void
decide_tagged(struct compiler *c, struct test *t)
{
    if (!t->may_be_tagged)
        return;
    masm_test_bits(&c->masm, t->reg, TAGS);
    masm_jump_if(&c->masm, MASM_NE, &t->done);
}

// ---- Abstract types ----

static enum masm_cond
always(struct compiler *c, uint8_t reg)
{
    struct masm_operand itself = {.kind = MASM_OP_REG, .reg = reg};
    masm_alu(&c->masm, MASM_CMP, MASM_W64, reg, itself);
    return MASM_EQ;
}

static enum masm_cond
test_only_null(struct compiler *c, const struct test *t)
{
    if (!t->may_be_null || !t->takes_null)
        return masm_cond_not(always(c, t->reg));
    masm_test(&c->masm, MASM_W64, t->reg);
    return MASM_EQ;
}

static enum masm_cond
test_all_but_null(struct compiler *c, const struct test *t)
{
    if (!t->may_be_null || t->takes_null)
        return always(c, t->reg);
    masm_test(&c->masm, MASM_W64, t->reg);
    return MASM_NE;
}

static enum masm_cond
test_i31(struct compiler *c, struct test *t)
{
    struct masm *m = &c->masm;
    struct masm_operand tag = {.kind = MASM_OP_IMM, .value = TAG_I31};
    if (!t->may_be_null || !t->takes_null) {
        masm_test_bits(m, t->reg, TAG_I31);
        return MASM_NE;
    }
    decide_null(c, t);
    masm_move(m, WASM_TYPE_I32, MASM_SCRATCH, t->reg);
    masm_alu(m, MASM_AND, MASM_W32, MASM_SCRATCH, tag);
    masm_alu(m, MASM_CMP, MASM_W32, MASM_SCRATCH, tag);
    masm_bind(m, t->done);
    return MASM_EQ;
}

// Whatever is in `any` but the host's words; null has no tag.
static enum masm_cond
test_eq(struct compiler *c, struct test *t)
{
    if (!t->takes_null)
        decide_null(c, t);
    masm_test_bits(&c->masm, t->reg, TAG_HOST);
    masm_bind(&c->masm, t->done);
    return MASM_EQ;
}

static enum masm_cond
test_kind(struct compiler *c, struct test *t, enum wasm_comp_kind kind)
{
    struct masm *m = &c->masm;
    decide_null(c, t);
    decide_tagged(c, t);
    masm_load_mem(m, WASM_TYPE_I64, MASM_SCRATCH,
                  gc_field(t->reg, offsetof(struct wasm_object, rtt)));
    masm_compare_byte(m, gc_field(MASM_SCRATCH, offsetof(struct wasm_rtt, kind)),
                      (uint8_t)kind);
    masm_bind(m, t->done);
    return MASM_EQ;
}

// ---- Defined types ----

void
gc_compare_supertype(struct compiler *c, uint8_t rtt, uint32_t depth, uint32_t *other)
{
    struct masm *m = &c->masm;
    masm_compare_byte(m, gc_field(rtt, offsetof(struct wasm_rtt, depth)),
                      (uint8_t)(depth + 1));
    masm_jump_if(m, MASM_LT_U, other);
    masm_load_mem(m, WASM_TYPE_I64, rtt,
                  gc_field(rtt, offsetof(struct wasm_rtt, supers)));
    masm_compare_mem(m, MASM_W64, MASM_SCRATCH, gc_field(rtt, 8 * depth));
}

static enum masm_cond
test_defined(struct compiler *c, struct test *t, uint32_t index)
{
    struct masm *m = &c->masm;
    const struct wasm_deftype *type = &c->module->types[index];
    struct masm_operand expected = {.kind = MASM_OP_REG, .reg = MASM_SCRATCH};
    struct masm_mem head = gc_field(t->reg, type->kind == WASM_COMP_FUNC
                                                ? offsetof(struct wasm_func, rtt)
                                                : offsetof(struct wasm_object, rtt));
    uint8_t rtt = type->is_final ? MASM_NONE : reg_alloc(c, WASM_TYPE_I64);
    masm_load_mem(m, WASM_TYPE_I64, MASM_SCRATCH,
                  gc_field(MASM_INSTANCE, offsetof(struct wasm_instance, rtts)));
    masm_load_mem(m, WASM_TYPE_I64, MASM_SCRATCH, gc_field(MASM_SCRATCH, 8 * index));
    decide_null(c, t);
    decide_tagged(c, t);
    if (type->is_final) {
        masm_compare_mem(m, MASM_W64, MASM_SCRATCH, head);
    } else {
        masm_load_mem(m, WASM_TYPE_I64, rtt, head);
        masm_alu(m, MASM_CMP, MASM_W64, rtt, expected);
        masm_jump_if(m, MASM_EQ, &t->done);
        gc_compare_supertype(c, rtt, type->depth, &t->done);
        reg_free(c, rtt);
    }
    masm_bind(m, t->done);
    return MASM_EQ;
}

// ---- All ----

enum masm_cond
gc_test_cast(struct compiler *c, uint8_t reg, wasm_type_t from, wasm_type_t to)
{
    uint32_t from_heap = wasm_type_heap(from);
    uint32_t heap = wasm_type_heap(to);
    struct test t = {
        .reg = reg,
        .may_be_null = wasm_type_is_nullable(from),
        .takes_null = wasm_type_is_nullable(to),
        .may_be_tagged = from_heap == WASM_HEAP_ANY || from_heap == WASM_HEAP_EQ ||
                         from_heap == WASM_HEAP_I31,
    };
    if (wasm_heap_matches(c->module, from_heap, heap))
        return test_all_but_null(c, &t);
    if (wasm_heap_is_index(heap))
        return test_defined(c, &t, heap);
    switch (heap) {
    case WASM_HEAP_I31:
        return test_i31(c, &t);
    case WASM_HEAP_EQ:
        return test_eq(c, &t);
    case WASM_HEAP_STRUCT:
        return test_kind(c, &t, WASM_COMP_STRUCT);
    case WASM_HEAP_ARRAY:
        return test_kind(c, &t, WASM_COMP_ARRAY);
    default: // the bottom of a hierarchy: what is its top matches anything
        return test_only_null(c, &t);
    }
}

void
gc_ref_test(struct compiler *c, const struct wasm_instr *in)
{
    struct value v = pop_value(c);
    uint8_t reg = value_borrow(c, &v);
    enum masm_cond cond = gc_test_cast(c, reg, in->operand_type, in->ref_type);
    value_release(c, &v);
    push_condition(c, cond);
}

void
gc_ref_cast(struct compiler *c, const struct wasm_instr *in)
{
    if (wasm_type_matches(c->module, in->operand_type, in->ref_type))
        return;
    struct value v = pop_value(c);
    uint8_t reg = value_borrow(c, &v);
    enum masm_cond cond = gc_test_cast(c, reg, in->operand_type, in->ref_type);
    compile_trap_if(c, masm_cond_not(cond), WASM_TRAP_CAST);
    gc_push_back(c, &v);
}
