// SPDX-License-Identifier: Apache-2.0
//
// A site is
//
//   uleb(code offset - the one before << 2 | kind)
//   uleb(zigzag(module offset - the one before))
//   trap code, one byte, for WASM_SITE_TRAP
//
// where a function's first site counts from the function's entry and from its body.
#include "engine/codemap.h"

#include "engine/module.h"

static uint8_t *
put_uleb(uint8_t *at, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *at++ = (uint8_t)(value | 0x80);
    *at++ = (uint8_t)value;
    return at;
}

static const uint8_t *
get_uleb(const uint8_t *at, uint64_t *value)
{
    *value = 0;
    for (uint32_t shift = 0;; shift += 7) {
        uint8_t byte = *at++;
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return at;
    }
}

size_t
wasm_codemap_encode(uint8_t *at, uint32_t code_delta, int64_t module_delta,
                    enum wasm_site_kind kind, uint32_t trap)
{
    uint8_t *end = put_uleb(at, (uint64_t)code_delta << 2 | (uint64_t)kind);
    end = put_uleb(end, (uint64_t)module_delta << 1 ^ (uint64_t)(module_delta >> 63));
    if (kind == WASM_SITE_TRAP)
        *end++ = (uint8_t)trap;
    return (size_t)(end - at);
}

// The defined function whose code holds the offset: the last one that starts at or
// before.
static uint32_t
function_at(const struct wasm_module *module, uint32_t code_offset)
{
    uint32_t lo = 0;
    uint32_t hi = module->codemap.func_count;
    while (hi - lo > 1) {
        uint32_t middle = lo + (hi - lo) / 2;
        if (module->entries[middle] <= code_offset)
            lo = middle;
        else
            hi = middle;
    }
    return lo;
}

bool
wasm_codemap_find(const struct wasm_module *module, uint32_t code_offset,
                  struct wasm_site *out)
{
    const struct wasm_codemap *map = &module->codemap;
    if (map->func_count == 0)
        return false;
    uint32_t func = function_at(module, code_offset);
    const uint8_t *at = map->bytes + map->starts[func];
    const uint8_t *end = map->bytes + map->starts[func + 1];
    uint64_t code = module->entries[func];
    uint64_t offset = module->bodies[func].lo;
    while (at < end && code <= code_offset) {
        uint64_t step, zigzag;
        at = get_uleb(at, &step);
        at = get_uleb(at, &zigzag);
        uint32_t trap = (step & 3) == WASM_SITE_TRAP ? *at++ : 0;
        code += step >> 2;
        offset += zigzag >> 1 ^ (0 - (zigzag & 1));
        if (code != code_offset)
            continue;
        *out = (struct wasm_site){.kind = (enum wasm_site_kind)(step & 3),
                                  .trap = trap,
                                  .module_offset = (uint32_t)offset,
                                  .func_index = module->func_import_count + func};
        return true;
    }
    return false;
}
