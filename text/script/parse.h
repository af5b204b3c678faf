// SPDX-License-Identifier: Apache-2.0
//
// Scripts in the text format, command by command. The grammar is the reference
// interpreter's (interpreter/README.md of the specification's repository), with `thread`
// and `wait` of the threads proposal; `script`, `input` and `output` are refused by name.
#pragma once

#include "text/script/script.h"

// The text stays while the body is used.
struct script_body script_text_body(const char *text, size_t len);

// A command that is wrong is SCRIPT_BROKEN, with a message; the next one begins behind
// its parentheses.
extern const struct script_source script_text_source;

// The source's function `encode`, for other front ends.
uint8_t *script_text_encode(const struct wasm_port *port,
                            const struct script_module *module, size_t *len,
                            struct wasm_error *error, struct script_position *at);
