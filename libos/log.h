// SPDX-License-Identifier: Apache-2.0
//
// The library OS's own words, on standard error.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "abi/domain.h"

// Writes all of `bytes` to a console. Returns SK_OK, or the status that stopped it.
int64_t console_write_all(sk_handle_t console, const void *bytes, size_t len);

// One line, cut off at 1 KiB; `format` as in base/fmt.h, without a newline.
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
