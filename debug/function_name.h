// SPDX-License-Identifier: Apache-2.0
//
// What debuggers and profilers call a compiled function.
#pragma once

#include <stdio.h>

#include "engine/engine.h"

#define FUNCTION_NAME_ROOM 512u // longer names are cut off

// "wasm:NAME", or "wasm-function[INDEX]" for one without a name, terminated. Returns the
// length. Control characters become '?': a line is a line.
static inline size_t
function_name(const struct wasm_function_code *function, char out[FUNCTION_NAME_ROOM])
{
    uint32_t room = FUNCTION_NAME_ROOM - sizeof("wasm:");
    uint32_t len = function->name.len < room ? function->name.len : room;
    if (len == 0)
        return (size_t)snprintf(out, FUNCTION_NAME_ROOM, "wasm-function[%u]",
                                function->func_index);
    size_t at = 0;
    for (const char *prefix = "wasm:"; *prefix != '\0'; prefix++)
        out[at++] = *prefix;
    for (uint32_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)function->name.bytes[i];
        out[at++] = (char)(c < ' ' || c == 0x7f ? '?' : c);
    }
    out[at] = '\0';
    return at;
}
