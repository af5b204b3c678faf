// SPDX-License-Identifier: Apache-2.0
//
// Memory that belongs to the caller of a call: every access is checked by making it.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Copies a struct from or to the caller. False: SK_E_ADDRESS.
bool host_memory_read(void *to, const void *user, uint64_t len);
bool host_memory_write(void *user, const void *from, uint64_t len);

// Whether all of [user, user + len) can be read, or read and written. O(pages).
bool host_memory_readable(const void *user, uint64_t len);
bool host_memory_writable(const void *user, uint64_t len);
