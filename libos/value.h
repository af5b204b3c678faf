// SPDX-License-Identifier: Apache-2.0
//
// Wasm values as text, for --invoke.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

union wasm_value;

#define VALUE_TEXT_MAX 64u

// Integers: decimal, or hexadecimal after 0x, with a sign; signed or unsigned range.
// Floats: decimal with fraction and exponent, inf, nan. False: not of `type`.
bool value_parse(uint8_t type, const char *text, size_t len, union wasm_value *value);

// Writes at most VALUE_TEXT_MAX bytes, not terminated; returns how many. Integers signed
// decimal; floats with as many digits as it takes to tell them from their neighbours.
size_t value_print(uint8_t type, const union wasm_value *value, char *out);
