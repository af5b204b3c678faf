// SPDX-License-Identifier: Apache-2.0
//
// Whole files in memory, for test programs.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Returns the file's bytes in a block of exactly their length plus `spare`, so that a
// sanitizer sees reads beyond it; to be freed. NULL, after a message to stderr, when it
// cannot be read.
uint8_t *file_read(const char *path, size_t spare, size_t *len);
