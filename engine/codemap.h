// SPDX-License-Identifier: Apache-2.0
//
// From machine code back to the module: which instruction a code address belongs to, and
// whether a fault there is a trap. One table for a module, about three bytes a site.
// Internal to the engine.
#pragma once

#include "engine/port.h"

// What stands at a code address.
enum wasm_site_kind {
    WASM_SITE_CALL = 0,     // a return address
    WASM_SITE_MEMORY = 1,   // a linear memory access: a memory fault here is a trap
    WASM_SITE_TRAP = 2,     // ud2: the trap code is in the table
    WASM_SITE_TRAP_EAX = 3, // ud2: the trap code is in eax (a builtin returned it)
};

struct wasm_site {
    enum wasm_site_kind kind;
    uint32_t trap;          // enum wasm_trap_code, for WASM_SITE_TRAP
    uint32_t module_offset; // of the instruction
    uint32_t func_index;    // in the whole index space
};

// Sites of one function are added in order of code offset; out-of-line trap stubs at the
// function's end carry the offset of the instruction that they serve.
struct wasm_codemap {
    uint8_t *bytes; // encoded sites, function after function
    size_t len;
    size_t room;
    uint32_t *starts; // position in `bytes` of each defined function; one more at the end
    uint32_t func_count;
};

struct wasm_module;

// Finds the site at exactly `code_offset` in the module's code. For WASM_SITE_CALL that
// is the return address. False: nothing known there. Allocates nothing; signal safe.
bool wasm_codemap_find(const struct wasm_module *module, uint32_t code_offset,
                       struct wasm_site *out);

// Writes one site, at most WASM_SITE_MAX_BYTES, and returns its length. Deltas are from
// the site before; a function's first one counts from its entry and its body's offset.
#define WASM_SITE_MAX_BYTES 24
size_t wasm_codemap_encode(uint8_t *at, uint32_t code_delta, int64_t module_delta,
                           enum wasm_site_kind kind, uint32_t trap);
