// SPDX-License-Identifier: Apache-2.0
//
// Values of the converted scripts: {"type": "i32", "value": "7"}. Numbers are unsigned
// decimal bit patterns, v128 are lists of lanes; an expected float may be "nan:canonical"
// or "nan:arithmetic", and a reference without a value stands for any that is not null.
#pragma once

#include "test/spec/json.h"
#include "text/script/value.h"

// How many entries json_value_read will write.
uint32_t json_value_span(const struct json *json);

// False: no such value.
bool json_value_read(const struct json *json, struct script_value *out);
