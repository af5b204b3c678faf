// SPDX-License-Identifier: Apache-2.0
#include "engine/const_expr.h"

#include "engine/opcode.h"

// Prefixes of opcodes that are not in the table.
#define PREFIX_NUMERIC 0xfc
#define PREFIX_GC      0xfb
#define PREFIX_SIMD    0xfd

// ---- Validation ----

struct checker {
    struct wasm_decoder *d;
    size_t at; // offset of the instruction
    uint32_t depth;
    uint8_t stack[WASM_CONST_DEPTH];
};

static void
push(struct checker *k, uint8_t type)
{
    if (k->depth == WASM_CONST_DEPTH)
        wasm_decode_fail(k->d, WASM_UNSUPPORTED, k->at,
                         "unsupported: constant expression with more than %u operands",
                         WASM_CONST_DEPTH);
    else
        k->stack[k->depth++] = type;
}

static void
check_binary(struct checker *k, uint8_t type)
{
    if (k->depth < 2 || k->stack[k->depth - 1] != type || k->stack[k->depth - 2] != type)
        wasm_decode_fail(k->d, WASM_INVALID, k->at,
                         "type mismatch in constant expression");
    else
        k->depth--;
}

static void
check_global_get(struct checker *k)
{
    const struct wasm_module *module = k->d->module;
    uint32_t index = wasm_decode_index(k->d, "global", module->global_count);
    if (!wasm_decode_ok(k->d))
        return;
    if (module->globals[index].is_mutable)
        wasm_decode_fail(k->d, WASM_INVALID, k->at,
                         "constant expression required: global %u is mutable", index);
    push(k, module->globals[index].type);
}

static bool
is_opcode(uint32_t code)
{
    switch (code) {
#define OP(number, ...) case number:
#include "engine/opcodes.def"
#undef OP
    case PREFIX_NUMERIC:
        return true;
    default:
        return false;
    }
}

static void
refuse(struct checker *k, uint8_t opcode)
{
    if (opcode == PREFIX_GC || opcode == PREFIX_SIMD)
        wasm_decode_fail(k->d, WASM_UNSUPPORTED, k->at, "unsupported: %s",
                         opcode == PREFIX_GC ? "gc" : "simd");
    else if (is_opcode(opcode))
        wasm_decode_fail(k->d, WASM_INVALID, k->at,
                         "constant expression required: opcode 0x%02x is none", opcode);
    else
        wasm_decode_fail(k->d, WASM_MALFORMED, k->at, "illegal opcode %02x", opcode);
}

static void
check_instruction(struct checker *k, uint8_t opcode)
{
    struct wasm_decoder *d = k->d;
    switch (opcode) {
    case WASM_OP_I32_CONST:
        cursor_leb_s32(&d->c);
        push(k, WASM_TYPE_I32);
        break;
    case WASM_OP_I64_CONST:
        cursor_leb_s64(&d->c);
        push(k, WASM_TYPE_I64);
        break;
    case WASM_OP_F32_CONST:
        cursor_u32(&d->c);
        push(k, WASM_TYPE_F32);
        break;
    case WASM_OP_F64_CONST:
        cursor_u64(&d->c);
        push(k, WASM_TYPE_F64);
        break;
    case WASM_OP_I32_ADD:
    case WASM_OP_I32_SUB:
    case WASM_OP_I32_MUL:
        check_binary(k, WASM_TYPE_I32);
        break;
    case WASM_OP_I64_ADD:
    case WASM_OP_I64_SUB:
    case WASM_OP_I64_MUL:
        check_binary(k, WASM_TYPE_I64);
        break;
    case WASM_OP_GLOBAL_GET:
        check_global_get(k);
        break;
    case WASM_OP_REF_NULL:
        push(k, wasm_decode_ref_type(d)); // heap types have the codes of their references
        break;
    case WASM_OP_REF_FUNC:
        wasm_decode_declare(d, wasm_decode_index(d, "function", d->module->func_count));
        push(k, WASM_TYPE_FUNCREF);
        break;
    default:
        refuse(k, opcode);
    }
}

