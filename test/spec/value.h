// SPDX-License-Identifier: Apache-2.0
//
// Values of the suite's scripts: {"type": "i32", "value": "7"}. Numbers are unsigned
// decimal bit patterns; an expected float may be "nan:canonical" or "nan:arithmetic", and
// a reference without a value stands for any that is not null.
#pragma once

#include <stdbool.h>

#include "engine/engine.h"
#include "test/spec/json.h"

// Reads an argument. False: it is of a type that the engine's face has no values of.
bool value_read(const struct json *json, uint8_t *type, union wasm_value *out);

// Whether a result of type `type` is what the script expects.
bool value_matches(const struct json *expected, uint8_t type, union wasm_value actual);

// Writes a result or an expectation for a message, cut to `room`.
void value_print(uint8_t type, union wasm_value value, char *out, size_t room);
void value_print_expected(const struct json *expected, char *out, size_t room);
