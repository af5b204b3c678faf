// SPDX-License-Identifier: Apache-2.0
#include "engine/walk.h"

#include "engine/invoke.h"

struct wasm_walk
wasm_walk_begin(const struct wasm_store *store, const struct wasm_entry *entry,
                uint64_t fp)
{
    return (struct wasm_walk){.store = store, .fp = fp, .lo = fp, .hi = entry->sp};
}

bool
wasm_walk_read(const struct wasm_walk *walk, uint64_t address, uint64_t *out)
{
    if (address % 8 || address < walk->lo || address >= walk->hi ||
        walk->hi - address < 8)
        return false;
    *out = *(const uint64_t *)(uintptr_t)address;
    return true;
}

static bool
read_return_address(const struct wasm_walk *walk, uint64_t *out)
{
    if (!wasm_walk_read(walk, walk->fp + 8, out))
        return false;
    if (*out != (uintptr_t)wasm_tail_return)
        return true;
    uint64_t place;
    return wasm_walk_read(walk, walk->fp + 16 + WASM_TAIL_AREA, &place) &&
           wasm_walk_read(walk, place, out);
}

bool
wasm_walk_next(struct wasm_walk *walk, struct wasm_caller *out)
{
    uint64_t return_address, caller_fp;
    if (!wasm_walk_read(walk, walk->fp, &caller_fp) ||
        !read_return_address(walk, &return_address))
        return false;
    *out = (struct wasm_caller){
        .module = wasm_store_find_module(walk->store, return_address), .fp = caller_fp};
    if (out->module)
        out->code_offset = (uint32_t)(return_address - (uintptr_t)out->module->code);
    // A chain that does not rise ends: 0 is no word of the stack.
    walk->fp = caller_fp > walk->fp ? caller_fp : 0;
    return true;
}
