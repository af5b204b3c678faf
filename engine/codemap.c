// SPDX-License-Identifier: Apache-2.0
//
// A site is
//
//   uleb(code offset - the one before << 2 | kind)
//   uleb(zigzag(module offset - the one before))
//   trap code, one byte, for WASM_SITE_TRAP
//   reference map, for WASM_SITE_CALL_REFS: uleb(bytes that follow), uleb(zigzag(first
//   slot)), uleb(each next slot - the one before), slots counted in 8 bytes
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

// ---- Reference maps ----

// Slots are words of the frame.
static uint8_t *
put_slots(uint8_t *at, const int32_t *disps, uint32_t count)
{
    int64_t before = 0;
    for (uint32_t i = 0; i < count; i++) {
        int64_t slot = disps[i] / 8;
        uint64_t first = (uint64_t)slot << 1 ^ (uint64_t)(slot >> 63);
        at = put_uleb(at, i ? (uint64_t)(slot - before) : first);
        before = slot;
    }
    return at;
}

static uint32_t
uleb_len(uint64_t value)
{
    uint32_t len = 1;
    for (; value >= 0x80; value >>= 7)
        len++;
    return len;
}

static uint32_t
slots_len(const int32_t *disps, uint32_t count)
{
    uint32_t len = 0;
    int64_t before = 0;
    for (uint32_t i = 0; i < count; i++) {
        int64_t slot = disps[i] / 8;
        uint64_t first = (uint64_t)slot << 1 ^ (uint64_t)(slot >> 63);
        len += uleb_len(i ? (uint64_t)(slot - before) : first);
        before = slot;
    }
    return len;
}

size_t
wasm_codemap_encode_refs(uint8_t *at, const int32_t *disps, uint32_t count)
{
    uint8_t *end = put_uleb(at, slots_len(disps, count));
    return (size_t)(put_slots(end, disps, count) - at);
}

static const uint8_t *
skip_refs(const uint8_t *at)
{
    uint64_t len;
    at = get_uleb(at, &len);
    return at + len;
}

// `disp` of a cursor that has not begun.
#define NO_DISP INT32_MIN

struct wasm_ref_cursor
wasm_codemap_refs(const uint8_t *map)
{
    uint64_t len;
    const uint8_t *at = get_uleb(map, &len);
    return (struct wasm_ref_cursor){at, at + len, NO_DISP};
}

bool
wasm_codemap_next_ref(struct wasm_ref_cursor *cursor, int32_t *disp)
{
    uint64_t word;
    if (cursor->at == cursor->end)
        return false;
    cursor->at = get_uleb(cursor->at, &word);
    int64_t slot = cursor->disp == NO_DISP ? (int64_t)(word >> 1 ^ (0 - (word & 1)))
                                           : cursor->disp / 8 + (int64_t)word;
    *disp = cursor->disp = (int32_t)(slot * 8);
    return true;
}

// ---- Finding ----

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

// Where to begin in the function, for a site at the offset: the last point before it.
static struct wasm_codemap_point
point_before(const struct wasm_module *module, uint32_t func, uint32_t code_offset)
{
    const struct wasm_codemap *map = &module->codemap;
    uint32_t lo = 0, hi = map->point_count;
    while (lo < hi) {
        uint32_t middle = lo + (hi - lo) / 2;
        if (map->points[middle].code_offset < code_offset)
            lo = middle + 1;
        else
            hi = middle;
    }
    if (lo > 0 && map->points[lo - 1].next >= map->starts[func])
        return map->points[lo - 1];
    return (struct wasm_codemap_point){module->entries[func], module->bodies[func].lo,
                                       map->starts[func]};
}

static bool
find_in(const struct wasm_module *module, uint32_t func, uint32_t code_offset,
        struct wasm_site *out)
{
    const struct wasm_codemap *map = &module->codemap;
    struct wasm_codemap_point point = point_before(module, func, code_offset);
    const uint8_t *at = map->bytes + point.next;
    const uint8_t *end = map->bytes + map->starts[func + 1];
    uint64_t code = point.code_offset;
    uint64_t offset = point.module_offset;
    while (at < end && code <= code_offset) {
        uint64_t step, zigzag;
        at = get_uleb(at, &step);
        at = get_uleb(at, &zigzag);
        enum wasm_site_kind kind = (enum wasm_site_kind)(step & 3);
        uint32_t trap = kind == WASM_SITE_TRAP ? *at++ : 0;
        const uint8_t *refs = kind == WASM_SITE_CALL_REFS ? at : NULL;
        if (refs)
            at = skip_refs(at);
        code += step >> 2;
        offset += zigzag >> 1 ^ (0 - (zigzag & 1));
        if (code != code_offset)
            continue;
        *out = (struct wasm_site){.kind = kind,
                                  .trap = trap,
                                  .module_offset = (uint32_t)offset,
                                  .func_index = module->func_import_count + func,
                                  .refs = refs};
        return true;
    }
    return false;
}

// The return address of a call that ends a function's code is where the next one begins.
bool
wasm_codemap_find(const struct wasm_module *module, uint32_t code_offset,
                  struct wasm_site *out)
{
    if (module->codemap.func_count == 0)
        return false;
    uint32_t func = function_at(module, code_offset);
    return find_in(module, func, code_offset, out) ||
           (func && module->entries[func] == code_offset &&
            find_in(module, func - 1, code_offset, out));
}

// The first handler of function `func` that ends at the offset or behind it, or one of a
// later function: handlers stand in the order in which their ranges end.
static uint32_t
first_handler(const struct wasm_codemap *map, uint32_t func, uint32_t code_offset)
{
    uint32_t lo = 0, hi = map->handler_count;
    while (lo < hi) {
        uint32_t middle = lo + (hi - lo) / 2;
        const struct wasm_handler *handler = &map->handlers[middle];
        if (handler->func < func || (handler->func == func && handler->hi < code_offset))
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}

const struct wasm_handler *
wasm_codemap_handler(const struct wasm_module *module, uint32_t code_offset,
                     uint32_t *index)
{
    const struct wasm_codemap *map = &module->codemap;
    if (map->func_count == 0 || map->handler_count == 0 || code_offset == 0)
        return NULL;
    uint32_t func = function_at(module, code_offset - 1);
    uint32_t i = *index ? *index : first_handler(map, func, code_offset);
    for (; i < map->handler_count && map->handlers[i].func == func; i++) {
        const struct wasm_handler *handler = &map->handlers[i];
        if (code_offset > handler->lo && code_offset <= handler->hi) {
            *index = i + 1;
            return handler;
        }
    }
    return NULL;
}
