// SPDX-License-Identifier: Apache-2.0
//
// UTF-8 as the Unicode standard's table 3-7 has it: no overlong forms, no surrogates,
// nothing above U+10FFFF. Internal to the engine.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool wasm_utf8_is_valid(const uint8_t *bytes, size_t len);
