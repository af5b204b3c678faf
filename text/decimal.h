// SPDX-License-Identifier: Apache-2.0
//
// Decimal numbers of any length, as binary ones. Internal to the numbers.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// A half-way point between two f64 has at most 767 significant digits; what follows can
// only say on which side of it a number is.
#define TEXT_DECIMAL_DIGITS 800u

struct text_decimal {
    uint8_t digits[TEXT_DECIMAL_DIGITS + 1]; // without leading zeros
    uint32_t count;
    bool is_more;     // digits other than 0 were left out
    int64_t exponent; // of ten, of the last digit
};

// bits * 2^exponent, or, with is_more, a little more than that: less than one more bit.
struct text_scaled {
    uint64_t bits;
    int64_t exponent;
    bool is_more;
};

void text_decimal_init(struct text_decimal *decimal);

// One more digit, behind the point or before it.
void text_decimal_add(struct text_decimal *decimal, uint32_t digit, bool is_fraction);

// decimal * 10^exponent, cut to 64 bits. What is too large or too small for any format
// stays so.
struct text_scaled text_decimal_scale(struct text_decimal *decimal, int64_t exponent);
