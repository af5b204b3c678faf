// SPDX-License-Identifier: Apache-2.0
//
// The report stream (abi/layout.h) to whoever started the machine.
#pragma once

#include <stdint.h>

#include "abi/layout.h"

// Sends a record's header and name; its data, if data_len says so, goes after it by
// report_data. Whoever listens may be gone: failures are not reported.
void report_begin(enum sk_report_kind kind, uint32_t parent, const char *name,
                  uint32_t name_len, uint64_t data_len, uint64_t value);
void report_data(const void *bytes, uint64_t len);

void report_stat(const char *name, uint64_t value);
// `line` tells the user which grant was missing.
void report_grant(const char *line);
// A line about a trap, after what is logged; `format` as in base/fmt.h. Whoever listens
// adds the place in the source of the instruction at module_offset (0: none).
void report_trace(uint32_t module_offset, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
// The program reads its standard input: from now on it may be sent.
void report_input(void);
void report_exit(uint32_t code);
