// SPDX-License-Identifier: Apache-2.0
//
// Constants and result patterns of specification scripts.
//
// Patterns lie in an array one after another. An `either` stands before its alternatives,
// which are no `either` themselves:
//
//   i32 1 | either, 2 alternatives | i32 5 | i32 7 | ref.null     (three results)
#pragma once

#include "engine/engine.h"

enum script_value_kind {
    SCRIPT_I32,
    SCRIPT_I64,
    SCRIPT_F32,
    SCRIPT_F64,
    SCRIPT_V128,
    SCRIPT_REF_NULL,   // `heap` is its type, or SCRIPT_HEAP_NONE
    SCRIPT_REF_EXTERN, // word `bits.i64` of the host, as an externref
    SCRIPT_REF_HOST,   // the same word, converted to anyref
    SCRIPT_REF,        // only a pattern: any reference of type `heap` but null
    SCRIPT_EITHER,     // only a pattern: one of the `count` patterns behind it
};

#define SCRIPT_HEAP_NONE UINT32_MAX

// Sets of NaNs, wasm core #syntax-nan.
enum script_nan {
    SCRIPT_NAN_NONE, // the bits as they are
    SCRIPT_NAN_CANONICAL,
    SCRIPT_NAN_ARITHMETIC,
};

#define SCRIPT_FLOAT_LANES 4u

struct script_value {
    enum script_value_kind kind;
    uint32_t lane_bits;              // numbers: 32, 64; v128: 8, 16, 32, 64
    uint8_t nan[SCRIPT_FLOAT_LANES]; // enum script_nan, by lane; a number has one lane
    uint32_t heap;
    uint32_t count;
    union wasm_value bits;
};

// How many array entries the pattern takes up.
static inline uint32_t
script_value_span(const struct script_value *value)
{
    return value->kind == SCRIPT_EITHER ? 1 + value->count : 1;
}

// Makes an argument of the type. False: the value is of another type, or no constant.
bool script_value_argument(const struct script_value *value, wasm_type_t type,
                           union wasm_value *out);

// Whether a result of type `type` is what the pattern stands for. References must be
// alive.
bool script_value_matches(const struct script_value *pattern, wasm_type_t type,
                          union wasm_value actual);

#define SCRIPT_SHOWN_MAX 200u

// Text for messages, at most SCRIPT_SHOWN_MAX bytes with its terminator.
void script_value_show(const struct script_value *pattern, char *out);
void script_result_show(wasm_type_t type, union wasm_value value, char *out);
