// SPDX-License-Identifier: Apache-2.0
//
// Types in the binary format. Codes of proposals and of later specifications are known by
// name, so that a module is refused with the reason.
#include "engine/decode.h"

#include "engine/heap.h"
#include "engine/validate.h"

#define FUNCTYPE 0x60

const char *
wasm_type_name(uint8_t type)
{
    switch ((enum wasm_type)type) {
    case WASM_TYPE_I32:
        return "i32";
    case WASM_TYPE_I64:
        return "i64";
    case WASM_TYPE_F32:
        return "f32";
    case WASM_TYPE_F64:
        return "f64";
    case WASM_TYPE_V128:
        return "v128";
    case WASM_TYPE_FUNCREF:
        return "funcref";
    case WASM_TYPE_EXTERNREF:
        return "externref";
    }
    return "value";
}

const char *
wasm_feature_of_type(uint8_t code)
{
    switch (code) {
    case WASM_TYPE_V128:
        return "simd";
    case 0x63: // ref null ht
    case 0x64: // ref ht
        return "typed function references";
    case 0x69: // exn
    case 0x74: // noexn
        return "exceptions";
    case 0x4e: // rec
    case 0x4f: // sub final
    case 0x50: // sub
    case 0x5e: // array
    case 0x5f: // struct
    case 0x6a: // array
    case 0x6b: // struct
    case 0x6c: // i31
    case 0x6d: // eq
    case 0x6e: // any
    case 0x71: // none
    case 0x72: // noextern
    case 0x73: // nofunc
        return "gc";
    default:
        return NULL;
    }
}

static void
refuse_type(struct wasm_decoder *d, size_t at, uint8_t code, const char *malformed)
{
    const char *feature = wasm_feature_of_type(code);
    if (feature)
        wasm_decode_fail(d, WASM_UNSUPPORTED, at, "unsupported: %s", feature);
    else
        cursor_fail_at(&d->c, at, malformed);
}

uint8_t
wasm_decode_value_type(struct wasm_decoder *d)
{
    size_t at = cursor_offset(&d->c);
    uint8_t code = cursor_u8(&d->c);
    switch (code) {
    case WASM_TYPE_I32:
    case WASM_TYPE_I64:
    case WASM_TYPE_F32:
    case WASM_TYPE_F64:
    case WASM_TYPE_FUNCREF:
    case WASM_TYPE_EXTERNREF:
        return code;
    default:
        refuse_type(d, at, code, "malformed value type");
        return 0;
    }
}

uint8_t
wasm_decode_ref_type(struct wasm_decoder *d)
{
    size_t at = cursor_offset(&d->c);
    uint8_t code = cursor_u8(&d->c);
    if (code == WASM_TYPE_FUNCREF || code == WASM_TYPE_EXTERNREF)
        return code;
    if (code == WASM_TYPE_V128)
        cursor_fail_at(&d->c, at, "malformed reference type");
    refuse_type(d, at, code, "malformed reference type");
    return 0;
}

enum {
    LIMITS_MAX = 1,
    LIMITS_SHARED = 2,
    LIMITS_64 = 4,
    LIMITS_KNOWN = LIMITS_MAX | LIMITS_SHARED | LIMITS_64,
};

static void
refuse_limits(struct wasm_decoder *d, size_t at, uint8_t flags)
{
    if (flags & ~LIMITS_KNOWN)
        cursor_fail_at(&d->c, at, "malformed limits flags");
    wasm_decode_fail(d, WASM_UNSUPPORTED, at, "unsupported: %s",
                     flags & LIMITS_64 ? "memory64" : "threads");
}

