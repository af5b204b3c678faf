// SPDX-License-Identifier: Apache-2.0
#include "text/utf8.h"

#include <stdbool.h>

#include "text/lexer.h"

// The smallest character that needs so many bytes.
static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};

static size_t
expected_len(uint8_t first)
{
    if (first < 0x80)
        return 1;
    if ((first & 0xe0) == 0xc0)
        return 2;
    if ((first & 0xf0) == 0xe0)
        return 3;
    return (first & 0xf8) == 0xf0 ? 4 : 0;
}

size_t
utf8_char(const char *bytes, size_t len)
{
    if (len == 0)
        return 0;
    uint8_t first = (uint8_t)bytes[0];
    size_t expected = expected_len(first);
    if (expected < 2)
        return expected;
    if (expected > len)
        return 0;
    uint32_t character = first & (0x7fu >> expected);
    for (size_t i = 1; i < expected; i++) {
        if (((uint8_t)bytes[i] & 0xc0) != 0x80)
            return 0;
        character = character << 6 | ((uint8_t)bytes[i] & 0x3f);
    }
    bool is_scalar = character < 0xd800 || (character >= 0xe000 && character < 0x110000);
    return is_scalar && character >= smallest[expected] ? expected : 0;
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

bool
text_is_utf8(const char *bytes, size_t len)
{
    while (len > 0) {
        size_t step = utf8_char(bytes, len);
        if (step == 0)
            return false;
        bytes += step;
        len -= step;
    }
    return true;
}
