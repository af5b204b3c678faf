// SPDX-License-Identifier: Apache-2.0
//
// Types in the binary format, outside of the type section.
#include "engine/decode.h"

static struct wasm_type_reader
reader(struct wasm_decoder *d)
{
    return (struct wasm_type_reader){&d->c, d->known_types, UINT32_MAX};
}

static void
check(struct wasm_decoder *d, const struct wasm_type_reader *r, size_t at)
{
    if (r->unknown != UINT32_MAX)
        wasm_decode_fail(d, WASM_INVALID, at, "unknown type %u", (unsigned)r->unknown);
}

wasm_type_t
wasm_decode_value_type(struct wasm_decoder *d)
{
    size_t at = cursor_offset(&d->c);
    struct wasm_type_reader r = reader(d);
    wasm_type_t type = wasm_read_val_type(&r);
    check(d, &r, at);
    return type;
}

wasm_type_t
wasm_decode_ref_type(struct wasm_decoder *d)
{
    size_t at = cursor_offset(&d->c);
    struct wasm_type_reader r = reader(d);
    wasm_type_t type = wasm_read_ref_type(&r);
    check(d, &r, at);
    return type;
}

wasm_type_t
wasm_decode_storage_type(struct wasm_decoder *d)
{
    size_t at = cursor_offset(&d->c);
    struct wasm_type_reader r = reader(d);
    wasm_type_t type = wasm_read_storage_type(&r);
    check(d, &r, at);
    return type;
}

bool
wasm_decode_mutability(struct wasm_decoder *d)
{
    size_t at = cursor_offset(&d->c);
    uint8_t mutability = cursor_u8(&d->c);
    if (mutability > 1)
        cursor_fail_at(&d->c, at, "malformed mutability");
    return mutability == 1;
}

// ---- Limits ----

enum {
    LIMITS_MAX = 1,
    LIMITS_SHARED = 2,
    LIMITS_64 = 4,
    LIMITS_PAGE_SIZE = 8,
};

static struct wasm_limits
decode_limits(struct wasm_decoder *d, uint8_t known_flags)
{
    size_t at = cursor_offset(&d->c);
    uint8_t flags = cursor_u8(&d->c);
    // A page size stands behind the limits, so there is no flag for one alone.
    bool is_alone = flags == LIMITS_PAGE_SIZE && cursor_done(&d->c);
    if (wasm_decode_ok(d) && (flags & ~known_flags || is_alone))
        cursor_fail_at(&d->c, at, "malformed limits flags");
    struct wasm_limits limits = {.max = UINT64_MAX,
                                 .is_64 = flags & LIMITS_64,
                                 .is_shared = flags & LIMITS_SHARED,
                                 .page_log2 = known_flags & LIMITS_SHARED ? 16 : 0};
    limits.min = cursor_leb_u64(&d->c);
    if (flags & LIMITS_MAX)
        limits.max = cursor_leb_u64(&d->c);
    if (flags & LIMITS_PAGE_SIZE) {
        at = cursor_offset(&d->c);
        uint32_t log2 = cursor_leb_u32(&d->c);
        if (log2 > 64)
            cursor_fail_at(&d->c, at, "invalid custom page size");
        if (log2 != 0 && log2 != 16)
            wasm_decode_fail(d, WASM_INVALID, at, "invalid custom page size");
        limits.page_log2 = (uint8_t)log2;
    }
    return limits;
}

// `most` is the greatest size, `range` the failure that names it.
static void
check_limits(struct wasm_decoder *d, struct wasm_limits limits, bool has_max, size_t at,
             uint64_t most, const char *range)
{
    if (limits.min > most || (has_max && limits.max > most))
        wasm_decode_fail(d, WASM_INVALID, at, "%s", range);
    if (limits.min > limits.max)
        wasm_decode_fail(d, WASM_INVALID, at,
                         "size minimum must not be greater than maximum");
}

struct wasm_table_decl
wasm_decode_table_type(struct wasm_decoder *d)
{
    struct wasm_table_decl table = {.type = wasm_decode_ref_type(d)};
    size_t at = cursor_offset(&d->c);
    table.limits = decode_limits(d, LIMITS_MAX | LIMITS_64);
    bool has_max = table.limits.max != UINT64_MAX;
    check_limits(d, table.limits, has_max, at,
                 table.limits.is_64 ? UINT64_MAX : UINT32_MAX,
                 "table size must be at most 2^32-1");
    return table;
}

// The most pages whose bytes addresses of the type can count.
static uint64_t
page_limit(struct wasm_limits limits)
{
    if (limits.is_64)
        return limits.page_log2 == 16 ? 1ull << 48 : UINT64_MAX;
    return limits.page_log2 == 16 ? WASM_MEMORY_PAGES : UINT32_MAX;
}

struct wasm_memory_decl
wasm_decode_memory_type(struct wasm_decoder *d)
{
    size_t at = cursor_offset(&d->c);
    struct wasm_memory_decl memory = {
        decode_limits(d, LIMITS_MAX | LIMITS_SHARED | LIMITS_64 | LIMITS_PAGE_SIZE)};
    const struct wasm_limits *limits = &memory.limits;
    const char *range = "memory size must be at most 65536 pages (4GiB)";
    if (limits->is_64)
        range = "memory size must be at most 2^48 pages";
    else if (limits->page_log2 != 16)
        range = "memory size must be at most 2^32-1 bytes";
    check_limits(d, *limits, limits->max != UINT64_MAX, at, page_limit(*limits), range);
    if (limits->is_shared && limits->max == UINT64_MAX)
        wasm_decode_fail(d, WASM_INVALID, at, "shared memory must have maximum");
    return memory;
}

struct wasm_global_decl
wasm_decode_global_type(struct wasm_decoder *d)
{
    struct wasm_global_decl global = {.type = wasm_decode_value_type(d)};
    global.is_mutable = wasm_decode_mutability(d);
    return global;
}

struct wasm_tag_decl
wasm_decode_tag_type(struct wasm_decoder *d)
{
    struct wasm_module *module = d->module;
    size_t at = cursor_offset(&d->c);
    if (cursor_u8(&d->c) != 0)
        cursor_fail_at(&d->c, at, "malformed tag attribute");
    at = cursor_offset(&d->c);
    struct wasm_tag_decl tag = {wasm_decode_func_type_index(d)};
    if (wasm_decode_ok(d) && module->types[tag.type].func.result_count)
        wasm_decode_fail(d, WASM_INVALID, at, "non-empty tag result type");
    return tag;
}

uint32_t
wasm_decode_func_type_index(struct wasm_decoder *d)
{
    size_t at = cursor_offset(&d->c);
    uint32_t index = wasm_decode_index(d, "type", d->module->type_count);
    if (wasm_decode_ok(d) && d->module->types[index].kind != WASM_COMP_FUNC)
        wasm_decode_fail(d, WASM_INVALID, at,
                         "type mismatch: type %u is no function type", (unsigned)index);
    return index;
}
