// SPDX-License-Identifier: Apache-2.0
//
// What follows a mnemonic, by enum wasm_immediates. #text-instr
#include "base/string.h"
#include "engine/opcode.h"
#include "engine/validate.h"
#include "text/encoder.h"

// Whether another index follows the one at hand.
static bool
is_second_index(const struct text_encoder *e)
{
    return text_is_index(e) &&
           (e->ahead.kind == TEXT_INTEGER || e->ahead.kind == TEXT_ID);
}

static void
put_index(struct text_encoder *e, enum text_space space)
{
    text_put_unsigned(e, e->code, text_take_index(e, space));
}

// One that may be left out.
static uint32_t
optional_index(struct text_encoder *e, enum text_space space)
{
    return text_is_index(e) ? text_take_index(e, space) : 0;
}

// One that may be left out, before one that may not: the second is encoded first.
static void
index_behind_optional(struct text_encoder *e, enum text_space optional,
                      enum text_space space)
{
    uint32_t first = is_second_index(e) ? text_take_index(e, optional) : 0;
    put_index(e, space);
    text_put_unsigned(e, e->code, first);
}

// Both or none.
static void
two_or_none(struct text_encoder *e, enum text_space space)
{
    uint32_t first = 0;
    uint32_t second = 0;
    if (text_is_index(e)) {
        first = text_take_index(e, space);
        second = text_take_index(e, space);
    }
    text_put_unsigned(e, e->code, first);
    text_put_unsigned(e, e->code, second);
}

// ---- Memory arguments ----

static bool
begins_with(const struct text_token *token, const char *word, size_t len)
{
    return token->kind == TEXT_KEYWORD && token->len > len &&
           memcmp(token->bytes, word, len) == 0;
}

static bool
is_argument(const struct text_token *token)
{
    return begins_with(token, "offset=", 7) || begins_with(token, "align=", 6);
}

// The number behind `word`, if that is the token.
static bool
try_argument(struct text_encoder *e, const char *word, size_t len, uint64_t *out)
{
    if (!begins_with(&e->token, word, len))
        return false;
    switch (text_unsigned(e->token.bytes + len, e->token.len - len, 64, out)) {
    case TEXT_NUMBER_OK:
        text_advance(e);
        return true;
    case TEXT_NUMBER_RANGE:
        text_fail(e, "i64 constant out of range");
        return false;
    case TEXT_NUMBER_SYNTAX:
        text_fail(e, "unknown operator");
    }
    return false;
}

static void
memory_argument(struct text_encoder *e, uint64_t natural, bool has_lane)
{
    uint32_t memory = 0;
    uint64_t offset = 0;
    uint64_t align = 1ull << natural;
    // Before a lane, a number alone is the lane.
    if (e->token.kind == TEXT_ID ||
        (e->token.kind == TEXT_INTEGER &&
         (!has_lane || e->ahead.kind == TEXT_INTEGER || is_argument(&e->ahead))))
        memory = text_take_index(e, SPACE_MEMORY);
    (void)try_argument(e, "offset=", 7, &offset);
    struct text_token token = e->token;
    if (try_argument(e, "align=", 6, &align) && (align == 0 || (align & (align - 1)))) {
        e->token = token;
        text_fail(e, "alignment must be a power of two");
        return;
    }
    uint32_t flags = (uint32_t)__builtin_ctzll(align);
    text_put_unsigned(e, e->code, memory ? flags | 0x40 : flags);
    if (memory)
        text_put_unsigned(e, e->code, memory);
    text_put_unsigned(e, e->code, offset);
}

// ---- Constants ----

static bool
is_number(const struct text_token *token)
{
    return token->kind == TEXT_INTEGER || token->kind == TEXT_FLOAT;
}

// Makes the number of the token; it is not taken.
static uint64_t
number(struct text_encoder *e, const struct text_token *token, uint32_t bits,
       bool is_float)
{
    uint64_t value = 0;
    enum text_number result = TEXT_NUMBER_SYNTAX;
    if (is_number(token))
        result = is_float ? text_float(token->bytes, token->len, bits, &value)
                          : text_integer(token->bytes, token->len, bits, &value);
    if (result == TEXT_NUMBER_OK)
        return value;
    e->token = *token;
    if (result == TEXT_NUMBER_RANGE)
        text_fail(e, "constant out of range");
    else
        text_unexpected(e);
    return 0;
}

