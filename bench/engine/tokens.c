// SPDX-License-Identifier: Apache-2.0
//
// Text: tokens of a little language are told apart, counted, and their values summed.
#include "bench/engine/program.h"

#define LEN 20000

static char text[LEN + 1];

static void
write_text(void)
{
    static const char words[] =
        "while (x1 < 100) { y = x1 * 3 + foo_bar(\"a string\", 0x1f); "
        "x1 += 1; /* note */ } return y % 17 - z42; // end\n";
    for (uint32_t i = 0; i < LEN; i++)
        text[i] = words[i % (sizeof(words) - 1)];
    text[LEN] = 0;
}

static bool
is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// The end of the token at `at`; its kind and a number for its value.
static const char *
token(const char *at, uint32_t *kind, uint32_t *value)
{
    *value = 0;
    if (is_alpha(*at)) {
        *kind = 1;
        for (; is_alpha(*at) || is_digit(*at); at++)
            *value = *value * 31 + (uint8_t)*at;
        return at;
    }
    if (is_digit(*at)) {
        *kind = 2;
        for (; is_digit(*at) || *at == 'x' || (*at >= 'a' && *at <= 'f'); at++)
            *value = *value * 10 + (uint32_t)(*at & 15);
        return at;
    }
    if (*at == '"') {
        *kind = 3;
        for (at++; *at && *at != '"'; at++)
            ++*value;
        return *at ? at + 1 : at;
    }
    if (at[0] == '/' && at[1] == '*') {
        *kind = 4;
        for (at += 2; *at && !(at[0] == '*' && at[1] == '/'); at++)
            ++*value;
        return *at ? at + 2 : at;
    }
    if (at[0] == '/' && at[1] == '/') {
        *kind = 5;
        while (*at && *at != '\n')
            at++;
        return at;
    }
    switch (*at) {
    case ' ':
    case '\n':
        *kind = 0;
        break;
    case '(':
    case '{':
        *kind = 6;
        break;
    case ')':
    case '}':
        *kind = 7;
        break;
    case '+':
    case '-':
    case '*':
    case '%':
        *kind = 8;
        *value = (uint32_t)*at;
        break;
    default:
        *kind = 9;
    }
    return at + 1;
}

static uint32_t
work(void)
{
    uint32_t counts[10] = {0}, sum = 0;
    write_text();
    for (const char *at = text; *at;) {
        uint32_t kind, value;
        at = token(at, &kind, &value);
        counts[kind]++;
        sum += value * (kind + 1);
    }
    for (int i = 0; i < 10; i++)
        sum = mix(sum, counts[i]);
    return sum;
}

PROGRAM(0x1005a655)
