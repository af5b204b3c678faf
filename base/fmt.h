// SPDX-License-Identifier: Apache-2.0
//
// printf's small brother for code without a C library: messages into a buffer of fixed
// room.
#pragma once

#include <stdarg.h>
#include <stddef.h>

// Writes at most room - 1 bytes and a terminator (room >= 1); returns the length written.
// Text that does not fit is cut off.
// Directives: %s %.*s %c %d %i %u %x %p %%, with l, ll or z before d, i, u, x, and a
// width with an optional leading 0 (%08x). %p prints 0x and the digits.
size_t fmt_string(char *out, size_t room, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
size_t fmt_string_v(char *out, size_t room, const char *format, va_list args);
