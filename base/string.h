// SPDX-License-Identifier: Apache-2.0
//
// The four functions that a freestanding compiler takes for granted. The C library
// defines them in a process, base/string.c elsewhere.
#pragma once

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t len);
void *memmove(void *to, const void *from, size_t len);
void *memset(void *to, int byte, size_t len);
int memcmp(const void *a, const void *b, size_t len);
