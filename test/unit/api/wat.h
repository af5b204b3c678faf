// SPDX-License-Identifier: Apache-2.0
//
// Modules of tests, written as text.
#pragma once

#include "api/wasm.h"

// Fails the test when the text does not encode.
void wat_encode(const char *text, wasm_byte_vec_t *out);
