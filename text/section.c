// SPDX-License-Identifier: Apache-2.0
//
// The sections in their order, with custom sections between them, and the name section.
#include "text/encoder.h"

// #binary-module
static const uint8_t order[] = {
    SECTION_TYPE,       SECTION_IMPORT, SECTION_FUNC,   SECTION_TABLE, SECTION_MEMORY,
    SECTION_TAG,        SECTION_GLOBAL, SECTION_EXPORT, SECTION_START, SECTION_ELEM,
    SECTION_DATA_COUNT, SECTION_CODE,   SECTION_DATA,
};

static void
put_section(struct text_encoder *e, struct text_buffer *out, uint8_t id)
{
    text_put_byte(e, out, id);
    text_put_block(e, out, e->scratch.bytes, e->scratch.len);
}

static void
put_name(struct text_encoder *e, const char *name)
{
    size_t len = 0;
    while (name[len])
        len++;
    e->scratch.len = 0;
    text_put_block(e, &e->scratch, name, len);
}

static void
put_hints(struct text_encoder *e, struct text_buffer *out)
{
    if (e->hints.count == 0)
        return;
    put_name(e, "metadata.code.branch_hint");
    text_put_items(e, &e->scratch, &e->hints);
    put_section(e, out, 0);
}

static void
put_known(struct text_encoder *e, struct text_buffer *out, uint8_t id)
{
    const struct text_items *items = &e->sections[id];
    e->scratch.len = 0;
    if (id == SECTION_DATA_COUNT) {
        if (!e->uses_data_index)
            return;
        text_put_unsigned(e, &e->scratch, e->counts[SPACE_DATA]);
    } else if (id == SECTION_START) {
        if (!e->start_count)
            return;
        text_put(e, &e->scratch, items->bytes.bytes, items->bytes.len);
    } else {
        if (items->count == 0)
            return;
        text_put_items(e, &e->scratch, items);
    }
    put_section(e, out, id);
}

// Those with that place.
static void
put_customs(struct text_encoder *e, struct text_buffer *out, uint32_t place)
{
    const struct text_custom *customs = (void *)e->custom_list.bytes;
    size_t count = e->custom_list.len / sizeof(customs[0]);
    for (size_t i = 0; i < count; i++) {
        if (customs[i].place != place)
            continue;
        text_put_byte(e, out, 0);
        text_put_block(e, out, e->customs.bytes + customs[i].start, customs[i].len);
    }
}

// ---- Names ----

static void
put_subsection(struct text_encoder *e, struct text_buffer *out, uint8_t id,
               const struct text_items *names)
{
    if (names->count == 0)
        return;
    e->body.len = 0;
    text_put_items(e, &e->body, names);
    text_put_byte(e, out, id);
    text_put_block(e, out, e->body.bytes, e->body.len);
}

static void
put_module_name(struct text_encoder *e, struct text_buffer *out)
{
    if (!e->has_module_name)
        return;
    e->body.len = 0;
    text_put_block(e, &e->body, e->module_name.bytes, e->module_name.len);
    text_put_byte(e, out, 0);
    text_put_block(e, out, e->body.bytes, e->body.len);
}

// Ids of subsections: the specification's appendix, and the extended name section.
static void
put_names(struct text_encoder *e, struct text_buffer *out)
{
    put_name(e, "name");
    size_t empty = e->scratch.len;
    put_module_name(e, &e->scratch);
    put_subsection(e, &e->scratch, 1, &e->names[SPACE_FUNC]);
    put_subsection(e, &e->scratch, 2, &e->local_names);
    put_subsection(e, &e->scratch, 4, &e->names[SPACE_TYPE]);
    put_subsection(e, &e->scratch, 5, &e->names[SPACE_TABLE]);
    put_subsection(e, &e->scratch, 6, &e->names[SPACE_MEMORY]);
    put_subsection(e, &e->scratch, 7, &e->names[SPACE_GLOBAL]);
    put_subsection(e, &e->scratch, 8, &e->names[SPACE_ELEM]);
    put_subsection(e, &e->scratch, 9, &e->names[SPACE_DATA]);
    put_subsection(e, &e->scratch, 10, &e->field_names);
    put_subsection(e, &e->scratch, 11, &e->names[SPACE_TAG]);
    if (e->scratch.len > empty)
        put_section(e, out, 0);
}

void
text_assemble(struct text_encoder *e, struct text_buffer *out)
{
    text_put(e, out, "\0asm\1\0\0\0", 8);
    put_customs(e, out, TEXT_PLACE_FIRST);
    for (uint32_t i = 0; i < sizeof(order); i++) {
        put_customs(e, out, text_section_place(i, false));
        if (order[i] == SECTION_CODE)
            put_hints(e, out);
        put_known(e, out, order[i]);
        put_customs(e, out, text_section_place(i, true));
    }
    put_names(e, out);
    put_customs(e, out, TEXT_PLACE_LAST);
}
