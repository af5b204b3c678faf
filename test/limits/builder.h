// SPDX-License-Identifier: Apache-2.0
//
// Writes modules byte by byte, also such as no tool would write. Ends the process when
// there is no memory.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct builder {
    uint8_t *bytes;
    size_t len;
    size_t room;
};

enum section_id {
    SECTION_CUSTOM,
    SECTION_TYPE,
    SECTION_IMPORT,
    SECTION_FUNCTION,
    SECTION_TABLE,
    SECTION_MEMORY,
    SECTION_GLOBAL,
    SECTION_EXPORT,
    SECTION_START,
    SECTION_ELEMENT,
    SECTION_CODE,
    SECTION_DATA,
    SECTION_DATA_COUNT,
    SECTION_TAG,
};

void builder_fini(struct builder *b);

void put_byte(struct builder *b, uint8_t byte);
void put_bytes(struct builder *b, const void *bytes, size_t len);
void put_u32(struct builder *b, uint32_t value); // LEB128
void put_name(struct builder *b, const char *name);
// The bytes `count` times.
void put_repeated(struct builder *b, const void *bytes, size_t len, uint32_t count);

// Both append `contents` with its length before it, and empty `contents`.
void put_section(struct builder *b, enum section_id id, struct builder *contents);
void put_body(struct builder *b, struct builder *contents);

void put_header(struct builder *b);

// A whole module of one function without locals, exported as "f": its code is `code`,
// which gets emptied, and an `end`. The type is given as in the type section.
void put_function_module(struct builder *b, const uint8_t *type, size_t type_len,
                         struct builder *code);

// A byte string that stands in the source: put_literal(b, "\x41\x00").
#define put_literal(b, literal) put_bytes((b), (literal), sizeof(literal) - 1)
