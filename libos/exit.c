// SPDX-License-Identifier: Apache-2.0
#include "libos/exit.h"

#include <stdarg.h>

#include "base/fmt.h"
#include "libos/log.h"
#include "libos/report.h"

_Noreturn void
exit_code(uint32_t code)
{
    report_exit(code);
    sk_exit(code);
}

_Noreturn void
exit_error(const char *format, ...)
{
    char text[900];
    va_list args;
    va_start(args, format);
    (void)fmt_string_v(text, sizeof(text), format, args);
    va_end(args);
    log_line("selkis: error: %s", text);
    exit_code(EXIT_CODE_ERROR);
}

_Noreturn void
exit_no_memory(const char *what)
{
    exit_error("out of memory: %s; give the program more with --mem", what);
}
