// SPDX-License-Identifier: Apache-2.0
//
// Annotations that become custom sections. Wasm core 3.0 #text-annot; the appendix's
// @custom and @name; @metadata.code.branch_hint of the branch hints.
#include "base/string.h"
#include "base/utf8.h"
#include "text/encoder.h"

static bool
is_annotation(const struct text_encoder *e, const char *name)
{
    size_t len = 0;
    while (name[len])
        len++;
    return e->token.kind == TEXT_ANNOTATION && e->token.len == len + 2 &&
           memcmp(e->token.bytes + 2, name, len) == 0;
}

// ---- @custom ----

// Sections in the order of the binary format, as section.c has them, too.
static const char *const section_words[] = {
    "type",   "import", "func", "table",     "memory", "tag", "global",
    "export", "start",  "elem", "datacount", "code",   "data"};

uint32_t
text_section_place(uint32_t position, bool is_after)
{
    return 1 + position * 2 + is_after;
}

static bool
take_section_word(struct text_encoder *e, uint32_t *position)
{
    for (uint32_t i = 0; i < sizeof(section_words) / sizeof(section_words[0]); i++) {
        if (text_try_word(e, section_words[i])) {
            *position = i;
            return true;
        }
    }
    return false;
}

// (before first), (after import), ...
static uint32_t
take_place(struct text_encoder *e)
{
    uint32_t place = TEXT_PLACE_LAST;
    uint32_t position;
    text_advance(e);
    bool is_before = text_is_word(e, "before");
    if (!is_before && !text_is_word(e, "after")) {
        text_fail(e, "@custom annotation: malformed placement");
        return place;
    }
    text_advance(e);
    if (is_before && text_try_word(e, "first"))
        place = TEXT_PLACE_FIRST;
    else if (take_section_word(e, &position))
        place = text_section_place(position, !is_before);
    else if (is_before || !text_try_word(e, "last"))
        text_fail(e, "@custom annotation: malformed section kind");
    if (e->token.kind != TEXT_RPAR)
        text_fail(e, "@custom annotation: unexpected token");
    text_advance(e);
    return place;
}

static void
take_custom_name(struct text_encoder *e)
{
    if (e->token.kind != TEXT_STRING) {
        text_fail(e, "@custom annotation: missing section name");
        return;
    }
    struct text_name name = text_decode(e, &e->token);
    if (!utf8_is_valid(name.bytes, name.len))
        text_fail(e, "@custom annotation: malformed UTF-8 encoding");
    text_put_block(e, &e->customs, name.bytes, name.len);
    text_advance(e);
}

static void
take_custom(struct text_encoder *e)
{
    struct text_custom custom = {TEXT_PLACE_LAST, e->customs.len, 0};
    text_advance(e);
    take_custom_name(e);
    if (e->token.kind == TEXT_LPAR)
        custom.place = take_place(e);
    while (e->token.kind == TEXT_STRING)
        text_take_string(e, &e->customs);
    if (e->token.kind != TEXT_RPAR)
        text_fail(e, "@custom annotation: unexpected token");
    text_advance(e);
    custom.len = e->customs.len - custom.start;
    text_put(e, &e->custom_list, &custom, sizeof(custom));
}

void
text_take_annotation(struct text_encoder *e)
{
    if (is_annotation(e, "custom"))
        take_custom(e);
    else if (is_annotation(e, "name"))
        text_unexpected(e);
    else
        text_fail(e, "@metadata.code.branch_hint annotation: not in a function");
}

// ---- @name ----

bool
text_take_name_annotation(struct text_encoder *e, struct text_name *out)
{
    if (!is_annotation(e, "name"))
        return false;
    text_advance(e);
    if (e->token.kind != TEXT_STRING) {
        text_fail(e, "@name annotation: unexpected token");
        return false;
    }
    *out = text_decode(e, &e->token);
    if (!utf8_is_valid(out->bytes, out->len))
        text_fail(e, "@name annotation: malformed UTF-8 encoding");
    text_advance(e);
    if (e->token.kind != TEXT_RPAR)
        text_fail(e, "@name annotation: unexpected token");
    text_advance(e);
    return !e->is_failed;
}

void
text_take_module_name(struct text_encoder *e)
{
    struct text_name name;
    if (text_take_name_annotation(e, &name)) {
        e->module_name = name;
        e->has_module_name = true;
    }
    if (is_annotation(e, "name"))
        text_fail(e, "@name annotation: multiple module");
}

// ---- @metadata.code.branch_hint ----

void
text_take_hint(struct text_encoder *e)
{
    if (!is_annotation(e, "metadata.code.branch_hint")) {
        text_unexpected(e);
        return;
    }
    if (e->hint)
        text_fail(e, "@metadata.code.branch_hint annotation: duplicate annotation");
    else if (!e->function)
        text_fail(e, "@metadata.code.branch_hint annotation: not in a function");
    text_advance(e);
    e->scratch.len = 0;
    text_take_string(e, &e->scratch);
    if (e->is_failed)
        return;
    if (e->scratch.len != 1 || e->scratch.bytes[0] > 1)
        text_fail(e, "@metadata.code.branch_hint annotation: invalid hint");
    else
        e->hint = (uint8_t)(1 + e->scratch.bytes[0]);
    text_take_close(e);
}

void
text_put_hint(struct text_encoder *e, uint8_t hint, size_t offset)
{
    text_put_unsigned(e, &e->hinted.bytes, offset);
    text_put_byte(e, &e->hinted.bytes, 1);
    text_put_byte(e, &e->hinted.bytes, hint - 1);
    e->hinted.count++;
}

void
text_end_hints(struct text_encoder *e, uint32_t function)
{
    if (e->hinted.count == 0)
        return;
    text_put_unsigned(e, &e->hints.bytes, function);
    text_put_items(e, &e->hints.bytes, &e->hinted);
    e->hints.count++;
    e->hinted.count = 0;
    e->hinted.bytes.len = 0;
}
