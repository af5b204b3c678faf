// SPDX-License-Identifier: Apache-2.0
//
// Sections: many entries, counts without entries, and broken name sections.
#include <stdio.h>
#include <string.h>

#include "test/limits/cases.h"

// A module of one section.
static void
one_section(struct builder *b, enum section_id id, struct builder *contents)
{
    put_header(b);
    put_section(b, id, contents);
}

static void
put_types(struct builder *b, uint32_t count)
{
    struct builder section = {0};
    put_u32(&section, count);
    put_repeated(&section, "\x60\0", 3, count);
    put_section(b, SECTION_TYPE, &section);
}

static void
types(struct builder *b, uint32_t count)
{
    put_header(b);
    put_types(b, count);
}

// No two are the same: each is the binary form of its number, in i32 and i64.
static void
distinct_types(struct builder *b, uint32_t count)
{
    struct builder section = {0};
    put_u32(&section, count);
    for (uint32_t i = 0; i < count; i++) {
        put_literal(&section, "\x60\x14");
        for (uint32_t bit = 0; bit < 20; bit++)
            put_byte(&section, i >> bit & 1 ? WASM_TYPE_I64 : WASM_TYPE_I32);
        put_literal(&section, "\0");
    }
    one_section(b, SECTION_TYPE, &section);
}

static void
functions(struct builder *b, uint32_t count)
{
    struct builder section = {0};
    put_header(b);
    put_types(b, 1);
    put_u32(&section, count);
    put_repeated(&section, "\0", 1, count);
    put_section(b, SECTION_FUNCTION, &section);
    put_literal(&section, "\x01\x01"
                          "f"
                          "\0\0");
    put_section(b, SECTION_EXPORT, &section);
    put_u32(&section, count);
    put_repeated(&section, "\x02\0\x0b", 3, count);
    put_section(b, SECTION_CODE, &section);
}

// Imports of functions; there is nobody to satisfy them.
static void
imports(struct builder *b, uint32_t count)
{
    struct builder section = {0};
    put_header(b);
    put_types(b, 1);
    put_u32(&section, count);
    put_repeated(&section,
                 "\x01"
                 "m"
                 "\x01"
                 "f"
                 "\0\0",
                 6, count);
    put_section(b, SECTION_IMPORT, &section);
}

// One function under `count` different names.
static void
exports(struct builder *b, uint32_t count)
{
    struct builder section = {0};
    char name[16];
    put_header(b);
    put_types(b, 1);
    put_literal(&section, "\x01\0");
    put_section(b, SECTION_FUNCTION, &section);
    put_u32(&section, count);
    for (uint32_t i = 0; i < count; i++) {
        snprintf(name, sizeof(name), "%x", i);
        put_name(&section, i == 0 ? "f" : i == 0xf ? "-" : name);
        put_literal(&section, "\0\0");
    }
    put_section(b, SECTION_EXPORT, &section);
    put_literal(&section, "\x01\x02\0\x0b");
    put_section(b, SECTION_CODE, &section);
}

static void
exports_of_one_name(struct builder *b, uint32_t count)
{
    struct builder section = {0};
    put_header(b);
    put_literal(&section, "\x01\0\0");
    put_section(b, SECTION_MEMORY, &section);
    put_u32(&section, count);
    put_repeated(&section,
                 "\x01"
                 "m"
                 "\x02\0",
                 4, count);
    put_section(b, SECTION_EXPORT, &section);
}

static void
globals(struct builder *b, uint32_t count)
{
    struct builder section = {0};
    put_u32(&section, count);
    put_repeated(&section, "\x7e\x01\x42\0\x0b", 5, count);
    one_section(b, SECTION_GLOBAL, &section);
}

// A constant expression of `count` instructions.
static void
long_constant(struct builder *b, uint32_t count)
{
    struct builder section = {0};
    put_literal(&section, "\x01\x7f\0");
    put_repeated(&section, "\x41\0", 2, count);
    put_literal(&section, "\x0b");
    one_section(b, SECTION_GLOBAL, &section);
}

static void
unclosed_constant(struct builder *b, uint32_t count)
{
    struct builder section = {0};
    put_literal(&section, "\x01\x7f\0");
    put_repeated(&section, "\x41\0", 2, count);
    one_section(b, SECTION_GLOBAL, &section);
}

static void
tables(struct builder *b, uint32_t count)
{
    struct builder section = {0};
    put_u32(&section, count);
    put_repeated(&section, "\x70\0\0", 3, count);
    one_section(b, SECTION_TABLE, &section);
}

static void
table_of(struct builder *b, uint32_t entries)
{
    struct builder section = {0};
    put_literal(&section, "\x01\x70\0");
    put_u32(&section, entries);
    one_section(b, SECTION_TABLE, &section);
}

