// SPDX-License-Identifier: Apache-2.0
//
// A folder for one test, and what is in it.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct folder {
    char path[64];
    int fd;
};

void folder_make(struct folder *folder);
void folder_remove(struct folder *folder);

void folder_write(const struct folder *folder, const char *name, const char *text);
// Whether the plain file `name` has exactly this text.
bool folder_has(const struct folder *folder, const char *name, const char *text);
// Entries, without "." and "..".
size_t folder_count(const struct folder *folder);
