// SPDX-License-Identifier: Apache-2.0
//
// The WebAssembly text format: the public face. Wasm core 3.0 #text.
//
//   characters --lexer.h--> tokens --parse--> index of names and types
//                                  --encode-> binary module
//
// Freestanding; all memory is of the caller's port. Time is linear in the length of the
// text, memory in the length of the module.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/port.h"
#include "text/lexer.h"
#include "text/number.h"

// Parentheses and blocks inside each other: more is "nesting too deep".
#define TEXT_LIMIT_NESTING 50000u

// A block of the port's heap that is len + 1 bytes long. Empty: {NULL, 0}.
struct text_bytes {
    uint8_t *bytes;
    size_t len;
};

struct text_error {
    uint32_t line;   // from 1
    uint32_t column; // from 1, in characters
    bool is_no_memory;
    bool is_unsupported; // the message names what
    char message[160];   // in the words of the specification's test suite
};

// Makes the binary module of one module in text: `(module ...)`, of the forms `binary`
// and `quote` also, or its fields without that around them. Names that the text gives are
// put into a name section; @name, @custom and @metadata.code.branch_hint become custom
// sections. What is well-formed but invalid is encoded as it stands.
// False: *error says why, and *out is empty. text_bytes_free gives *out back.
bool text_module_encode(const struct wasm_port *port, const char *text, size_t len,
                        struct text_bytes *out, struct text_error *error);

// Where in the text, which text_module_encode made `binary` of, the byte at `offset`
// comes from: for errors that only the binary module shows. The text is encoded once
// more. False: it comes from nowhere in it, or the text is quoted.
bool text_module_locate(const struct wasm_port *port, const char *text, size_t len,
                        const struct text_bytes *binary, size_t offset, uint32_t *line,
                        uint32_t *column);

void text_bytes_free(const struct wasm_port *port, struct text_bytes *bytes);

// Whether a file's content is text rather than a binary module: it begins with "(" or a
// comment, perhaps behind white space.
bool text_is_text(const char *bytes, size_t len);