static void
memory_of(struct builder *b, uint32_t pages)
{
    struct builder section = {0};
    put_literal(&section, "\x01\0");
    put_u32(&section, pages);
    one_section(b, SECTION_MEMORY, &section);
}

static void
memories(struct builder *b, uint32_t count)
{
    struct builder section = {0};
    put_u32(&section, count);
    put_repeated(&section, "\0\0", 2, count);
    one_section(b, SECTION_MEMORY, &section);
}

// A passive segment of `count` null references.
static void
elements(struct builder *b, uint32_t count)
{
    struct builder section = {0};
    put_literal(&section, "\x01\x05\x70");
    put_u32(&section, count);
    put_repeated(&section, "\xd0\x70\x0b", 3, count);
    one_section(b, SECTION_ELEMENT, &section);
}

static void
elements_declared_only(struct builder *b, uint32_t count)
{
    struct builder section = {0};
    put_literal(&section, "\x01\x05\x70");
    put_u32(&section, count);
    one_section(b, SECTION_ELEMENT, &section);
}

static void
element_segments(struct builder *b, uint32_t count)
{
    struct builder section = {0};
    put_u32(&section, count);
    put_repeated(&section, "\x01\0\0", 3, count);
    one_section(b, SECTION_ELEMENT, &section);
}

static void
data_segments(struct builder *b, uint32_t count)
{
    struct builder section = {0};
    put_u32(&section, count);
    put_repeated(&section, "\x01\0", 2, count);
    one_section(b, SECTION_DATA, &section);
}

static void
custom_sections(struct builder *b, uint32_t count)
{
    put_header(b);
    put_repeated(b, "\0\x01\0", 3, count);
}

// Section `id` claims 2^32 - 1 entries and has none.
static void
count_without_entries(struct builder *b, uint32_t id)
{
    struct builder section = {0};
    put_header(b);
    if (id > SECTION_TYPE && id != SECTION_CUSTOM)
        put_types(b, 1);
    put_u32(&section, UINT32_MAX);
    put_section(b, (enum section_id)id, &section);
}

static void
section_without_contents(struct builder *b, uint32_t id)
{
    put_header(b);
    put_byte(b, (uint8_t)id);
    put_u32(b, UINT32_MAX);
}

// ---- Names ----

// What the name section holds behind its name. None of it is reason to refuse a module.
static const struct name_section {
    const char *bytes;
    size_t len;
} name_sections[] = {
#define NAMES(literal) {(literal), sizeof(literal) - 1}
    NAMES(""),
    NAMES("\x01"),
    NAMES("\x01\x80"),
    NAMES("\x01\x00"),
    NAMES("\x01\x7f"),
    NAMES("\x01\xff\xff\xff\xff\x0f"),
    NAMES("\x01\x05\xff\xff\xff\xff\x0f"),
    NAMES("\x01\x04\x01\x00\x7f"
          "f"),
    NAMES("\x01\x08\x01\x00\xff\xff\xff\xff\x0f"
          "f"),
    NAMES("\x01\x08\x01\xff\xff\xff\xff\x0f\x01"
          "f"),
    NAMES("\x01\x04\x01\x07\x01"
          "f"),
    NAMES("\x01\x04\x01\x00\x01\xff"),
    NAMES("\x01\x07\x02\x00\x01"
          "f"
          "\x00\x01"
          "g"),
    NAMES("\x01\x07\x02\x01\x01"
          "g"
          "\x00\x01"
          "f"),
    NAMES("\x01\x04\x01\x00\x01"
          "f"
          "\x01\x04\x01\x00\x01"
          "g"),
    NAMES("\x02\x05\x01\x00\x01\x00\x7f"),
    NAMES("\x01\x05\x01\x00\x01"
          "f"
          "g"),
    NAMES("\x7f\x01\x00\x01\x04\x01\x00\x01"
          "f"),
    NAMES("\x01\x06\x81\x80\x80\x80\x80\x00"),
#undef NAMES
};

// The function traps, so that its name is looked for; variant `n` of the name section.
static void
names(struct builder *b, uint32_t n)
{
    struct builder code = {0}, section = {0};
    put_literal(&code, "\x10\0");
    put_function_module(b, (const uint8_t *)"\x60\0", 3, &code);
    put_name(&section, "name");
    put_bytes(&section, name_sections[n].bytes, name_sections[n].len);
    put_section(b, SECTION_CUSTOM, &section);
}

static void
two_name_sections(struct builder *b, uint32_t n)
{
    struct builder section = {0};
    names(b, n);
    put_name(&section, "name");
    put_bytes(&section, name_sections[n].bytes, name_sections[n].len);
    put_section(b, SECTION_CUSTOM, &section);
}

