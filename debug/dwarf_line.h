// SPDX-License-Identifier: Apache-2.0
//
// Source lines out of DWARF: the line number programs of .debug_line, versions 2 to 5.
// Nothing else of the debug information is looked at, so a place inside an inlined
// function has the line of the inlined source. Nobody vouches for the bytes: what does
// not make sense in one unit is passed over with the rest of that unit. Nothing is
// allocated; time is proportional to the section.
// DWARF 5 section 6.2; DWARF for WebAssembly: addresses count from the start of the code
// section's contents.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dwarf_section {
    const uint8_t *bytes;
    size_t len; // 0: not there
};

struct dwarf_line_sections {
    struct dwarf_section line;     // .debug_line
    struct dwarf_section line_str; // .debug_line_str
    struct dwarf_section str;      // .debug_str
};

// Text in a section, not terminated; len 0: unknown.
struct dwarf_text {
    const char *bytes;
    size_t len;
};

struct dwarf_place {
    uint64_t address; // in: of the instruction
    // Out: zeroes when the section does not tell.
    struct dwarf_text folder; // of the file when it is not the compilation's own
    struct dwarf_text file;
    uint32_t line;   // from 1
    uint32_t column; // from 1; 0: unknown
};

// Fills what is known of `count` places, which ascend by address.
void dwarf_line_find(const struct dwarf_line_sections *sections,
                     struct dwarf_place *places, size_t count);

// "folder/file:line:column" as far as it is known, cut off at room - 1 bytes, terminated.
// Empty for an unknown place.
void dwarf_place_show(const struct dwarf_place *place, char *out, size_t room);
