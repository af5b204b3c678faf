// SPDX-License-Identifier: Apache-2.0
//
// UTF-8 as the Unicode standard's table 3-7 has it: no overlong forms, no surrogates,
// nothing above U+10FFFF.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Length of the character that bytes[0..len) begins with, 1 to 4; 0: there is none.
size_t utf8_char(const void *bytes, size_t len);

// Whether bytes[0..len) are characters throughout.
bool utf8_is_valid(const void *bytes, size_t len);

// Writes a character (a scalar value) to out[0..4); returns its length.
size_t utf8_encode(uint32_t character, char *out);
