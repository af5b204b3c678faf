// SPDX-License-Identifier: Apache-2.0
//
// The assembler's vectors: encodings as a disassembler reads them, and sequences run on
// this machine, whose result must not depend on the registers they are given, and which
// must lose no other register than they say. What the results are, the specification's
// suite tells.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sys/mman.h>

#include "engine/compile/vector.h"
#include "engine/validate.h"
#include "test/unit/engine/builder.h"

enum { ROOM = 16384, FLOATS = 16, FIRST = 0x300, LAST = 0x413 };
enum { RDI = 7, RSI = 6 };

static uint8_t *code;
static uint32_t start_of_code; // behind the constants

static struct masm
start(void)
{
    struct masm m = {.base = code, .at = code};
    masm_vector_constants(&m);
    start_of_code = masm_offset(&m);
    return m;
}

static void
expect(const struct masm *m, const uint8_t *bytes, size_t len)
{
    assert_int_equal(masm_offset(m) - start_of_code, len);
    assert_memory_equal(code + start_of_code, bytes, len);
}

// ---- Encodings ----

static void
encodes_registers_above_seven(void **state)
{
    (void)state;
    struct masm m = start();
    masm_vector_binary(&m, WASM_OP_I8X16_ADD, 17, 30, MASM_NONE);
    expect(&m, BYTES(0x66, 0x41, 0x0f, 0xfc, 0xce)); // paddb xmm1, xmm14
    m = start();
    masm_vector_binary(&m, WASM_OP_I64X2_GT_S, 29, 18, MASM_NONE);
    expect(&m, BYTES(0x66, 0x44, 0x0f, 0x38, 0x37, 0xea)); // pcmpgtq xmm13, xmm2
    m = start();
    masm_vector_extract(&m, WASM_OP_I64X2_EXTRACT_LANE, 9, 26, 1);
    expect(&m, BYTES(0x66, 0x4d, 0x0f, 0x3a, 0x16, 0xd1, 1)); // pextrq r9, xmm10, 1
    m = start();
    masm_vector_shift_const(&m, WASM_OP_I32X4_SHR_S, 27, 33);
    expect(&m, BYTES(0x66, 0x41, 0x0f, 0x72, 0xe3, 1)); // psrad xmm11, 1
}

static void
encodes_accesses_of_the_width(void **state)
{
    (void)state;
    struct masm_access a = {.base = 15, .addr = 9, .offset = 16};
    struct masm m = start();
    masm_vector_load(&m, WASM_OP_V128_LOAD8X8_S, 16, a);
    // pmovsxbw xmm0, qword [r15 + r9 + 16]
    expect(&m, BYTES(0x66, 0x43, 0x0f, 0x38, 0x20, 0x44, 0x0f, 0x10));
    m = start();
    masm_vector_load(&m, WASM_OP_V128_LOAD64_SPLAT, 16, a);
    expect(&m, BYTES(0xf2, 0x43, 0x0f, 0x12, 0x44, 0x0f, 0x10)); // movddup, 8 bytes
    m = start();
    masm_vector_load(&m, WASM_OP_V128_LOAD32_ZERO, 16, a);
    expect(&m, BYTES(0xf3, 0x43, 0x0f, 0x10, 0x44, 0x0f, 0x10)); // movss
    m = start();
    masm_vector_store(&m, WASM_OP_V128_STORE16_LANE, a, 16, 7);
    expect(&m, BYTES(0x66, 0x43, 0x0f, 0x3a, 0x15, 0x44, 0x0f, 0x10, 7)); // pextrw
}

static void
refers_to_constants_behind(void **state)
{
    (void)state;
    struct masm m = start();
    uint32_t chain = 0;
    masm_vector_load_const(&m, 16, &chain);
    masm_vector_table(&m, 31, &chain);
    masm_vector_align(&m);
    uint32_t at = masm_offset(&m);
    assert_int_equal(at % 16, 0);
    masm_vector_put_const(&m, chain, 1, 2);
    uint32_t from = at - start_of_code;
    // movaps xmm0, [rip + from - 7]; pshufb xmm15, [rip + from - 17]
    assert_memory_equal(
        code + start_of_code,
        ((uint8_t[]){0x0f, 0x28, 0x05, (uint8_t)(from - 7), 0, 0, 0, 0x66, 0x44, 0x0f,
                     0x38, 0x00, 0x3d, (uint8_t)(from - 17), 0, 0, 0}),
        17);
    assert_memory_equal(code + at, ((uint8_t[16]){1, 0, 0, 0, 0, 0, 0, 0, 2}), 16);
}

