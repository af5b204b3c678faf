// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

// Length of the sequence that `lead` begins, and the range of its second byte; 0: none.
static size_t
sequence(uint8_t lead, uint8_t *lo, uint8_t *hi)
{
    *lo = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    *hi = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead <= 0xdf)
        return 2;
    if (lead >= 0xe0 && lead <= 0xef)
        return 3;
    if (lead >= 0xf0 && lead <= 0xf4)
        return 4;
    return 0;
}

size_t
utf8_char(const void *bytes, size_t len)
{
    const uint8_t *at = bytes;
    uint8_t lo, hi;
    if (len == 0)
        return 0;
    size_t n = sequence(at[0], &lo, &hi);
    if (n > len)
        return 0;
    if (n > 1 && (at[1] < lo || at[1] > hi))
        return 0;
    for (size_t i = 2; i < n; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    return n;
}

bool
utf8_is_valid(const void *bytes, size_t len)
{
    const uint8_t *at = bytes;
    while (len > 0) {
        size_t n = utf8_char(at, len);
        if (n == 0)
            return false;
        at += n;
        len -= n;
    }
    return true;
}

size_t
utf8_encode(uint32_t character, char *out)
{
    if (character < 0x80) {
        out[0] = (char)character;
        return 1;
    }
    size_t len = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (character & 0x3f));
        character >>= 6;
    }
    out[0] = (char)((0xf00u >> len & 0xf0) | character);
    return len;
}
