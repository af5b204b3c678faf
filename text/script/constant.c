// SPDX-License-Identifier: Apache-2.0
//
// Constants and result patterns: (i32.const 7), (f32.const nan:canonical),
// (v128.const i16x8 ...), (ref.null func), (ref.extern 3), (ref.struct), (either ...).
#include "base/string.h"
#include "text/script/parser.h"

#define ROOM(array) (sizeof(array) / sizeof((array)[0]))

// Numbers of scripts and lanes of vectors.
struct lane {
    const char *name; // of the instruction, or of the shape
    enum script_value_kind kind;
    uint32_t bits;
    uint32_t count;
};

static const struct lane numbers[] = {
    {"i32.const", SCRIPT_I32, 32, 1},
    {"i64.const", SCRIPT_I64, 64, 1},
    {"f32.const", SCRIPT_F32, 32, 1},
    {"f64.const", SCRIPT_F64, 64, 1},
};

static const struct lane shapes[] = {
    {"i8x16", SCRIPT_I32, 8, 16}, {"i16x8", SCRIPT_I32, 16, 8},
    {"i32x4", SCRIPT_I32, 32, 4}, {"i64x2", SCRIPT_I64, 64, 2},
    {"f32x4", SCRIPT_F32, 32, 4}, {"f64x2", SCRIPT_F64, 64, 2},
};

// Heap types that may stand behind ref.null, and what `ref.NAME` alone stands for.
static const struct heap_name {
    const char *name;
    const char *pattern; // NULL: it is none
    uint32_t heap;
} heaps[] = {
    {"func", "ref.func", WASM_HEAP_FUNC},    {"extern", NULL, WASM_HEAP_EXTERN},
    {"any", "ref.any", WASM_HEAP_ANY},       {"eq", "ref.eq", WASM_HEAP_EQ},
    {"i31", "ref.i31", WASM_HEAP_I31},       {"struct", "ref.struct", WASM_HEAP_STRUCT},
    {"array", "ref.array", WASM_HEAP_ARRAY}, {"exn", "ref.exn", WASM_HEAP_EXN},
    {"none", NULL, WASM_HEAP_NONE},          {"nofunc", NULL, WASM_HEAP_NOFUNC},
    {"noextern", NULL, WASM_HEAP_NOEXTERN},  {"noexn", NULL, WASM_HEAP_NOEXN},
};

// ---- Numbers ----

static bool
take_nan(struct parser *p, bool is_pattern, const struct lane *lane, uint8_t *nan)
{
    if (!is_pattern || (lane->kind != SCRIPT_F32 && lane->kind != SCRIPT_F64))
        return false;
    if (parser_is_keyword(p, "nan:canonical"))
        *nan = SCRIPT_NAN_CANONICAL;
    else if (parser_is_keyword(p, "nan:arithmetic"))
        *nan = SCRIPT_NAN_ARITHMETIC;
    else
        return false;
    parser_advance(p);
    return true;
}

static uint64_t
take_number(struct parser *p, const struct lane *lane)
{
    uint64_t bits = 0;
    bool is_float = lane->kind == SCRIPT_F32 || lane->kind == SCRIPT_F64;
    enum text_number status =
        is_float ? text_float(p->token.bytes, p->token.len, lane->bits, &bits)
                 : text_integer(p->token.bytes, p->token.len, lane->bits, &bits);
    if (status == TEXT_NUMBER_OK)
        parser_advance(p);
    else
        parser_fail(p, status == TEXT_NUMBER_RANGE ? "constant out of range"
                                                   : "expected a number");
    return bits;
}

static void
read_lanes(struct parser *p, bool is_pattern, const struct lane *lane,
           struct script_value *out)
{
    out->lane_bits = lane->bits;
    for (uint32_t i = 0; i < lane->count && !p->is_broken; i++) {
        uint32_t bit = i * lane->bits;
        if (lane->bits < 32 || !take_nan(p, is_pattern, lane, &out->nan[i]))
            out->bits.v128[bit / 64] |= take_number(p, lane) << bit % 64;
    }
}

