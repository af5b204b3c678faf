// SPDX-License-Identifier: Apache-2.0
//
// Whole files in memory.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Returns the bytes of a plain file, to be freed, in a block of exactly their length
// (at least 1), so that a sanitizer sees reads beyond it. NULL: *why says why not.
uint8_t *file_read(const char *path, size_t *len, const char **why);
