// SPDX-License-Identifier: Apache-2.0
//
// Modules for tests, put together section by section.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Bytes and their count, as two arguments.
#define BYTES(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})

struct builder {
    uint8_t bytes[8192];
    size_t len;
};

// Starts with magic and version.
void builder_init(struct builder *b);
void builder_put(struct builder *b, const uint8_t *bytes, size_t len);
void builder_leb(struct builder *b, uint64_t value);
void builder_section(struct builder *b, uint8_t id, const uint8_t *contents, size_t len);
// A code section of one body, given without its length: locals and code.
void builder_code(struct builder *b, const uint8_t *body, size_t len);
// A module with every section and form of segment that the engine knows.
void builder_everything(struct builder *b);
