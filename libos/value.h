// SPDX-License-Identifier: Apache-2.0
//
// Wasm values as text, for --invoke.
#pragma once

#include "engine/engine.h"

#define VALUE_TEXT_MAX 64u

// Integers: decimal, or hexadecimal after 0x, with a sign; signed or unsigned range.
// Floats: decimal with fraction and exponent, inf, nan. False: not of `type`.
bool value_parse(wasm_type_t type, const char *text, size_t len, union wasm_value *value);

// Whether there are values of `type` that value_parse reads.
bool value_is_number(wasm_type_t type);

// Writes at most VALUE_TEXT_MAX bytes, not terminated; returns how many. Integers signed
// decimal; floats with as many digits as it takes to tell them from their neighbours;
// vectors as 32 hexadecimal digits, the highest byte first.
size_t value_print(wasm_type_t type, const union wasm_value *value, char *out);
