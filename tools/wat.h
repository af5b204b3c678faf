// SPDX-License-Identifier: Apache-2.0
//
// Modules in the text format, where a command takes a module.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// If the plain file `path` is text (it begins as text does, or its name ends in
// .wat and it does not begin as a binary module does), *bytes becomes its binary module,
// to be freed, or *fd a file of that; else they stay. False, after a message: the text is
// wrong; the old ones stay.
bool wat_encode_bytes(const char *path, uint8_t **bytes, size_t *len);
bool wat_encode_file(const char *path, int *fd);
