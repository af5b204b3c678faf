// SPDX-License-Identifier: Apache-2.0
#include "libos/value.h"

#include "base/fmt.h"
#include "libos/decimal.h"

static int
digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 16;
}

// Magnitude and sign of an integer; false: not one, or beyond 64 bits.
static bool
parse_integer(const char *text, size_t len, uint64_t *magnitude, bool *negative)
{
    *negative = len && text[0] == '-';
    size_t at = len && (text[0] == '-' || text[0] == '+') ? 1 : 0;
    uint64_t base = 10;
    if (len - at > 2 && text[at] == '0' && (text[at + 1] == 'x' || text[at + 1] == 'X')) {
        base = 16;
        at += 2;
    }
    if (at == len)
        return false;
    for (*magnitude = 0; at < len; at++) {
        uint64_t digit = (uint64_t)digit_of(text[at]);
        if (digit >= base || __builtin_mul_overflow(*magnitude, base, magnitude) ||
            __builtin_add_overflow(*magnitude, digit, magnitude))
            return false;
    }
    return true;
}

static bool
parse_bits(const char *text, size_t len, unsigned bits, uint64_t *out)
{
    uint64_t magnitude;
    bool negative;
    if (!parse_integer(text, len, &magnitude, &negative))
        return false;
    uint64_t sign = 1ull << (bits - 1);
    if (negative ? magnitude > sign : magnitude > sign - 1 + sign)
        return false;
    *out = negative ? 0 - magnitude : magnitude;
    return true;
}

bool
value_is_number(wasm_type_t type)
{
    return type == WASM_TYPE_I32 || type == WASM_TYPE_I64 || type == WASM_TYPE_F32 ||
           type == WASM_TYPE_F64;
}

bool
value_parse(wasm_type_t type, const char *text, size_t len, union wasm_value *value)
{
    uint64_t bits;
    *value = (union wasm_value){.v128 = {0, 0}};
    switch (type) {
    case WASM_TYPE_I32:
        if (!parse_bits(text, len, 32, &bits))
            return false;
        value->i32 = (uint32_t)bits;
        return true;
    case WASM_TYPE_I64:
        return parse_bits(text, len, 64, &value->i64);
    case WASM_TYPE_F32:
        if (!decimal_parse(&decimal_f32, text, len, &bits))
            return false;
        value->i32 = (uint32_t)bits;
        return true;
    case WASM_TYPE_F64:
        return decimal_parse(&decimal_f64, text, len, &value->i64);
    default:
        return false;
    }
}

size_t
value_print(wasm_type_t type, const union wasm_value *value, char *out)
{
    switch (type) {
    case WASM_TYPE_I32:
        return fmt_string(out, VALUE_TEXT_MAX, "%d", (int32_t)value->i32);
    case WASM_TYPE_I64:
        return fmt_string(out, VALUE_TEXT_MAX, "%ld", (int64_t)value->i64);
    case WASM_TYPE_F32:
        return decimal_print(&decimal_f32, value->i32, out);
    case WASM_TYPE_F64:
        return decimal_print(&decimal_f64, value->i64, out);
    case WASM_TYPE_V128:
        return fmt_string(out, VALUE_TEXT_MAX, "0x%016lx%016lx",
                          (unsigned long)value->v128[1], (unsigned long)value->v128[0]);
    default:
        return fmt_string(out, VALUE_TEXT_MAX, "%s", value->ref ? "ref" : "null");
    }
}
