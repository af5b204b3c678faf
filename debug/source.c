// SPDX-License-Identifier: Apache-2.0
#include "debug/source.h"

#include <string.h>

#include "base/cursor.h"

#define MODULE_HEADER_LEN 8u
#define SECTION_CUSTOM    0u
#define SECTION_CODE      10u

struct found {
    struct dwarf_line_sections sections;
    size_t code_lo; // offsets in the module of the code section's contents
    size_t code_hi;
};

static void
take_custom(struct found *found, const uint8_t *contents, size_t len)
{
    const struct {
        const char *name;
        struct dwarf_section *section;
    } wanted[] = {
        {".debug_line", &found->sections.line},
        {".debug_line_str", &found->sections.line_str},
        {".debug_str", &found->sections.str},
    };
    struct cursor c = cursor_make(contents, 0, len);
    size_t name_len = cursor_leb_u32(&c);
    const uint8_t *name = cursor_bytes(&c, name_len);
    for (size_t i = 0; name != NULL && i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        if (strlen(wanted[i].name) == name_len &&
            memcmp(wanted[i].name, name, name_len) == 0)
            *wanted[i].section = (struct dwarf_section){c.at, cursor_left(&c)};
    }
}

static struct found
find_sections(const uint8_t *module, size_t len)
{
    struct found found = {.code_lo = 0};
    if (len < MODULE_HEADER_LEN)
        return found;
    struct cursor c = cursor_make(module, MODULE_HEADER_LEN, len);
    while (!cursor_done(&c)) {
        uint8_t id = cursor_u8(&c);
        size_t section_len = cursor_leb_u32(&c);
        const uint8_t *contents = cursor_bytes(&c, section_len);
        if (contents != NULL && id == SECTION_CUSTOM)
            take_custom(&found, contents, section_len);
        if (contents != NULL && id == SECTION_CODE) {
            found.code_lo = (size_t)(contents - module);
            found.code_hi = found.code_lo + section_len;
        }
    }
    return found;
}

// What lies outside the code gets an address that no line has. The order stays.
void
source_find(const uint8_t *module, size_t len, struct dwarf_place *places, size_t count)
{
    struct found found = find_sections(module, len);
    for (size_t i = 0; i < count; i++) {
        uint64_t *address = &places[i].address;
        if (*address < found.code_lo)
            *address = 0;
        else
            *address = *address < found.code_hi ? *address - found.code_lo : UINT64_MAX;
    }
    dwarf_line_find(&found.sections, places, count);
}
