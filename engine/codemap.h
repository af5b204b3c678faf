// SPDX-License-Identifier: Apache-2.0
//
// From machine code back to the module: which instruction a code address belongs to, and
// whether a fault there is a trap. One table for a module, about three bytes a site.
// Internal to the engine.
#pragma once

#include "engine/port.h"

// What stands at a code address.
enum wasm_site_kind {
    WASM_SITE_CALL = 0,      // a return address
    WASM_SITE_MEMORY = 1,    // a linear memory access: a memory fault here is a trap
    WASM_SITE_TRAP = 2,      // ud2: the trap code is in the table
    WASM_SITE_CALL_REFS = 3, // a return address with a reference map
};

struct wasm_site {
    enum wasm_site_kind kind;
    uint32_t trap;          // enum wasm_trap_code, for WASM_SITE_TRAP
    uint32_t module_offset; // of the instruction
    uint32_t func_index;    // in the whole index space
    const uint8_t *refs;    // WASM_SITE_CALL_REFS: the map, for wasm_codemap_next_ref
};

// Sites of one function are added in order of code offset; out-of-line trap stubs at the
// function's end carry the offset of the instruction that they serve.
// Of every WASM_CODEMAP_STEP sites of a function the place of the last, where a search
// may begin.
#define WASM_CODEMAP_STEP 64
struct wasm_codemap_point {
    uint32_t code_offset;   // of the site ...
    uint32_t module_offset; // ...
    uint32_t next;          // and the position in `bytes` of the one behind it
};

struct wasm_codemap {
    uint8_t *bytes; // encoded sites, function after function
    size_t len;
    size_t room;
    uint32_t *starts; // position in `bytes` of each defined function; one more at the end
    uint32_t func_count;
    struct wasm_codemap_point *points; // of all functions, by ascending code offset
    uint32_t point_count;
    uint32_t point_room;
    // Exception handlers of all functions, by ascending code offset of their function; of
    // one function the innermost first.
    struct wasm_handler *handlers;
    uint32_t handler_count;
    uint32_t handler_room;
};

// Calls whose return address is in (lo, hi] of the code are covered by a catch clause.
#define WASM_HANDLER_ALL UINT32_MAX
struct wasm_handler {
    uint32_t func; // defined index
    uint32_t lo;
    uint32_t hi;
    uint32_t tag;          // index in the module, or WASM_HANDLER_ALL
    uint32_t landing;      // code offset, entered with rax = exception, rbp = frame
    int32_t instance_disp; // where the frame keeps its instance, from rbp
};

struct wasm_module;

// Finds the site at exactly `code_offset` in the module's code. For WASM_SITE_CALL that
// is the return address. False: nothing known there. Allocates nothing; signal safe.
bool wasm_codemap_find(const struct wasm_module *module, uint32_t code_offset,
                       struct wasm_site *out);

// Writes one site, at most WASM_SITE_MAX_BYTES, and returns its length. Deltas are from
// the site before; a function's first one counts from its entry and its body's offset.
#define WASM_SITE_MAX_BYTES 24
// A site with references is followed by its map: wasm_codemap_encode_refs.
size_t wasm_codemap_encode(uint8_t *at, uint32_t code_delta, int64_t module_delta,
                           enum wasm_site_kind kind, uint32_t trap);

// A reference map: the frame slots (displacements from rbp, multiples of 8) that hold
// references of the collected heap at a site. Encoded as the length in bytes, then
// deltas. At most WASM_REFS_MAX_BYTES(count) bytes; returns the length. `disps` ascend.
#define WASM_REFS_MAX_BYTES(count) (10 + 5 * (size_t)(count))
size_t wasm_codemap_encode_refs(uint8_t *at, const int32_t *disps, uint32_t count);

struct wasm_ref_cursor {
    const uint8_t *at;
    const uint8_t *end;
    int32_t disp;
};
struct wasm_ref_cursor wasm_codemap_refs(const uint8_t *map);
// False: that was the last.
bool wasm_codemap_next_ref(struct wasm_ref_cursor *cursor, int32_t *disp);

// The handlers of the function whose code holds a return address, innermost first, that
// cover it: `*index` starts at 0 and goes on. NULL: no more. Allocates nothing.
const struct wasm_handler *wasm_codemap_handler(const struct wasm_module *module,
                                                uint32_t code_offset, uint32_t *index);
