// SPDX-License-Identifier: Apache-2.0
//
// From a byte of the binary module back to the text: where the byte is among the items of
// its section is known from the binary, and while the text is encoded again, the first
// part of it is sought that makes the section longer than that.
#include "base/cursor.h"
#include "text/encoder.h"

#define HEADER_LEN 8u

// The body of the code section that holds `offset`.
static bool
seek_body(struct cursor *c, size_t offset, struct text_sought *out)
{
    uint32_t count = cursor_leb_u32(c);
    for (out->item = 0; out->item < count; out->item++) {
        uint32_t len = cursor_leb_u32(c);
        size_t start = cursor_offset(c);
        if (!cursor_bytes(c, len))
            return false;
        if (offset < start + len) {
            out->offset = offset > start ? offset - start : 0;
            return true;
        }
    }
    return false;
}

static bool
seek_item(struct cursor *c, size_t offset, struct text_sought *out)
{
    if (out->section == 0 || out->section >= SECTION_ID_COUNT)
        return false; // the text has no field for it, or none of its own
    if (out->section == SECTION_CODE)
        return seek_body(c, offset, out);
    if (out->section != SECTION_START)
        (void)cursor_leb_u32(c);
    size_t start = cursor_offset(c);
    out->offset = offset > start ? offset - start : 0;
    return true;
}

bool
text_seek(const struct text_bytes *binary, size_t offset, struct text_sought *out)
{
    struct cursor c = cursor_make(binary->bytes, HEADER_LEN, binary->len);
    *out = (struct text_sought){0};
    while (cursor_left(&c) > 0) {
        out->section = cursor_u8(&c);
        uint32_t len = cursor_leb_u32(&c);
        size_t start = cursor_offset(&c);
        if (!cursor_bytes(&c, len))
            return false;
        if (offset < start + len) {
            struct cursor section = cursor_make(binary->bytes, start, start + len);
            return seek_item(&section, offset, out);
        }
    }
    return false;
}

static void
found(struct text_encoder *e, const struct text_buffer *bytes, uint32_t line,
      uint32_t column)
{
    struct text_sought *sought = e->sought;
    if (sought->line || bytes->len <= sought->offset)
        return;
    sought->line = line;
    sought->column = column;
}

void
text_came_from(struct text_encoder *e, uint32_t line, uint32_t column)
{
    if (e->is_body_sought)
        found(e, e->code, line, column);
}

void
text_came_from_field(struct text_encoder *e, const struct text_field *field)
{
    if (e->sought && e->sought->section != SECTION_CODE)
        found(e, &e->sections[e->sought->section].bytes, field->line, field->column);
}
