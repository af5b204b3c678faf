// SPDX-License-Identifier: Apache-2.0
#include "base/fmt.h"

#include <stdbool.h>
#include <stdint.h>

struct sink {
    char *at;
    char *end; // room for the terminator lies here
};

static void
put(struct sink *s, char c)
{
    if (s->at < s->end)
        *s->at++ = c;
}

static void
put_number(struct sink *s, uint64_t value, unsigned base, bool negative, unsigned width,
           char pad)
{
    char digits[24];
    unsigned n = 0;
    do {
        digits[n++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    unsigned len = n + negative;
    if (negative && pad == '0')
        put(s, '-');
    for (; width > len; width--)
        put(s, pad);
    if (negative && pad != '0')
        put(s, '-');
    while (n)
        put(s, digits[--n]);
}

static void
put_text(struct sink *s, const char *text, size_t max, unsigned width)
{
    size_t len = 0;
    while (len < max && text[len])
        len++;
    for (; width > len; width--)
        put(s, ' ');
    for (size_t i = 0; i < len; i++)
        put(s, text[i]);
}

size_t
fmt_string_v(char *out, size_t room, const char *format, va_list args)
{
    struct sink s = {out, out + room - 1};
    for (const char *f = format; *f; f++) {
        if (*f != '%') {
            put(&s, *f);
            continue;
        }
        char pad = ' ';
        unsigned width = 0;
        unsigned longs = 0;
        size_t max = SIZE_MAX;
        f++;
        if (*f == '0')
            pad = *f++;
        while (*f >= '0' && *f <= '9')
            width = width * 10 + (unsigned)(*f++ - '0');
        if (f[0] == '.' && f[1] == '*') {
            int precision = va_arg(args, int);
            max = precision < 0 ? SIZE_MAX : (size_t)precision;
            f += 2;
        }
        for (; *f == 'l' || *f == 'z'; f++)
            longs++;
        switch (*f) {
        case 'd':
        case 'i': {
            int64_t v = longs ? va_arg(args, long) : va_arg(args, int);
            put_number(&s, v < 0 ? 0 - (uint64_t)v : (uint64_t)v, 10, v < 0, width, pad);
            break;
        }
        case 'u':
        case 'x': {
            uint64_t v = longs ? va_arg(args, unsigned long) : va_arg(args, unsigned);
            put_number(&s, v, *f == 'u' ? 10 : 16, false, width, pad);
            break;
        }
        case 'p':
            put(&s, '0');
            put(&s, 'x');
            put_number(&s, (uintptr_t)va_arg(args, void *), 16, false, width, '0');
            break;
        case 's':
            put_text(&s, va_arg(args, const char *), max, width);
            break;
        case 'c':
            put(&s, (char)va_arg(args, int));
            break;
        case '%':
            put(&s, '%');
            break;
        default: // an unknown directive: print it and stop, the arguments are out of step
            put(&s, '%');
            put_text(&s, f, SIZE_MAX, 0);
            *s.at = 0;
            return (size_t)(s.at - out);
        }
    }
    *s.at = 0;
    return (size_t)(s.at - out);
}

size_t
fmt_string(char *out, size_t room, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    size_t len = fmt_string_v(out, room, format, args);
    va_end(args);
    return len;
}
