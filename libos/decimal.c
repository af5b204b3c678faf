// SPDX-License-Identifier: Apache-2.0
//
// A number is held as a quotient of two large integers, num / den, and scaled until its
// digits, binary or decimal, can be taken off the front one by one.
#include "libos/decimal.h"

#include "base/string.h"

// 10^(308+40) and 2^1074 with room to shift.
#define LIMBS        80u
#define EXPONENT_MAX 400 // decimal; beyond it all is infinite or zero

const struct decimal_format decimal_f32 = {.fraction_bits = 23, .exponent_bits = 8};
const struct decimal_format decimal_f64 = {.fraction_bits = 52, .exponent_bits = 11};

struct big {
    uint32_t limbs[LIMBS]; // least significant first
};

static void
big_set(struct big *b, uint64_t value)
{
    memset(b, 0, sizeof(*b));
    b->limbs[0] = (uint32_t)value;
    b->limbs[1] = (uint32_t)(value >> 32);
}

static void
big_multiply_add(struct big *b, uint32_t factor, uint32_t addend)
{
    uint64_t carry = addend;
    for (unsigned i = 0; i < LIMBS; i++) {
        carry += (uint64_t)b->limbs[i] * factor;
        b->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

static void
big_scale(struct big *b, uint32_t factor, int times)
{
    while (times-- > 0)
        big_multiply_add(b, factor, 0);
}

static int
big_compare(const struct big *a, const struct big *b)
{
    for (unsigned i = LIMBS; i-- > 0;) {
        if (a->limbs[i] != b->limbs[i])
            return a->limbs[i] < b->limbs[i] ? -1 : 1;
    }
    return 0;
}

static void
big_subtract(struct big *a, const struct big *b)
{
    uint64_t borrow = 0;
    for (unsigned i = 0; i < LIMBS; i++) {
        uint64_t difference = (uint64_t)a->limbs[i] - b->limbs[i] - borrow;
        a->limbs[i] = (uint32_t)difference;
        borrow = difference >> 63;
    }
}

static bool
big_is_zero(const struct big *b)
{
    for (unsigned i = 0; i < LIMBS; i++) {
        if (b->limbs[i])
            return false;
    }
    return true;
}

// Takes floor(num / den) off; it is below `base`, and so is what comes next after
// scaling.
static uint32_t
take_digit(struct big *num, const struct big *den, uint32_t base)
{
    uint32_t digit = 0;
    while (big_compare(num, den) >= 0) {
        big_subtract(num, den);
        digit++;
    }
    big_multiply_add(num, base, 0);
    return digit;
}

// Scales num / den into [1, base); returns the exponent of `base` that was taken out.
// num > 0.
static int
normalise(struct big *num, struct big *den, uint32_t base)
{
    int exponent = 0;
    while (big_compare(num, den) < 0) {
        big_multiply_add(num, base, 0);
        exponent--;
    }
    struct big next = *den;
    big_multiply_add(&next, base, 0);
    while (big_compare(num, &next) >= 0) {
        *den = next;
        big_multiply_add(&next, base, 0);
        exponent++;
    }
    return exponent;
}

static int
bias(const struct decimal_format *format)
{
    return (1 << (format->exponent_bits - 1)) - 1;
}

static uint64_t
infinity(const struct decimal_format *format)
{
    return ((1ull << format->exponent_bits) - 1) << format->fraction_bits;
}

// The nearest number of the format; num / den is at least 0.
static uint64_t
round_quotient(const struct decimal_format *format, struct big *num, struct big *den)
{
    if (big_is_zero(num))
        return 0;
    int exponent = normalise(num, den, 2);
    int biased = exponent + bias(format);
    // Below the normal range, leading zeros take the place of digits.
    int digits = format->fraction_bits + 1;
    if (biased < 1)
        digits -= 1 - biased;
    uint64_t significand = 0;
    for (int i = 0; i < digits; i++)
        significand = significand * 2 + take_digit(num, den, 2);
    if (digits >= 0) {
        uint32_t half = take_digit(num, den, 2);
        significand += half && (significand & 1 || !big_is_zero(num));
    }
    // The carry of rounding runs into the exponent as it should.
    uint64_t bits = significand;
    if (biased > 1)
        bits += (uint64_t)(biased - 1) << format->fraction_bits;
    return biased > 0 && bits > infinity(format) ? infinity(format) : bits;
}

struct text {
    const char *at;
    const char *end;
};

static bool
skip(struct text *t, char c)
{
    if (t->at == t->end || *t->at != c)
        return false;
    t->at++;
    return true;
}

static bool
skip_word(struct text *t, const char *word)
{
    struct text copy = *t;
    while (*word) {
        if (!skip(&copy, *word++))
            return false;
    }
    *t = copy;
    return copy.at == copy.end;
}

// Digits into `significand`; those after a point lower *exponent. False: none, too many.
static bool
parse_digits(struct text *t, struct big *significand, int *exponent)
{
    bool any = false;
    bool after_point = false;
    unsigned significant = 0;
    big_set(significand, 0);
    for (; t->at < t->end; t->at++) {
        if (*t->at == '.' && !after_point) {
            after_point = true;
            continue;
        }
        if (*t->at < '0' || *t->at > '9')
            break;
        any = true;
        big_multiply_add(significand, 10, (uint32_t)(*t->at - '0'));
        significant += significant || *t->at != '0';
        *exponent -= after_point;
        if (significant > DECIMAL_DIGITS_MAX || *exponent < -EXPONENT_MAX)
            return false;
    }
    return any;
}

static bool
parse_exponent(struct text *t, int *exponent)
{
    if (!skip(t, 'e') && !skip(t, 'E'))
        return true;
    bool negative = skip(t, '-');
    if (!negative)
        (void)skip(t, '+');
    if (t->at == t->end)
        return false;
    int value = 0;
    for (; t->at < t->end && *t->at >= '0' && *t->at <= '9'; t->at++) {
        value = value * 10 + (*t->at - '0');
        if (value > 2 * EXPONENT_MAX)
            value = 2 * EXPONENT_MAX;
    }
    *exponent += negative ? -value : value;
    return true;
}

static bool
parse_number(const struct decimal_format *format, struct text *t, uint64_t *bits)
{
    struct big num;
    struct big den;
    int exponent = 0;
    if (!parse_digits(t, &num, &exponent) || !parse_exponent(t, &exponent) ||
        t->at != t->end)
        return false;
    if (exponent > EXPONENT_MAX)
        exponent = EXPONENT_MAX;
    if (exponent < -EXPONENT_MAX)
        exponent = -EXPONENT_MAX;
    big_set(&den, 1);
    big_scale(exponent < 0 ? &den : &num, 10, exponent < 0 ? -exponent : exponent);
    *bits = round_quotient(format, &num, &den);
    return true;
}

bool
decimal_parse(const struct decimal_format *format, const char *text, size_t len,
              uint64_t *bits)
{
    struct text t = {text, text + len};
    uint64_t sign = (uint64_t)skip(&t, '-')
                    << (format->fraction_bits + format->exponent_bits);
    uint64_t magnitude;
    if (!sign)
        (void)skip(&t, '+');
    if (skip_word(&t, "inf"))
        magnitude = infinity(format);
    else if (skip_word(&t, "nan"))
        magnitude = infinity(format) | 1ull << (format->fraction_bits - 1);
    else if (!parse_number(format, &t, &magnitude))
        return false;
    *bits = sign | magnitude;
    return true;
}

// A positive finite number as num / den.
static void
make_quotient(const struct decimal_format *format, uint64_t bits, struct big *num,
              struct big *den)
{
    uint64_t fraction = bits & ((1ull << format->fraction_bits) - 1);
    int biased = (int)(bits >> format->fraction_bits);
    if (biased)
        fraction |= 1ull << format->fraction_bits;
    int exponent = (biased ? biased : 1) - bias(format) - format->fraction_bits;
    big_set(num, fraction);
    big_set(den, 1);
    big_scale(exponent < 0 ? den : num, 2, exponent < 0 ? -exponent : exponent);
}

// Writes 0.000ddd, ddd.ddd or d.ddde-ddd.
static size_t
place_point(const char *digits, int count, int exponent, char *out)
{
    size_t len = 0;
    bool scientific = exponent < -5 || exponent > 16;
    int point = scientific ? 0 : exponent; // digits before it, less one
    if (point < 0) {
        out[len++] = '0';
        out[len++] = '.';
        while (++point < 0)
            out[len++] = '0';
        point = -1;
    }
    for (int i = 0; i < count || i <= point; i++) {
        out[len++] = i < count ? digits[i] : '0';
        if (i == point && i + 1 < count)
            out[len++] = '.';
    }
    if (!scientific)
        return len;
    out[len++] = 'e';
    if (exponent < 0)
        out[len++] = '-';
    exponent = exponent < 0 ? -exponent : exponent;
    if (exponent >= 100)
        out[len++] = (char)('0' + exponent / 100);
    if (exponent >= 10)
        out[len++] = (char)('0' + exponent / 10 % 10);
    out[len++] = (char)('0' + exponent % 10);
    return len;
}

// `count` digits, rounded; returns the exponent of ten of the first.
static int
round_digits(const struct decimal_format *format, uint64_t bits, int count, char *digits)
{
    struct big num;
    struct big den;
    make_quotient(format, bits, &num, &den);
    int exponent = normalise(&num, &den, 10);
    for (int i = 0; i < count; i++)
        digits[i] = (char)('0' + take_digit(&num, &den, 10));
    if (take_digit(&num, &den, 10) < 5)
        return exponent;
    int at = count - 1;
    while (at >= 0 && digits[at] == '9')
        digits[at--] = '0';
    if (at >= 0) {
        digits[at]++;
        return exponent;
    }
    digits[0] = '1';
    return exponent + 1;
}

size_t
decimal_print(const struct decimal_format *format, uint64_t bits, char *out)
{
    uint64_t sign = 1ull << (format->fraction_bits + format->exponent_bits);
    size_t len = 0;
    if (bits & sign)
        out[len++] = '-';
    bits &= sign - 1;
    if (bits >= infinity(format)) {
        memcpy(out + len, bits == infinity(format) ? "inf" : "nan", 3);
        return len + 3;
    }
    if (!bits) {
        out[len++] = '0';
        return len;
    }
    // 17 digits tell any two numbers of the largest format apart.
    for (int count = 1;; count++) {
        char digits[17];
        uint64_t back;
        int exponent = round_digits(format, bits, count, digits);
        size_t written = place_point(digits, count, exponent, out + len);
        if (count == (int)sizeof(digits) ||
            (decimal_parse(format, out + len, written, &back) && back == bits))
            return len + written;
    }
}
