// SPDX-License-Identifier: Apache-2.0
//
// Representation. The lexer has seen to the grammar of a token; the readers below take
// its parts apart again:
//
//   sign? 0x? digits . digits (e|p) sign? digits
//
// A float is first a number m * 2^e with m of 64 bits and a flag for what is below it,
// exact; then it is rounded once. Of a decimal one that takes a division of big integers,
// whose size is bounded: digits that cannot matter become the flag.
#include "text/number.h"

#include "base/string.h"
#include "text/decimal.h"

static bool
is_digit(char c, bool is_hex)
{
    return (c >= '0' && c <= '9') ||
           (is_hex && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')));
}

static uint32_t
digit_value(char c)
{
    return c <= '9' ? (uint32_t)(c - '0') : ((uint32_t)c | 0x20) - 'a' + 10;
}

// ---- Grammar ----

struct span {
    const char *at;
    const char *end;
};

static bool
take(struct span *s, char a, char b)
{
    bool is_there = s->at != s->end && (*s->at == a || *s->at == b);
    s->at += is_there;
    return is_there;
}

// Digits with single underscores between them.
static bool
take_digits(struct span *s, bool is_hex)
{
    if (s->at == s->end || !is_digit(*s->at, is_hex))
        return false;
    do {
        s->at++;
        if (s->end - s->at >= 2 && s->at[0] == '_' && is_digit(s->at[1], is_hex))
            s->at++;
    } while (s->at != s->end && is_digit(*s->at, is_hex));
    return true;
}

static bool
take_hex_mark(struct span *s)
{
    if (s->end - s->at < 2 || s->at[0] != '0' || s->at[1] != 'x')
        return false;
    s->at += 2;
    return true;
}

static bool
span_is(const struct span *s, const char *word)
{
    size_t len = (size_t)(s->end - s->at);
    for (size_t i = 0; i < len; i++) {
        if (word[i] == 0 || word[i] != s->at[i])
            return false;
    }
    return word[len] == 0;
}

static bool
take_nan_payload(struct span *s)
{
    if (s->end - s->at < 6 || memcmp(s->at, "nan:0x", 6) != 0)
        return false;
    s->at += 6;
    return true;
}

enum text_kind
text_number_kind(const char *bytes, size_t len)
{
    struct span s = {bytes, bytes + len};
    (void)take(&s, '+', '-');
    if (span_is(&s, "inf") || span_is(&s, "nan"))
        return TEXT_FLOAT;
    if (take_nan_payload(&s))
        return take_digits(&s, true) && s.at == s.end ? TEXT_FLOAT : TEXT_RESERVED;
    bool is_hex = take_hex_mark(&s);
    if (!take_digits(&s, is_hex))
        return TEXT_RESERVED;
    if (s.at == s.end)
        return TEXT_INTEGER;
    if (take(&s, '.', '.'))
        (void)take_digits(&s, is_hex);
    if (is_hex ? take(&s, 'p', 'P') : take(&s, 'e', 'E')) {
        (void)take(&s, '+', '-');
        if (!take_digits(&s, false))
            return TEXT_RESERVED;
    }
    return s.at == s.end ? TEXT_FLOAT : TEXT_RESERVED;
}

// ---- Integers ----

// Digits up to the end of the span; false: more than 64 bits.
static bool
read_magnitude(struct span s, bool is_hex, uint64_t *out)
{
    uint64_t base = is_hex ? 16 : 10;
    uint64_t value = 0;
    bool fits = true;
    for (; s.at != s.end; s.at++) {
        if (*s.at == '_')
            continue;
        uint64_t digit = digit_value(*s.at);
        fits = fits && value <= (UINT64_MAX - digit) / base;
        value = value * base + digit;
    }
    *out = value;
    return fits;
}

static enum text_number
read_integer(const char *bytes, size_t len, bool is_signed, uint32_t bits, uint64_t *out)
{
    struct span s = {bytes, bytes + len};
    if (text_number_kind(bytes, len) != TEXT_INTEGER)
        return TEXT_NUMBER_SYNTAX;
    bool is_negative = *s.at == '-';
    if (take(&s, '+', '-') && !is_signed)
        return TEXT_NUMBER_SYNTAX;
    bool is_hex = take_hex_mark(&s);
    uint64_t mask = UINT64_MAX >> (64 - bits);
    uint64_t limit = is_negative ? mask / 2 + 1 : mask;
    uint64_t value;
    if (!read_magnitude(s, is_hex, &value) || value > limit)
        return TEXT_NUMBER_RANGE;
    *out = (is_negative ? -value : value) & mask;
    return TEXT_NUMBER_OK;
}

enum text_number
text_integer(const char *bytes, size_t len, uint32_t bits, uint64_t *out)
{
    return read_integer(bytes, len, true, bits, out);
}

enum text_number
text_unsigned(const char *bytes, size_t len, uint32_t bits, uint64_t *out)
{
    return read_integer(bytes, len, false, bits, out);
}

// ---- Floats ----

struct format {
    uint32_t bits;
    uint32_t fraction; // bits behind the point
    int64_t min;       // exponent of the smallest normal number
    int64_t max;       // exponent of the largest
};

static struct format
format_of(uint32_t bits)
{
    return bits == 32 ? (struct format){32, 23, -126, 127}
                      : (struct format){64, 52, -1022, 1023};
}

// Rounds to nearest, ties to even. False: too large.
static bool
round_float(const struct format *format, struct text_scaled value, uint64_t *out)
{
    *out = 0;
    if (value.bits == 0)
        return true; // less than everything, or zero
    while (!(value.bits >> 63)) {
        value.bits <<= 1;
        value.exponent--;
    }
    int64_t exponent = value.exponent + 63;
    // How many of the 64 bits go: of small numbers more.
    int64_t dropped = 63 - (int64_t)format->fraction;
    if (exponent < format->min)
        dropped += format->min - exponent;
    if (dropped > 64)
        return true;
    uint64_t kept = dropped == 64 ? 0 : value.bits >> dropped;
    uint64_t rest = value.bits << (64 - dropped);
    uint64_t half = 1ull << 63;
    if (rest > half || (rest == half && (value.is_more || (kept & 1))))
        kept++;
    // A carry into the next power of two, or out of the subnormal, comes out right: the
    // exponent's field follows the fraction's.
    if (exponent < format->min)
        exponent = format->min - 1;
    uint64_t field = (uint64_t)(exponent - format->min + 1);
    uint64_t hidden = exponent >= format->min ? 1ull << format->fraction : 0;
    *out = (field << format->fraction) + (kept - hidden);
    return exponent <= format->max &&
           *out >> format->fraction <= (uint64_t)(format->max - format->min + 1);
}

// The exponent, held to what can matter; 0 when there is none.
static int64_t
read_exponent(struct span *s)
{
    int64_t value = 0;
    bool is_negative = s->at != s->end && *s->at == '-';
    (void)take(s, '+', '-');
    for (; s->at != s->end; s->at++) {
        if (*s->at != '_' && value < (INT64_C(1) << 40))
            value = value * 10 + (int64_t)digit_value(*s->at);
    }
    return is_negative ? -value : value;
}

// Behind 0x.
static struct text_scaled
read_hex(struct span s)
{
    struct text_scaled value = {0};
    int64_t after_point = 0; // 4 per digit once the point was seen
    for (; s.at != s.end && *s.at != 'p' && *s.at != 'P'; s.at++) {
        if (*s.at == '.')
            after_point = 4;
        if (*s.at == '.' || *s.at == '_')
            continue;
        uint64_t digit = digit_value(*s.at);
        if (value.bits >> 60) {
            value.is_more = value.is_more || digit != 0;
            value.exponent += 4;
        } else {
            value.bits = value.bits << 4 | digit;
        }
        value.exponent -= after_point;
    }
    if (take(&s, 'p', 'P'))
        value.exponent += read_exponent(&s);
    return value;
}

static struct text_scaled
read_decimal(struct span s)
{
    struct text_decimal decimal;
    text_decimal_init(&decimal);
    bool is_fraction = false;
    for (; s.at != s.end && *s.at != 'e' && *s.at != 'E'; s.at++) {
        if (*s.at == '.')
            is_fraction = true;
        else if (*s.at != '_')
            text_decimal_add(&decimal, digit_value(*s.at), is_fraction);
    }
    int64_t exponent = take(&s, 'e', 'E') ? read_exponent(&s) : 0;
    return text_decimal_scale(&decimal, exponent);
}

static enum text_number
read_nan(struct span s, const struct format *format, uint64_t *out)
{
    uint64_t payload = 1ull << (format->fraction - 1);
    uint64_t end = 1ull << format->fraction;
    if (take_nan_payload(&s) &&
        (!read_magnitude(s, true, &payload) || payload == 0 || payload >= end))
        return TEXT_NUMBER_RANGE;
    *out = (uint64_t)(format->max - format->min + 2) << format->fraction | payload;
    return TEXT_NUMBER_OK;
}

static enum text_number
read_float(struct span s, const struct format *format, uint64_t *out)
{
    if (*s.at == 'n')
        return read_nan(s, format, out);
    if (*s.at == 'i') {
        *out = (uint64_t)(format->max - format->min + 2) << format->fraction;
        return TEXT_NUMBER_OK;
    }
    struct text_scaled value = take_hex_mark(&s) ? read_hex(s) : read_decimal(s);
    return round_float(format, value, out) ? TEXT_NUMBER_OK : TEXT_NUMBER_RANGE;
}

enum text_number
text_float(const char *bytes, size_t len, uint32_t bits, uint64_t *out)
{
    struct span s = {bytes, bytes + len};
    struct format format = format_of(bits);
    if (text_number_kind(bytes, len) == TEXT_RESERVED)
        return TEXT_NUMBER_SYNTAX;
    bool is_negative = *s.at == '-';
    (void)take(&s, '+', '-');
    uint64_t magnitude;
    enum text_number result = read_float(s, &format, &magnitude);
    if (result == TEXT_NUMBER_OK)
        *out = magnitude | (uint64_t)is_negative << (bits - 1);
    return result;
}
