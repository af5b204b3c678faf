// SPDX-License-Identifier: Apache-2.0
#include "libos/log.h"

#include <stdarg.h>

#include "base/fmt.h"

int64_t
console_write_all(sk_handle_t console, const void *bytes, size_t len)
{
    const uint8_t *at = bytes;
    while (len) {
        int64_t n =
            sk_console_write(console, at, len < SK_CONSOLE_MAX ? len : SK_CONSOLE_MAX);
        if (n < 0)
            return n;
        at += n;
        len -= (size_t)n;
    }
    return SK_OK;
}

void
log_line(const char *format, ...)
{
    char line[1024];
    va_list args;
    va_start(args, format);
    size_t len = fmt_string_v(line, sizeof(line) - 1, format, args);
    va_end(args);
    line[len++] = '\n';
    (void)console_write_all(SK_SLOT_LOG, line, len);
}
