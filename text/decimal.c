// SPDX-License-Identifier: Apache-2.0
//
// Representation. A big integer is its limbs of 32 bits, the least first, without leading
// zeros. A decimal is a fraction of two of them, brought into [1, 2) by shifting, then
// divided bit by bit.
#include "text/decimal.h"

#include "base/string.h"

// The largest: ten to the power of digits plus the exponents that matter, and some for
// shifting: log2(10) * (801 + 400) = 3990 bits; the other side of the fraction may be
// shifted as far.
#define LIMBS     136u
#define MAGNITUDE 400 // beyond 10^400 and 10^-400 everything is alike

struct big {
    uint32_t limbs[LIMBS];
    uint32_t len;
};

static void
big_multiply(struct big *a, uint32_t factor, uint32_t plus)
{
    uint64_t carry = plus;
    for (uint32_t i = 0; i < a->len; i++) {
        carry += (uint64_t)a->limbs[i] * factor;
        a->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry)
        a->limbs[a->len++] = (uint32_t)carry;
}

static uint32_t
big_bits(const struct big *a)
{
    return a->len * 32 - (uint32_t)__builtin_clz(a->limbs[a->len - 1]);
}

static void
big_shift(struct big *a, uint32_t by)
{
    uint32_t limbs = by / 32;
    uint32_t bits = by % 32;
    memmove(a->limbs + limbs, a->limbs, a->len * sizeof(a->limbs[0]));
    memset(a->limbs, 0, limbs * sizeof(a->limbs[0]));
    a->len += limbs;
    if (bits == 0)
        return;
    uint32_t carry = 0;
    for (uint32_t i = limbs; i < a->len; i++) {
        uint32_t limb = a->limbs[i];
        a->limbs[i] = limb << bits | carry;
        carry = limb >> (32 - bits);
    }
    if (carry)
        a->limbs[a->len++] = carry;
}

static bool
big_less(const struct big *a, const struct big *b)
{
    if (a->len != b->len)
        return a->len < b->len;
    for (uint32_t i = a->len; i-- > 0;) {
        if (a->limbs[i] != b->limbs[i])
            return a->limbs[i] < b->limbs[i];
    }
    return false;
}

// a -= b; b is not larger.
static void
big_subtract(struct big *a, const struct big *b)
{
    uint64_t borrow = 0;
    for (uint32_t i = 0; i < a->len; i++) {
        uint64_t minus = (i < b->len ? b->limbs[i] : 0) + borrow;
        borrow = a->limbs[i] < minus;
        a->limbs[i] = (uint32_t)(a->limbs[i] - minus);
    }
    while (a->len > 0 && a->limbs[a->len - 1] == 0)
        a->len--;
}

static void
big_power_of_ten(struct big *a, uint32_t power)
{
    for (; power >= 9; power -= 9)
        big_multiply(a, 1000000000, 0);
    for (; power > 0; power--)
        big_multiply(a, 10, 0);
}

void
text_decimal_init(struct text_decimal *decimal)
{
    decimal->count = 0;
    decimal->exponent = 0;
    decimal->is_more = false;
}

void
text_decimal_add(struct text_decimal *decimal, uint32_t digit, bool is_fraction)
{
    bool is_kept = decimal->count < TEXT_DECIMAL_DIGITS;
    if (is_kept && (digit != 0 || decimal->count > 0))
        decimal->digits[decimal->count++] = (uint8_t)digit;
    if (!is_kept && digit != 0)
        decimal->is_more = true;
    if (is_kept && is_fraction)
        decimal->exponent--;
    if (!is_kept && !is_fraction)
        decimal->exponent++;
}

// a / b; neither is 0.
static struct text_scaled
divide(struct big *a, struct big *b)
{
    struct text_scaled result = {0};
    uint32_t a_bits = big_bits(a);
    uint32_t b_bits = big_bits(b);
    if (a_bits < b_bits)
        big_shift(a, b_bits - a_bits);
    else
        big_shift(b, a_bits - b_bits);
    result.exponent = (int64_t)a_bits - (int64_t)b_bits - 63;
    for (uint32_t i = 0; i < 64; i++) {
        result.bits <<= 1;
        if (!big_less(a, b)) {
            big_subtract(a, b);
            result.bits |= 1;
        }
        if (i < 63 && a->len > 0)
            big_shift(a, 1);
    }
    result.is_more = a->len > 0;
    return result;
}

struct text_scaled
text_decimal_scale(struct text_decimal *decimal, int64_t exponent)
{
    if (decimal->count == 0)
        return (struct text_scaled){0};
    exponent += decimal->exponent;
    int64_t magnitude = exponent + (int64_t)decimal->count;
    if (magnitude > MAGNITUDE || magnitude < -MAGNITUDE)
        return (struct text_scaled){1, magnitude * 4, false};
    if (decimal->is_more) { // a digit that says so
        decimal->digits[decimal->count++] = 1;
        exponent--;
    }
    struct big a = {.len = 0};
    struct big b = {.limbs = {1}, .len = 1};
    for (uint32_t i = 0; i < decimal->count; i++)
        big_multiply(&a, 10, decimal->digits[i]);
    if (exponent >= 0)
        big_power_of_ten(&a, (uint32_t)exponent);
    else
        big_power_of_ten(&b, (uint32_t)-exponent);
    return divide(&a, &b);
}
