// SPDX-License-Identifier: Apache-2.0
//
// The ways a domain ends by its own will. Each sends the EXIT record, the last one.
#pragma once

#include <stdint.h>

#define EXIT_CODE_ERROR 1u   // the program could not be started
#define EXIT_CODE_FAULT 134u // it trapped: 128 + SIGABRT, as a shell would say

_Noreturn void exit_code(uint32_t code);

static inline _Noreturn void
exit_fault(void)
{
    exit_code(EXIT_CODE_FAULT);
}

// Logs "selkis: error: " and the text (base/fmt.h), then exits with EXIT_CODE_ERROR.
_Noreturn void exit_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

// The same for memory that ran out while doing `what`.
_Noreturn void exit_no_memory(const char *what);
