// SPDX-License-Identifier: Apache-2.0
#include "engine/utf8.h"

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

bool
wasm_utf8_is_valid(const uint8_t *bytes, size_t len)
{
    size_t i = 0;
    while (i < len) {
        uint8_t lo, hi;
        size_t n = sequence(bytes[i], &lo, &hi);
        if (n == 0 || n > len - i)
            return false;
        if (n > 1 && (bytes[i + 1] < lo || bytes[i + 1] > hi))
            return false;
        for (size_t k = 2; k < n; k++)
            if ((bytes[i + k] & 0xc0) != 0x80)
                return false;
        i += n;
    }
    return true;
}
