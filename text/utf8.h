// SPDX-License-Identifier: Apache-2.0
//
// UTF-8 as the specification has it: no surrogates, nothing longer than needed.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Length of the character that bytes[0..len) begins with, 1 to 4; 0: there is none.
size_t utf8_char(const char *bytes, size_t len);

// Writes a character (a scalar value) to out[0..4); returns its length.
size_t utf8_encode(uint32_t character, char *out);