static void
put_bits(struct text_encoder *e, uint64_t value, uint32_t bits)
{
    for (; bits > 0; bits -= 8, value >>= 8)
        text_put_byte(e, e->code, (uint8_t)value);
}

static void
put_integer(struct text_encoder *e, uint32_t bits)
{
    uint64_t value = number(e, &e->token, bits, false);
    text_put_signed(e, e->code, bits == 32 ? (int32_t)(uint32_t)value : (int64_t)value);
    text_advance(e);
}

static void
put_float(struct text_encoder *e, uint32_t bits)
{
    put_bits(e, number(e, &e->token, bits, true), bits);
    text_advance(e);
}

static const struct shape {
    const char *word;
    uint32_t bits;
    bool is_float;
} shapes[] = {
    {"i8x16", 8, false},  {"i16x8", 16, false}, {"i32x4", 32, false},
    {"i64x2", 64, false}, {"f32x4", 32, true},  {"f64x2", 64, true},
};

// Up to `room` numbers; returns how many there are, room + 1 if more.
static uint32_t
take_numbers(struct text_encoder *e, struct text_token *out, uint32_t room)
{
    uint32_t count = 0;
    for (; is_number(&e->token) && count < room; count++) {
        out[count] = e->token;
        text_advance(e);
    }
    return is_number(&e->token) ? room + 1 : count;
}

static void
put_vector(struct text_encoder *e)
{
    struct text_token lanes[16];
    const struct shape *shape = NULL;
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]) && !shape; i++) {
        if (text_try_word(e, shapes[i].word))
            shape = &shapes[i];
    }
    if (!shape) {
        text_unexpected(e);
        return;
    }
    if (take_numbers(e, lanes, 128 / shape->bits) != 128 / shape->bits) {
        if (e->token.kind == TEXT_RESERVED || e->token.kind == TEXT_ERROR ||
            (e->token.kind == TEXT_KEYWORD && !text_is_known_word(e, &e->token)))
            text_unexpected(e);
        text_fail(e, "wrong number of lane literals");
        return;
    }
    for (uint32_t i = 0; i < 128 / shape->bits && !e->is_failed; i++)
        put_bits(e, number(e, &lanes[i], shape->bits, shape->is_float), shape->bits);
}

static void
put_lane(struct text_encoder *e)
{
    uint64_t lane = 0;
    enum text_number result = e->token.kind == TEXT_INTEGER
                                  ? text_unsigned(e->token.bytes, e->token.len, 8, &lane)
                                  : TEXT_NUMBER_SYNTAX;
    if (result == TEXT_NUMBER_RANGE)
        text_fail(e, "i8 constant out of range");
    else if (result == TEXT_NUMBER_SYNTAX)
        text_unexpected(e);
    text_put_byte(e, e->code, (uint8_t)lane);
    text_advance(e);
}

static void
put_shuffle(struct text_encoder *e)
{
    struct text_token lanes[16];
    if (take_numbers(e, lanes, 16) != 16) {
        text_fail(e, "invalid lane length");
        return;
    }
    for (uint32_t i = 0; i < 16 && !e->is_failed; i++) {
        uint64_t lane = 0;
        if (text_unsigned(lanes[i].bytes, lanes[i].len, 8, &lane) != TEXT_NUMBER_OK) {
            e->token = lanes[i];
            text_fail(e, "i8 constant out of range");
        }
        text_put_byte(e, e->code, (uint8_t)lane);
    }
}

// ---- Control ----

static void
put_labels(struct text_encoder *e)
{
    struct text_items labels = {.bytes = e->scratch};
    labels.bytes.len = 0;
    uint32_t last = text_take_label(e);
    while (text_is_index(e)) {
        text_put_unsigned(e, &labels.bytes, last);
        labels.count++;
        last = text_take_label(e);
    }
    text_put_items(e, e->code, &labels);
    text_put_unsigned(e, e->code, last);
    e->scratch = labels.bytes;
}

