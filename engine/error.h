// SPDX-License-Identifier: Apache-2.0
//
// How the engine says what was wrong. Internal to the engine.
#pragma once

#include "engine/engine.h"

#include <stdarg.h>

// Fills *error (which may be NULL) and returns `code`. `message` begins with the
// specification's words.
enum wasm_error_code wasm_fail(struct wasm_error *error, enum wasm_error_code code,
                               uint64_t offset, const char *message, ...)
    __attribute__((format(printf, 4, 5)));
enum wasm_error_code wasm_fail_v(struct wasm_error *error, enum wasm_error_code code,
                                 uint64_t offset, const char *message, va_list args);

// The port ran out of `what` ("heap", "code", "linear memory").
enum wasm_error_code wasm_fail_memory(struct wasm_error *error, const char *what);