static const struct lane *
take_lane(struct parser *p, const struct lane *from, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (parser_is_keyword(p, from[i].name)) {
            parser_advance(p);
            return &from[i];
        }
    }
    return NULL;
}

static void
read_vector(struct parser *p, bool is_pattern, struct script_value *out)
{
    const struct lane *shape = take_lane(p, shapes, ROOM(shapes));
    out->kind = SCRIPT_V128;
    if (shape)
        read_lanes(p, is_pattern, shape, out);
    else
        parser_fail(p, "expected a shape like i32x4");
}

// ---- References ----

static void
read_null(struct parser *p, bool is_pattern, struct script_value *out)
{
    out->kind = SCRIPT_REF_NULL;
    out->heap = SCRIPT_HEAP_NONE;
    for (size_t i = 0; i < ROOM(heaps); i++) {
        if (parser_is_keyword(p, heaps[i].name)) {
            parser_advance(p);
            out->heap = heaps[i].heap;
            return;
        }
    }
    if (!is_pattern || !parser_is_close(p))
        parser_fail(p, "expected an abstract heap type");
}

static bool
read_reference(struct parser *p, bool is_pattern, struct script_value *out)
{
    static const struct lane word = {"", SCRIPT_I64, 64, 1};
    bool is_extern = parser_is_keyword(p, "ref.extern");
    if (is_extern || parser_is_keyword(p, "ref.host")) {
        parser_advance(p);
        out->heap = WASM_HEAP_EXTERN;
        out->kind = is_extern ? SCRIPT_REF_EXTERN : SCRIPT_REF_HOST;
        if (is_extern && is_pattern && parser_is_close(p))
            out->kind = SCRIPT_REF;
        else
            out->bits.i64 = take_number(p, &word);
        return true;
    }
    for (size_t i = 0; is_pattern && i < ROOM(heaps); i++) {
        if (!heaps[i].pattern || !parser_is_keyword(p, heaps[i].pattern))
            continue;
        parser_advance(p);
        out->kind = SCRIPT_REF;
        out->heap = heaps[i].heap;
        return true;
    }
    return false;
}

// ---- Values ----

// What stands behind the opening parenthesis, but for `either`.
static void
read_value(struct parser *p, bool is_pattern, struct script_value *out)
{
    const struct lane *number = take_lane(p, numbers, ROOM(numbers));
    if (number) {
        out->kind = number->kind;
        read_lanes(p, is_pattern, number, out);
    } else if (parser_is_keyword(p, "v128.const")) {
        parser_advance(p);
        read_vector(p, is_pattern, out);
    } else if (parser_is_keyword(p, "ref.null")) {
        parser_advance(p);
        read_null(p, is_pattern, out);
    } else if (!read_reference(p, is_pattern, out)) {
        parser_fail(p, is_pattern ? "expected a result" : "expected a constant");
    }
}

static void
add_value(struct parser *p, bool is_pattern)
{
    struct script_value value = {0};
    parser_open(p);
    read_value(p, is_pattern, &value);
    parser_close(p);
    struct script_value *added = p->is_broken ? NULL : parser_add_value(p);
    if (added)
        *added = value;
}

static void
add_either(struct parser *p)
{
    uint32_t at = p->value_count;
    struct script_value *either = parser_add_value(p);
    if (either)
        *either = (struct script_value){.kind = SCRIPT_EITHER};
    parser_open(p);
    parser_advance(p);
    while (!p->is_broken && parser_is_open(p)) {
        if (parser_is_form(p, "either"))
            parser_fail(p, "unsupported: either inside either");
        add_value(p, true);
    }
    parser_close(p);
    if (!p->is_broken)
        p->values[at].count = p->value_count - at - 1;
}

uint32_t
parser_values(struct parser *p, bool is_pattern)
{
    uint32_t before = p->value_count;
    while (!p->is_broken && parser_is_open(p)) {
        if (is_pattern && parser_is_form(p, "either"))
            add_either(p);
        else
            add_value(p, is_pattern);
    }
    return p->value_count - before;
}