static void
put_call_indirect(struct text_encoder *e)
{
    uint32_t table = optional_index(e, SPACE_TABLE);
    text_put_unsigned(e, e->code, text_typeuse(e, PARAMS_UNNAMED));
    text_put_unsigned(e, e->code, table);
}

void
text_block_type(struct text_encoder *e)
{
    struct text_typeuse use = text_read_typeuse(e, PARAMS_UNNAMED);
    if (e->is_failed)
        return;
    if (use.is_explicit || e->params.count > 0 || e->results.count > 1)
        text_put_signed(e, e->code, text_typeuse_index(e, &use));
    else if (e->results.count == 0)
        text_put_byte(e, e->code, 0x40);
    else
        text_put(e, e->code, e->results.bytes.bytes, e->results.bytes.len);
}

static bool
try_catch(struct text_encoder *e, struct text_items *clauses)
{
    static const char *const kinds[] = {"catch", "catch_ref", "catch_all",
                                        "catch_all_ref"};
    for (uint8_t kind = WASM_CATCH; kind <= WASM_CATCH_ALL_REF; kind++) {
        if (!text_try_form(e, kinds[kind]))
            continue;
        text_put_byte(e, &clauses->bytes, kind);
        if (kind < WASM_CATCH_ALL)
            text_put_unsigned(e, &clauses->bytes, text_take_index(e, SPACE_TAG));
        text_put_unsigned(e, &clauses->bytes, text_take_label(e));
        text_take_close(e);
        clauses->count++;
        return true;
    }
    return false;
}

void
text_catches(struct text_encoder *e)
{
    struct text_items clauses = {.bytes = e->scratch};
    clauses.bytes.len = 0;
    while (try_catch(e, &clauses))
        ;
    text_put_items(e, e->code, &clauses);
    e->scratch = clauses.bytes;
}

// select (result t)*: another instruction than the one without.
static bool
put_typed_select(struct text_encoder *e)
{
    if (!text_is_form(e, "result"))
        return false;
    text_put_opcode(e, WASM_OP_SELECT_T);
    text_signature(e, PARAMS_UNNAMED);
    text_put_items(e, e->code, &e->results);
    return true;
}

// ---- References ----

// ref.null has a heap type; ref.test and ref.cast a reference type, whose `null` makes
// another instruction, the next one, of them.
static void
put_heaptype(struct text_encoder *e, uint32_t code)
{
    bool is_null;
    if (code == WASM_OP_REF_NULL) {
        text_heaptype(e, e->code);
        return;
    }
    size_t at = e->code->len - 1;
    text_reftype_parts(e, e->code, &is_null);
    if (!e->is_failed && is_null)
        e->code->bytes[at]++;
}

static void
put_cast(struct text_encoder *e)
{
    bool is_source_null = false;
    bool is_target_null = false;
    size_t at = e->code->len;
    text_put_byte(e, e->code, 0);
    text_put_unsigned(e, e->code, text_take_label(e));
    text_reftype_parts(e, e->code, &is_source_null);
    text_reftype_parts(e, e->code, &is_target_null);
    if (!e->is_failed)
        e->code->bytes[at] = (uint8_t)(is_source_null | is_target_null << 1);
}

static void
put_field(struct text_encoder *e)
{
    uint32_t type = text_take_index(e, SPACE_TYPE);
    text_put_unsigned(e, e->code, type);
    text_put_unsigned(e, e->code, text_take_field_index(e, type));
}

static void
put_data(struct text_encoder *e)
{
    e->uses_data_index = true;
    put_index(e, SPACE_DATA);
}

// ---- All ----

static void
put_memory_immediate(struct text_encoder *e, uint8_t imm)
{
    bool has_lane = imm >= IMM_MEM8_LANE;
    memory_argument(e, (uint64_t)imm - (has_lane ? IMM_MEM8_LANE : IMM_MEM8), has_lane);
    if (has_lane)
        put_lane(e);
}

