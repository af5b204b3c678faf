// SPDX-License-Identifier: Apache-2.0
//
// Binary floating-point numbers as decimal text, exactly: what is read is the nearest
// number (ties to even), what is written is the shortest text that reads back as the same
// number.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DECIMAL_TEXT_MAX   32u // bytes of what decimal_print writes
#define DECIMAL_DIGITS_MAX 40u // significant digits that decimal_parse takes

// An IEEE 754 format: the bits of a number are sign, exponent, fraction.
struct decimal_format {
    int fraction_bits;
    int exponent_bits;
};

extern const struct decimal_format decimal_f32;
extern const struct decimal_format decimal_f64;

// [+-] digits [. digits] [e [+-] digits], inf, nan. False: something else, or more digits
// than DECIMAL_DIGITS_MAX.
bool decimal_parse(const struct decimal_format *format, const char *text, size_t len,
                   uint64_t *bits);

// Not terminated; returns the length.
size_t decimal_print(const struct decimal_format *format, uint64_t bits, char *out);