const struct limit_case section_cases[] = {
    {"types", types, WASM_LIMIT_TYPES, COMPILES},
    {"types", types, WASM_LIMIT_TYPES + 1, UNSUPPORTED},
    {"distinct types", distinct_types, 100000, COMPILES},
    {"functions", functions, WASM_LIMIT_FUNCTIONS, RETURNS},
    {"functions", functions, WASM_LIMIT_FUNCTIONS + 1, UNSUPPORTED},
    {"imports", imports, WASM_LIMIT_IMPORTS + 1, UNSUPPORTED},
    {"exports", exports, WASM_LIMIT_EXPORTS, RETURNS},
    {"exports", exports, WASM_LIMIT_EXPORTS + 1, UNSUPPORTED},
    {"exports of one name", exports_of_one_name, 100000, INVALID},
    {"globals", globals, WASM_LIMIT_GLOBALS, COMPILES},
    {"globals", globals, WASM_LIMIT_GLOBALS + 1, UNSUPPORTED},
    {"long constant", long_constant, 1000000, INVALID},
    {"long constant", long_constant, 10, INVALID},
    {"unclosed constant", unclosed_constant, 10, MALFORMED},
    {"unclosed constant", unclosed_constant, 1000000, MALFORMED},
    {"tables", tables, WASM_LIMIT_TABLES, COMPILES},
    {"tables", tables, WASM_LIMIT_TABLES + 1, UNSUPPORTED},
    {"table of", table_of, WASM_LIMIT_TABLE_ENTRIES, COMPILES},
    {"table of", table_of, UINT32_MAX, REFUSED},
    {"memory of", memory_of, 65536, COMPILES},
    {"memory of", memory_of, 65537, INVALID},
    {"memories", memories, WASM_LIMIT_MEMORIES, COMPILES},
    {"memories", memories, WASM_LIMIT_MEMORIES + 1, UNSUPPORTED},
    {"memories", memories, 1000000, UNSUPPORTED},
    {"elements", elements, 1000000, COMPILES},
    {"elements declared only", elements_declared_only, 1000000, MALFORMED},
    {"elements declared only", elements_declared_only, UINT32_MAX, MALFORMED},
    {"element segments", element_segments, WASM_LIMIT_SEGMENTS, COMPILES},
    {"element segments", element_segments, WASM_LIMIT_SEGMENTS + 1, UNSUPPORTED},
    {"data segments", data_segments, WASM_LIMIT_SEGMENTS, COMPILES},
    {"data segments", data_segments, WASM_LIMIT_SEGMENTS + 1, UNSUPPORTED},
    {"custom sections", custom_sections, 1000000, COMPILES},
    {"count without entries", count_without_entries, SECTION_TYPE, REFUSED},
    {"count without entries", count_without_entries, SECTION_IMPORT, REFUSED},
    {"count without entries", count_without_entries, SECTION_FUNCTION, REFUSED},
    {"count without entries", count_without_entries, SECTION_TABLE, REFUSED},
    {"count without entries", count_without_entries, SECTION_MEMORY, REFUSED},
    {"count without entries", count_without_entries, SECTION_GLOBAL, REFUSED},
    {"count without entries", count_without_entries, SECTION_EXPORT, REFUSED},
    {"count without entries", count_without_entries, SECTION_START, REFUSED},
    {"count without entries", count_without_entries, SECTION_ELEMENT, REFUSED},
    {"count without entries", count_without_entries, SECTION_CODE, REFUSED},
    {"count without entries", count_without_entries, SECTION_DATA, REFUSED},
    {"count without entries", count_without_entries, SECTION_DATA_COUNT, REFUSED},
    {"section without contents", section_without_contents, SECTION_CUSTOM, MALFORMED},
    {"section without contents", section_without_contents, SECTION_TYPE, MALFORMED},
    {"section without contents", section_without_contents, SECTION_CODE, MALFORMED},
    {"names", names, 0, EXHAUSTS},
    {"names", names, 1, EXHAUSTS},
    {"names", names, 2, EXHAUSTS},
    {"names", names, 3, EXHAUSTS},
    {"names", names, 4, EXHAUSTS},
    {"names", names, 5, EXHAUSTS},
    {"names", names, 6, EXHAUSTS},
    {"names", names, 7, EXHAUSTS},
    {"names", names, 8, EXHAUSTS},
    {"names", names, 9, EXHAUSTS},
    {"names", names, 10, EXHAUSTS},
    {"names", names, 11, EXHAUSTS},
    {"names", names, 12, EXHAUSTS},
    {"names", names, 13, EXHAUSTS},
    {"names", names, 14, EXHAUSTS},
    {"names", names, 15, EXHAUSTS},
    {"names", names, 16, EXHAUSTS},
    {"names", names, 17, EXHAUSTS},
    {"names", names, 18, EXHAUSTS},
    {"two name sections", two_name_sections, 10, EXHAUSTS},
    {"two name sections", two_name_sections, 14, EXHAUSTS},
    {0},
};