// `most` is the greatest size, `range` the failure that names it.
static struct wasm_limits
decode_limits(struct wasm_decoder *d, uint64_t most, const char *range)
{
    struct wasm_limits limits = {0, UINT64_MAX};
    size_t at = cursor_offset(&d->c);
    uint8_t flags = cursor_u8(&d->c);
    if (flags & ~LIMITS_MAX)
        refuse_limits(d, at, flags);
    limits.min = cursor_leb_u64(&d->c);
    bool is_in_range = limits.min <= most;
    if (flags & LIMITS_MAX) {
        limits.max = cursor_leb_u64(&d->c);
        is_in_range &= limits.max <= most;
    }
    if (!is_in_range)
        wasm_decode_fail(d, WASM_INVALID, at, "%s", range);
    if (limits.min > limits.max)
        wasm_decode_fail(d, WASM_INVALID, at,
                         "size minimum must not be greater than maximum");
    return limits;
}

struct wasm_table_decl
wasm_decode_table_type(struct wasm_decoder *d)
{
    struct wasm_table_decl table = {.type = wasm_decode_ref_type(d)};
    size_t at = cursor_offset(&d->c);
    table.limits = decode_limits(d, UINT32_MAX, "table size must be at most 2^32-1");
    if (table.limits.min > WASM_LIMIT_TABLE_ENTRIES)
        wasm_decode_fail(d, WASM_UNSUPPORTED, at,
                         "unsupported: table of %lu elements, the limit is %u",
                         (unsigned long)table.limits.min, WASM_LIMIT_TABLE_ENTRIES);
    return table;
}

struct wasm_memory_decl
wasm_decode_memory_type(struct wasm_decoder *d)
{
    return (struct wasm_memory_decl){decode_limits(
        d, WASM_MEMORY_PAGES, "memory size must be at most 65536 pages (4GiB)")};
}

struct wasm_global_decl
wasm_decode_global_type(struct wasm_decoder *d)
{
    struct wasm_global_decl global = {.type = wasm_decode_value_type(d)};
    size_t at = cursor_offset(&d->c);
    uint8_t mutability = cursor_u8(&d->c);
    if (mutability > 1)
        cursor_fail_at(&d->c, at, "malformed mutability");
    global.is_mutable = mutability == 1;
    return global;
}

// Appends a vector of value types to the module's type bytes.
static uint32_t
decode_result_type(struct wasm_decoder *d, const char *what, uint32_t limit)
{
    uint32_t count = wasm_decode_count(d, what, limit);
    for (uint32_t i = 0; i < count && wasm_decode_ok(d); i++) {
        uint8_t type = wasm_decode_value_type(d);
        if (cursor_offset(&d->c) > d->section_end)
            cursor_fail(&d->c, "section size mismatch");
        else
            d->module->type_bytes[d->type_bytes_used++] = type;
    }
    return count;
}

static void
decode_functype(struct wasm_decoder *d)
{
    struct wasm_module *module = d->module;
    size_t at = cursor_offset(&d->c);
    uint8_t form = cursor_u8(&d->c);
    if (form & 0x80) // the form is a negative number in LEB128, of seven bits
        cursor_fail_at(&d->c, at, "integer representation too long");
    if (form != FUNCTYPE)
        refuse_type(d, at, form, "malformed type form");
    struct wasm_functype type = {.types = module->type_bytes + d->type_bytes_used};
    type.param_count = decode_result_type(d, "parameters", WASM_LIMIT_PARAMS);
    type.result_count = decode_result_type(d, "results", WASM_LIMIT_RESULTS);
    if (wasm_decode_ok(d) &&
        wasm_decode_append(d, &module->types, module->type_count, sizeof(type)))
        module->types[module->type_count++] = type;
}

void
wasm_decode_types(struct wasm_decoder *d, struct wasm_range section)
{
    struct wasm_module *module = d->module;
    // Each of the bytes kept is one of the section's.
    module->type_bytes = wasm_heap_alloc(module->port, section.hi - section.lo, 1);
    if (!module->type_bytes)
        wasm_decode_no_memory(d);
    uint32_t count = wasm_decode_count(d, "types", WASM_LIMIT_TYPES);
    for (uint32_t i = 0; i < count && wasm_decode_ok(d); i++)
        decode_functype(d);
}