static void
put_constant(struct text_encoder *e, uint8_t imm)
{
    switch (imm) {
    case IMM_I32:
        put_integer(e, 32);
        break;
    case IMM_I64:
        put_integer(e, 64);
        break;
    case IMM_F32:
        put_float(e, 32);
        break;
    case IMM_F64:
        put_float(e, 64);
        break;
    case IMM_V128:
        put_vector(e);
        break;
    case IMM_SHUFFLE:
        put_shuffle(e);
        break;
    default:
        put_lane(e);
    }
}

// Indices behind a type.
static void
put_typed(struct text_encoder *e, uint8_t imm)
{
    put_index(e, SPACE_TYPE);
    if (imm == IMM_TYPE_LEN)
        text_put_unsigned(e, e->code, text_take_u32(e));
    else if (imm == IMM_TYPE_TYPE)
        put_index(e, SPACE_TYPE);
    else if (imm == IMM_TYPE_DATA)
        put_data(e);
    else if (imm == IMM_TYPE_ELEM)
        put_index(e, SPACE_ELEM);
}

static void
put_segment(struct text_encoder *e, uint8_t imm)
{
    switch (imm) {
    case IMM_DATA_MEMORY:
        e->uses_data_index = true;
        index_behind_optional(e, SPACE_MEMORY, SPACE_DATA);
        break;
    case IMM_ELEM_TABLE:
        index_behind_optional(e, SPACE_TABLE, SPACE_ELEM);
        break;
    case IMM_DATA:
        put_data(e);
        break;
    default:
        put_index(e, SPACE_ELEM);
    }
}

static void
put_immediates(struct text_encoder *e, const struct text_opcode *op)
{
    switch (op->imm) {
    case IMM_NONE:
        break;
    case IMM_LABEL:
        text_put_unsigned(e, e->code, text_take_label(e));
        break;
    case IMM_LABELS:
        put_labels(e);
        break;
    case IMM_FUNC:
        put_index(e, SPACE_FUNC);
        break;
    case IMM_TYPE_TABLE:
        put_call_indirect(e);
        break;
    case IMM_LOCAL:
        put_index(e, SPACE_LOCAL);
        break;
    case IMM_GLOBAL:
        put_index(e, SPACE_GLOBAL);
        break;
    case IMM_TAG:
        put_index(e, SPACE_TAG);
        break;
    case IMM_TABLE:
        text_put_unsigned(e, e->code, optional_index(e, SPACE_TABLE));
        break;
    case IMM_MEMORY:
        text_put_unsigned(e, e->code, optional_index(e, SPACE_MEMORY));
        break;
    case IMM_MEMORY_MEMORY:
        two_or_none(e, SPACE_MEMORY);
        break;
    case IMM_TABLE_TABLE:
        two_or_none(e, SPACE_TABLE);
        break;
    case IMM_HEAPTYPE:
        put_heaptype(e, op->code);
        break;
    case IMM_CAST:
        put_cast(e);
        break;
    case IMM_TYPE_FIELD:
        put_field(e);
        break;
    case IMM_FENCE:
        text_put_byte(e, e->code, 0);
        break;
    case IMM_TYPE:
    case IMM_TYPE_LEN:
    case IMM_TYPE_TYPE:
    case IMM_TYPE_DATA:
    case IMM_TYPE_ELEM:
        put_typed(e, op->imm);
        break;
    case IMM_DATA_MEMORY:
    case IMM_DATA:
    case IMM_ELEM_TABLE:
    case IMM_ELEM:
        put_segment(e, op->imm);
        break;
    default:
        if (op->imm >= IMM_MEM8 && op->imm <= IMM_MEM64_LANE)
            put_memory_immediate(e, op->imm);
        else
            put_constant(e, op->imm);
    }
}

void
text_instruction(struct text_encoder *e, const struct text_opcode *op)
{
    if (op->code == WASM_OP_SELECT && put_typed_select(e))
        return;
    text_put_opcode(e, op->code);
    put_immediates(e, op);
}
