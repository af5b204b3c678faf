// SPDX-License-Identifier: Apache-2.0
//
// Numbers of the text format, exact to the bit. Wasm core 3.0 #text-number. All take a
// whole token.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "text/lexer.h"

enum text_number {
    TEXT_NUMBER_OK,
    TEXT_NUMBER_SYNTAX, // not such a number
    TEXT_NUMBER_RANGE,  // "constant out of range"
};

// iN: signed or unsigned, into the low `bits` (8, 16, 32, 64) of *out; the others are 0.
enum text_number text_integer(const char *bytes, size_t len, uint32_t bits,
                              uint64_t *out);

// uN: no sign.
enum text_number text_unsigned(const char *bytes, size_t len, uint32_t bits,
                               uint64_t *out);

// fN, 32 or 64 bits: rounded to nearest, ties to even; integers too, inf, nan and
// nan:0x...
enum text_number text_float(const char *bytes, size_t len, uint32_t bits, uint64_t *out);

// Whether the token is a number: TEXT_INTEGER, TEXT_FLOAT, else TEXT_RESERVED.
enum text_kind text_number_kind(const char *bytes, size_t len);
