// SPDX-License-Identifier: Apache-2.0
#include "test/unit/engine/builder.h"

#include <assert.h>
#include <string.h>

void
builder_put(struct builder *b, const uint8_t *bytes, size_t len)
{
    assert(len <= sizeof(b->bytes) - b->len);
    memcpy(b->bytes + b->len, bytes, len);
    b->len += len;
}

void
builder_init(struct builder *b)
{
    b->len = 0;
    builder_put(b, BYTES(0, 'a', 's', 'm', 1, 0, 0, 0));
}

void
builder_leb(struct builder *b, uint64_t value)
{
    do {
        uint8_t byte = value & 0x7f;
        value >>= 7;
        builder_put(b, BYTES((uint8_t)(byte | (value ? 0x80 : 0))));
    } while (value);
}

void
builder_section(struct builder *b, uint8_t id, const uint8_t *contents, size_t len)
{
    builder_put(b, &id, 1);
    builder_leb(b, len);
    builder_put(b, contents, len);
}

void
builder_code(struct builder *b, const uint8_t *body, size_t len)
{
    struct builder section = {.len = 0};
    builder_leb(&section, 1);
    builder_leb(&section, len);
    builder_put(&section, body, len);
    builder_section(b, 10, section.bytes, section.len);
}

void
builder_everything(struct builder *b)
{
    builder_init(b);
    builder_section(b, 1, BYTES(2, 0x60, 0, 0, 0x60, 2, 0x7f, 0x7e, 2, 0x7d, 0x7c));
    builder_section(b, 2,
                    BYTES(4,                                   //
                          1, 'm', 1, 'f', 0, 1,                // function
                          1, 'm', 1, 't', 1, 0x70, 0, 1,       // table
                          1, 'm', 1, 'g', 3, 0x7f, 0,          // global
                          1, 'm', 2, 0xc3, 0xa9, 3, 0x7e, 1)); // mutable global
    builder_section(b, 3, BYTES(1, 0));
    builder_section(b, 4, BYTES(2, 0x6f, 1, 1, 2, 0x40, 0, 0x70, 0, 3, 0xd2, 1, 0x0b));
    builder_section(b, 5, BYTES(1, 1, 1, 2));
    builder_section(b, 6,
                    BYTES(4,                                           //
                          0x7f, 0, 0x23, 0, 0x41, 5, 0x6a, 0x0b,       // g + 5
                          0x7c, 1, 0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0x0b, //
                          0x6f, 0, 0xd0, 0x6f, 0x0b,                   //
                          0x7d, 0, 0x43, 0, 0, 0x80, 0x3f, 0x0b));
    builder_section(b, 7, BYTES(4, 1, 'f', 0, 1, 1, 't', 1, 2, 0, 2, 0, 1, 'g', 3, 2));
    builder_section(b, 8, BYTES(1));
    builder_section(b, 9,
                    BYTES(8,                                              //
                          0, 0x41, 0, 0x0b, 1, 0,                         //
                          1, 0, 2, 0, 1,                                  //
                          2, 2, 0x41, 1, 0x0b, 0, 1, 1,                   //
                          3, 0, 1, 1,                                     //
                          4, 0x41, 0, 0x0b, 1, 0xd2, 0, 0x0b,             //
                          5, 0x6f, 1, 0xd0, 0x6f, 0x0b,                   //
                          6, 1, 0x41, 0, 0x0b, 0x6f, 1, 0xd0, 0x6f, 0x0b, //
                          7, 0x70, 1, 0xd2, 1, 0x0b));
    builder_section(b, 12, BYTES(3));
    builder_code(b, BYTES(0, 0x0b));
    builder_section(b, 11,
                    BYTES(3,                             //
                          0, 0x41, 3, 0x0b, 2, 'h', 'i', //
                          1, 1, 'p',                     //
                          2, 0, 0x23, 2, 0x0b, 0));
    builder_section(b, 0,
                    BYTES(4, 'n', 'a', 'm', 'e', 0, 2, 1, 'x', // module name
                          1, 9, 2, 0, 2, 'i', 'n', 1, 2, 'o', 'k'));
}