// ---- Runs ----

// All float registers, and the general ones that the sequences get: before and after.
struct registers {
    uint64_t floats[FLOATS][2];
    uint64_t general; // rcx
};

static struct masm_mem
field(uint8_t base, size_t offset)
{
    return (struct masm_mem){.base = base, .index = MASM_NONE, .disp = (int32_t)offset};
}

static struct masm
begin_run(void)
{
    struct masm m = start();
    for (uint8_t i = 0; i < FLOATS; i++)
        masm_load_mem(&m, WASM_TYPE_V128, MASM_FLOAT + i, field(RDI, 16u * i));
    masm_load_mem(&m, WASM_TYPE_I64, MASM_SHIFT_COUNT,
                  field(RDI, offsetof(struct registers, general)));
    return m;
}

static void
end_run(struct masm *m, const struct registers *in, struct registers *out)
{
    for (uint8_t i = 0; i < FLOATS; i++)
        masm_store_mem(m, WASM_TYPE_V128, field(RSI, 16u * i), MASM_FLOAT + i);
    masm_store_mem(m, WASM_TYPE_I64, field(RSI, offsetof(struct registers, general)),
                   MASM_SHIFT_COUNT);
    *m->at++ = 0xc3; // ret
    void (*run)(const struct registers *, struct registers *);
    uint8_t *entry = code + start_of_code;
    memcpy(&run, &entry, sizeof(run));
    run(in, out);
}

