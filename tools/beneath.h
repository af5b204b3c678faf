// SPDX-License-Identifier: Apache-2.0
//
// Paths below a folder that never leave it: relative, without "..", and without following
// a symbolic link, whoever swaps folders meanwhile.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define BENEATH_PATH_MAX 4096u
#define BENEATH_NAME_MAX 255u

// Whether `path` is one or more names with single slashes between them; no empty name,
// ".", or ".."; no byte 0 within `len`.
bool beneath_valid(const char *path, size_t len);

// Opens the folder that holds the last name of the valid `path`, one name after the
// other; *leaf points to the last name. -1: errno (ENOTDIR or ELOOP for a symbolic link).
int beneath_open_parent(int root, const char *path, const char **leaf);