struct wasm_range
wasm_const_expr_validate(struct wasm_decoder *d, uint8_t type)
{
    struct checker k = {.d = d};
    struct wasm_range range = {.lo = (uint32_t)cursor_offset(&d->c)};
    while (wasm_decode_ok(d)) {
        k.at = cursor_offset(&d->c);
        if (k.at >= d->section_end)
            cursor_fail(&d->c, "unexpected end of section or function");
        uint8_t opcode = cursor_u8(&d->c);
        if (opcode == WASM_OP_END || !wasm_decode_ok(d))
            break;
        check_instruction(&k, opcode);
    }
    if (k.depth != 1 || k.stack[0] != type)
        wasm_decode_fail(d, WASM_INVALID, k.at, "type mismatch in constant expression");
    range.hi = (uint32_t)cursor_offset(&d->c);
    return range;
}

// ---- Evaluation ----

static union wasm_value
evaluate_binary(uint8_t opcode, union wasm_value a, union wasm_value b)
{
    union wasm_value result = {.v128 = {0}};
    switch (opcode) {
    case WASM_OP_I32_ADD:
        result.i32 = a.i32 + b.i32;
        break;
    case WASM_OP_I32_SUB:
        result.i32 = a.i32 - b.i32;
        break;
    case WASM_OP_I32_MUL:
        result.i32 = a.i32 * b.i32;
        break;
    case WASM_OP_I64_ADD:
        result.i64 = a.i64 + b.i64;
        break;
    case WASM_OP_I64_SUB:
        result.i64 = a.i64 - b.i64;
        break;
    default:
        result.i64 = a.i64 * b.i64;
        break;
    }
    return result;
}

static bool
is_binary(uint8_t opcode)
{
    return (opcode >= WASM_OP_I32_ADD && opcode <= WASM_OP_I32_MUL) ||
           (opcode >= WASM_OP_I64_ADD && opcode <= WASM_OP_I64_MUL);
}

static union wasm_value
evaluate_leaf(struct wasm_instance *instance, struct cursor *c, uint8_t opcode)
{
    union wasm_value value = {.v128 = {0}};
    switch (opcode) {
    case WASM_OP_I32_CONST:
        value.i32 = (uint32_t)cursor_leb_s32(c);
        break;
    case WASM_OP_I64_CONST:
        value.i64 = (uint64_t)cursor_leb_s64(c);
        break;
    case WASM_OP_F32_CONST:
        value.i32 = cursor_u32(c);
        break;
    case WASM_OP_F64_CONST:
        value.i64 = cursor_u64(c);
        break;
    case WASM_OP_GLOBAL_GET:
        value = wasm_instance_global(instance, cursor_leb_u32(c))->value;
        break;
    case WASM_OP_REF_FUNC:
        value.ref = wasm_instance_func(instance, cursor_leb_u32(c));
        break;
    default: // WASM_OP_REF_NULL
        cursor_u8(c);
        break;
    }
    return value;
}

union wasm_value
wasm_const_expr_eval(struct wasm_instance *instance, struct cursor *c)
{
    union wasm_value stack[WASM_CONST_DEPTH];
    uint32_t depth = 0;
    for (;;) {
        uint8_t opcode = cursor_u8(c);
        if (opcode == WASM_OP_END)
            return stack[0];
        if (is_binary(opcode)) {
            depth--;
            stack[depth - 1] = evaluate_binary(opcode, stack[depth - 1], stack[depth]);
        } else {
            stack[depth++] = evaluate_leaf(instance, c, opcode);
        }
    }
}

union wasm_value
wasm_const_expr_eval_range(struct wasm_instance *instance, struct wasm_range range)
{
    struct cursor c = cursor_make(instance->module->bytes, range.lo, range.hi);
    return wasm_const_expr_eval(instance, &c);
}
