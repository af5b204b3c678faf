// SPDX-License-Identifier: Apache-2.0
#include "test/limits/builder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
builder_fini(struct builder *b)
{
    free(b->bytes);
    *b = (struct builder){0};
}

static void
make_room(struct builder *b, size_t len)
{
    if (b->room - b->len >= len)
        return;
    b->room = (b->len + len) * 2;
    uint8_t *bytes = realloc(b->bytes, b->room);
    if (!bytes) {
        perror("builder");
        exit(2);
    }
    b->bytes = bytes;
}

void
put_bytes(struct builder *b, const void *bytes, size_t len)
{
    make_room(b, len);
    if (len > 0)
        memcpy(b->bytes + b->len, bytes, len);
    b->len += len;
}

void
put_byte(struct builder *b, uint8_t byte)
{
    put_bytes(b, &byte, 1);
}

void
put_u32(struct builder *b, uint32_t value)
{
    for (; value >= 0x80; value >>= 7)
        put_byte(b, (uint8_t)(value | 0x80));
    put_byte(b, (uint8_t)value);
}

void
put_name(struct builder *b, const char *name)
{
    put_u32(b, (uint32_t)strlen(name));
    put_bytes(b, name, strlen(name));
}

void
put_repeated(struct builder *b, const void *bytes, size_t len, uint32_t count)
{
    make_room(b, len * count);
    for (uint32_t i = 0; i < count; i++)
        put_bytes(b, bytes, len);
}

void
put_body(struct builder *b, struct builder *contents)
{
    put_u32(b, (uint32_t)contents->len);
    put_bytes(b, contents->bytes, contents->len);
    builder_fini(contents);
}

void
put_section(struct builder *b, enum section_id id, struct builder *contents)
{
    put_byte(b, (uint8_t)id);
    put_body(b, contents);
}

void
put_header(struct builder *b)
{
    put_literal(b, "\0asm\1\0\0\0");
}

void
put_function_module(struct builder *b, const uint8_t *type, size_t type_len,
                    struct builder *code)
{
    struct builder section = {0}, body = {0};
    put_header(b);
    put_byte(&section, 1);
    put_bytes(&section, type, type_len);
    put_section(b, SECTION_TYPE, &section);
    put_literal(&section, "\x01\x00");
    put_section(b, SECTION_FUNCTION, &section);
    put_literal(&section, "\x01\x01"
                          "f"
                          "\x00\x00");
    put_section(b, SECTION_EXPORT, &section);
    put_byte(&body, 0);
    put_bytes(&body, code->bytes, code->len);
    put_byte(&body, 0x0b);
    builder_fini(code);
    put_byte(&section, 1);
    put_body(&section, &body);
    put_section(b, SECTION_CODE, &section);
}
