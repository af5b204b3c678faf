// SPDX-License-Identifier: Apache-2.0
//
// Messages quote names that others chose: control characters become '?', so that no name
// can drive the terminal.
#include "tools/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

__attribute__((format(printf, 2, 0))) static void
say(const char *prefix, const char *format, va_list args)
{
    char line[2048];
    int len = snprintf(line, sizeof(line), "%s", prefix);
    len += vsnprintf(line + len, sizeof(line) - (size_t)len - 1, format, args);
    if (len > (int)sizeof(line) - 2)
        len = (int)sizeof(line) - 2;
    for (int i = 0; i < len; i++) {
        if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
            line[i] = '?';
    }
    line[len++] = '\n';
    ssize_t ignored = write(STDERR_FILENO, line, (size_t)len);
    (void)ignored; // nowhere is left to say so
}

void
message_error(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("selkis: error: ", format, args);
    va_end(args);
}

void
message_hint(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("selkis: hint: ", format, args);
    va_end(args);
}

void
message_note(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("selkis: ", format, args);
    va_end(args);
}

void
message_line(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("", format, args);
    va_end(args);
}
