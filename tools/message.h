// SPDX-License-Identifier: Apache-2.0
//
// What the command itself says, on standard error.
#pragma once

void message_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void message_hint(const char *format, ...) __attribute__((format(printf, 1, 2)));
void message_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
// Without the command's name before it.
void message_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