static uint64_t
random64(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

// Lanes of all widths that are likely to be special, among random ones.
static uint64_t
interesting(uint64_t *state)
{
    static const uint64_t special[] = {
        0,
        UINT64_MAX,
        0x8000000000000000,
        0x7fffffff80000000,
        0x7fc000007f800000,
        0x80000000ff800000,
        0x7ff0000000000000,
        0x7ff8000000000000,
        0xfff0000000000001,
        0x8000800080008000,
        0x4f0000004f800000,
        0x41f0000000000000,
        0x0102040810204080,
        0x3f800000bf800000,
    };
    uint64_t r = random64(state);
    return r % 3 ? special[r / 3 % (sizeof(special) / sizeof(special[0]))]
                 : random64(state);
}

struct operands {
    uint64_t at[3][2];
    uint64_t count;
};

struct registers_used {
    uint8_t at[3], temp;
};

static bool
is_lane_wise(const struct wasm_op *op)
{
    return op->text && op->imm == IMM_NONE && op->operands[0] == WASM_TYPE_V128 &&
           op->result == WASM_TYPE_V128;
}

static bool
is_shift(const struct wasm_op *op)
{
    return op->operands[1] == WASM_TYPE_I32;
}

// Unary ones read the operand in the second register and write the first.
static void
put_sequence(struct masm *m, uint32_t opcode, const struct registers_used *r)
{
    const struct wasm_op *op = &wasm_ops[opcode];
    if (is_shift(op))
        masm_vector_shift(m, opcode, r->at[0], MASM_SHIFT_COUNT, r->temp);
    else if (op->operands[2])
        masm_vector_ternary(m, opcode, r->at[0], r->at[1], r->at[2]);
    else if (op->operands[1])
        masm_vector_binary(m, opcode, r->at[0], r->at[1], r->temp);
    else
        masm_vector_unary(m, opcode, r->at[0], r->at[1], r->temp);
}

static void
run_sequence(uint32_t opcode, const struct registers_used *r, const struct operands *o,
             uint64_t result[2])
{
    bool is_unary = !wasm_ops[opcode].operands[1];
    struct registers in, out;
    for (uint32_t i = 0; i < FLOATS; i++)
        in.floats[i][0] = in.floats[i][1] = 0x1111111111111111u * i;
    in.general = o->count;
    for (uint32_t i = 0; i < 3; i++)
        memcpy(in.floats[r->at[i] - MASM_FLOAT], o->at[i], 16);
    if (is_unary)
        memcpy(in.floats[r->at[1] - MASM_FLOAT], o->at[0], 16);
    struct masm m = begin_run();
    put_sequence(&m, opcode, r);
    end_run(&m, &in, &out);
    for (uint32_t i = 0; i < FLOATS; i++)
        if (i + MASM_FLOAT != r->at[0] && i + MASM_FLOAT != r->temp &&
            i + MASM_FLOAT != MASM_FLOAT_SCRATCH)
            assert_memory_equal(in.floats[i], out.floats[i], 16);
    memcpy(result, out.floats[r->at[0] - MASM_FLOAT], 16);
}

// The last two: source and destination the same.
static const struct registers_used assignments[] = {
    {{16, 17, 18}, 19}, {{25, 17, 30}, 24}, {{18, 29, 17}, 28},
    {{24, 26, 27}, 16}, {{20, 20, 21}, 22}, {{28, 28, 29}, 30},
};

static void
depends_on_no_register(void **state)
{
    (void)state;
    uint64_t seed = 88172645463325252u;
    uint32_t sequences = 0;
    for (uint32_t opcode = FIRST; opcode <= LAST; opcode++) {
        const struct wasm_op *op = &wasm_ops[opcode];
        if (!is_lane_wise(op))
            continue;
        bool is_unary = !op->operands[1];
        sequences++;
        for (uint32_t round = 0; round < 50; round++) {
            struct operands o;
            for (uint32_t i = 0; i < 6; i++)
                o.at[i / 2][i % 2] = interesting(&seed);
            o.count = random64(&seed) & UINT32_MAX;
            uint64_t expected[2], result[2];
            run_sequence(opcode, &assignments[0], &o, expected);
            for (uint32_t i = 1; i < (is_unary ? 6u : 4u); i++) {
                run_sequence(opcode, &assignments[i], &o, result);
                assert_memory_equal(result, expected, 16);
            }
        }
    }
    assert_int_equal(sequences, 203);
}

// Both operands of a binary instruction may be one register.
static void
takes_one_register_twice(void **state)
{
    (void)state;
    uint64_t seed = 2463534242u;
    struct registers_used twice = {{26, 26, 17}, 19};
    for (uint32_t opcode = FIRST; opcode <= LAST; opcode++) {
        const struct wasm_op *op = &wasm_ops[opcode];
        if (!is_lane_wise(op) || op->operands[1] != WASM_TYPE_V128 || op->operands[2])
            continue;
        for (uint32_t round = 0; round < 50; round++) {
            struct operands o = {.count = 0};
            uint64_t expected[2], result[2];
            o.at[0][0] = o.at[1][0] = interesting(&seed);
            o.at[0][1] = o.at[1][1] = interesting(&seed);
            run_sequence(opcode, &assignments[0], &o, expected);
            run_sequence(opcode, &twice, &o, result);
            assert_memory_equal(result, expected, 16);
        }
    }
}

// A count in the code and one in a register give the same.
static void
shifts_by_constants_alike(void **state)
{
    (void)state;
    uint64_t seed = 1181783497276652981u;
    for (uint32_t opcode = FIRST; opcode <= LAST; opcode++) {
        const struct wasm_op *op = &wasm_ops[opcode];
        if (!is_lane_wise(op) || !is_shift(op))
            continue;
        for (uint32_t count = 0; count < 130; count++) {
            struct operands o = {.count = count};
            o.at[0][0] = interesting(&seed);
            o.at[0][1] = interesting(&seed);
            uint64_t expected[2];
            struct registers in = {0}, out;
            run_sequence(opcode, &assignments[1], &o, expected);
            memcpy(in.floats[12], o.at[0], 16);
            struct masm m = begin_run();
            masm_vector_shift_const(&m, opcode, MASM_FLOAT + 12, count);
            end_run(&m, &in, &out);
            assert_memory_equal(out.floats[12], expected, 16);
        }
    }
}

// ---- Shuffles ----

static void
put_shuffle(struct masm *m, const struct masm_bytes *lanes, enum masm_shuffle_kind kind)
{
    struct masm_shuffle plan = masm_vector_shuffle_plan(lanes);
    assert_int_equal(plan.kind, kind);
    masm_vector_shuffle(m, plan, plan.is_turned ? 25 : 17, plan.is_turned ? 17 : 25);
    if (plan.is_turned)
        masm_move(m, WASM_TYPE_V128, 17, 25);
}

static void
check_shuffle(const uint8_t *lanes, enum masm_shuffle_kind kind)
{
    struct masm_bytes plan;
    struct registers in = {0}, out;
    uint8_t bytes[32];
    memcpy(plan.at, lanes, 16);
    for (uint32_t i = 0; i < 32; i++)
        bytes[i] = (uint8_t)(i * 7 + 1);
    memcpy(in.floats[1], bytes, 16);
    memcpy(in.floats[9], bytes + 16, 16);
    struct masm m = begin_run();
    put_shuffle(&m, &plan, kind);
    end_run(&m, &in, &out);
    const uint8_t *result = (const uint8_t *)out.floats[1];
    for (uint32_t i = 0; i < 16; i++)
        assert_int_equal(result[i], bytes[lanes[i]]);
}

static void
shuffles_by_patterns(void **state)
{
    (void)state;
    static const struct {
        enum masm_shuffle_kind kind;
        uint8_t lanes[16];
    } rows[] = {
        {MASM_SHUFFLE_UNPACK, {0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23}},
        {MASM_SHUFFLE_UNPACK,
         {24, 25, 8, 9, 26, 27, 10, 11, 28, 29, 12, 13, 30, 31, 14, 15}},
        {MASM_SHUFFLE_UNPACK, {0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23}},
        {MASM_SHUFFLE_UNPACK,
         {8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31}},
        {MASM_SHUFFLE_ALIGN, {3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18}},
        {MASM_SHUFFLE_ALIGN, {29, 30, 31, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}},
        {MASM_SHUFFLE_BLEND, {0, 1, 18, 19, 4, 5, 6, 7, 24, 25, 10, 11, 12, 13, 30, 31}},
        {MASM_SHUFFLE_DWORDS,
         {4, 5, 6, 7, 12, 13, 14, 15, 16, 17, 18, 19, 24, 25, 26, 27}},
        {MASM_SHUFFLE_DWORDS, {28, 29, 30, 31, 16, 17, 18, 19, 0, 1, 2, 3, 0, 1, 2, 3}},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        check_shuffle(rows[i].lanes, rows[i].kind);
}

static void
permutes_by_patterns(void **state)
{
    (void)state;
    static const uint8_t rows[][16] = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
        {4, 5, 6, 7, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15},
        {6, 7, 4, 5, 2, 3, 0, 1, 8, 9, 10, 11, 12, 13, 14, 15},
        {0, 1, 2, 3, 4, 5, 6, 7, 14, 15, 8, 9, 8, 9, 10, 11},
        {5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4},
        {8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15},
    };
    static const uint8_t table[] = {1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14};
    struct masm_bytes lanes;
    for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++)
        for (uint8_t dst = 17; dst <= 26; dst += 9) {
            struct registers in = {0}, out;
            uint8_t *bytes = (uint8_t *)in.floats[1];
            for (uint32_t i = 0; i < 16; i++)
                bytes[i] = (uint8_t)(i * 7 + 1);
            memcpy(lanes.at, rows[row], 16);
            struct masm m = begin_run();
            assert_true(masm_vector_permute(&m, &lanes, dst, 17));
            end_run(&m, &in, &out);
            const uint8_t *result = (const uint8_t *)out.floats[dst - MASM_FLOAT];
            for (uint32_t i = 0; i < 16; i++)
                assert_int_equal(result[i], bytes[rows[row][i]]);
        }
    memcpy(lanes.at, table, 16);
    struct masm m = start();
    assert_false(masm_vector_permute(&m, &lanes, 17, 17));
    assert_int_equal(masm_offset(&m), start_of_code);
}

static int
map_code(void **state)
{
    (void)state;
    code = mmap(NULL, ROOM, PROT_READ | PROT_WRITE | PROT_EXEC,
                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return code == MAP_FAILED;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodes_registers_above_seven),
        cmocka_unit_test(encodes_accesses_of_the_width),
        cmocka_unit_test(refers_to_constants_behind),
        cmocka_unit_test(depends_on_no_register),
        cmocka_unit_test(takes_one_register_twice),
        cmocka_unit_test(shifts_by_constants_alike),
        cmocka_unit_test(shuffles_by_patterns),
        cmocka_unit_test(permutes_by_patterns),
    };
    return cmocka_run_group_tests(tests, map_code, NULL);
}
