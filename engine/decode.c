// SPDX-License-Identifier: Apache-2.0
#include "engine/decode.h"

#include "base/string.h"
#include "base/utf8.h"
#include "engine/error.h"
#include "engine/heap.h"
#include "engine/layout.h"
#include "engine/names.h"

enum {
    SECTION_CUSTOM = 0,
    SECTION_TAG = 13,
};

// By section id. Known sections come in ascending `order`, each at most once.
static const struct {
    uint8_t order;
    void (*decode)(struct wasm_decoder *d, struct wasm_range section);
} sections[] = {
    [1] = {1, wasm_decode_types},        [2] = {2, wasm_decode_imports},
    [3] = {3, wasm_decode_functions},    [4] = {4, wasm_decode_tables},
    [5] = {5, wasm_decode_memories},     [SECTION_TAG] = {6, wasm_decode_tags},
    [6] = {7, wasm_decode_globals},      [7] = {8, wasm_decode_exports},
    [8] = {9, wasm_decode_start},        [9] = {10, wasm_decode_elems},
    [12] = {11, wasm_decode_data_count}, [10] = {12, wasm_decode_code},
    [11] = {13, wasm_decode_datas},
};
#define SECTION_COUNT  (sizeof(sections) / sizeof(sections[0]))
#define ORDER_FUNCTION 3 // sections[3].order

void
wasm_decode_fail(struct wasm_decoder *d, enum wasm_error_code code, size_t offset,
                 const char *message, ...)
{
    if (!wasm_decode_ok(d))
        return;
    va_list args;
    va_start(args, message);
    d->code = wasm_fail_v(d->error, code, offset, message, args);
    va_end(args);
    cursor_fail(&d->c, "refused");
}

void
wasm_decode_no_memory(struct wasm_decoder *d)
{
    wasm_decode_fail(d, WASM_NO_MEMORY, 0, "out of memory for module");
}

bool
wasm_decode_append(struct wasm_decoder *d, void *array, uint32_t count, size_t size)
{
    void *old;
    memcpy(&old, array, sizeof(old));
    void *grown = wasm_heap_append(d->module->port, old, count, size);
    if (!grown) {
        wasm_decode_no_memory(d);
        return false;
    }
    memcpy(array, &grown, sizeof(grown));
    return true;
}

uint32_t
wasm_decode_len(struct wasm_decoder *d)
{
    size_t at = cursor_offset(&d->c);
    uint32_t len = cursor_leb_u32(&d->c);
    if (len > cursor_left(&d->c)) {
        cursor_fail_at(&d->c, at, "length out of bounds");
        return 0;
    }
    return len;
}

uint32_t
wasm_decode_count(struct wasm_decoder *d, const char *what, uint32_t limit)
{
    size_t at = cursor_offset(&d->c);
    uint32_t count = cursor_leb_u32(&d->c);
    if (count > limit && count <= cursor_left(&d->c))
        wasm_decode_fail(d, WASM_UNSUPPORTED, at, "unsupported: %u %s, the limit is %u",
                         count, what, limit);
    return count;
}

struct wasm_name
wasm_decode_name(struct wasm_decoder *d)
{
    uint32_t len = wasm_decode_len(d);
    size_t at = cursor_offset(&d->c);
    const uint8_t *bytes = cursor_bytes(&d->c, len);
    if (!wasm_decode_ok(d))
        return (struct wasm_name){0};
    if (!utf8_is_valid(bytes, len))
        cursor_fail_at(&d->c, at, "malformed UTF-8 encoding");
    return (struct wasm_name){(const char *)bytes, len};
}

uint32_t
wasm_decode_index(struct wasm_decoder *d, const char *what, uint32_t space)
{
    size_t at = cursor_offset(&d->c);
    uint32_t index = cursor_leb_u32(&d->c);
    if (index >= space)
        wasm_decode_fail(d, WASM_INVALID, at, "unknown %s %u", what, index);
    return index;
}

static bool
is_named(struct wasm_name name, const char *text, size_t len)
{
    return name.len == len && memcmp(name.bytes, text, len) == 0;
}

// A section that means something to the engine is kept; whether its contents make sense
// is seen when they are used, for the specification ignores those that do not.
static void
decode_custom(struct wasm_decoder *d, struct wasm_range section)
{
    struct wasm_name name = wasm_decode_name(d);
    size_t at = cursor_offset(&d->c);
    if (!wasm_decode_ok(d))
        return;
    if (at > section.hi) {
        cursor_fail_at(&d->c, section.hi, "unexpected end");
        return;
    }
    struct wasm_range contents = {(uint32_t)at, section.hi};
    if (is_named(name, "name", 4))
        d->module->name_section = contents;
    else if (is_named(name, "metadata.code.branch_hint", 25))
        d->module->branch_hints = contents;
    cursor_bytes(&d->c, section.hi - at);
}

// After the function section, or where it would stand, the functions are all known.
static void
close_functions(struct wasm_decoder *d)
{
    struct wasm_module *module = d->module;
    module->declared =
        wasm_heap_alloc(module->port, ((uint64_t)module->func_count + 7) / 8, 1);
    if (!module->declared)
        wasm_decode_no_memory(d);
}

void
wasm_decode_declare(struct wasm_decoder *d, uint32_t index)
{
    if (wasm_decode_ok(d))
        d->module->declared[index / 8] |= (uint8_t)(1u << index % 8);
}

static void
decode_section(struct wasm_decoder *d, uint8_t *order)
{
    size_t at = cursor_offset(&d->c);
    uint8_t id = cursor_u8(&d->c);
    if (id >= SECTION_COUNT) {
        cursor_fail_at(&d->c, at, "malformed section id");
        return;
    }
    uint32_t len = wasm_decode_len(d);
    uint32_t lo = (uint32_t)cursor_offset(&d->c);
    struct wasm_range section = {lo, lo + len};
    if (!wasm_decode_ok(d))
        return;
    if (id == SECTION_CUSTOM) {
        decode_custom(d, section);
    } else {
        if (sections[id].order <= *order) {
            cursor_fail_at(&d->c, at, "unexpected content after last section");
            return;
        }
        *order = sections[id].order;
        if (*order > ORDER_FUNCTION && !d->module->declared)
            close_functions(d);
        d->section_end = section.hi;
        sections[id].decode(d, section);
    }
    if (wasm_decode_ok(d) && cursor_offset(&d->c) != section.hi)
        cursor_fail_at(&d->c, section.lo, "section size mismatch");
}

static void
decode_header(struct wasm_decoder *d)
{
    static const uint8_t magic[4] = {0, 'a', 's', 'm'};
    static const uint8_t version[4] = {1, 0, 0, 0};
    const uint8_t *at = cursor_bytes(&d->c, sizeof(magic));
    if (at && memcmp(at, magic, sizeof(magic)) != 0)
        cursor_fail_at(&d->c, 0, "magic header not detected");
    at = cursor_bytes(&d->c, sizeof(version));
    if (at && memcmp(at, version, sizeof(version)) != 0)
        cursor_fail_at(&d->c, sizeof(magic), "unknown binary version");
}

static void
check_counts(struct wasm_decoder *d)
{
    struct wasm_module *module = d->module;
    if (!wasm_decode_ok(d))
        return;
    if (d->body_count != module->func_count - module->func_import_count)
        cursor_fail(&d->c, "function and code section have inconsistent lengths");
    if (module->has_data_count && module->data_count != d->data_count)
        cursor_fail(&d->c, "data count and data section have inconsistent lengths");
    module->data_count = d->data_count;
}

static bool
body_is_valid(struct wasm_validator *v, uint32_t defined_index, const uint8_t *end)
{
    struct wasm_instr instr;
    v->code = WASM_OK;
    bool is_valid = wasm_validator_begin(v, defined_index);
    if (end)
        v->c.end = end;
    while (is_valid && v->depth > 0)
        is_valid = wasm_validator_next(v, &instr);
    return is_valid;
}

static bool
is_same_text(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

// What the cursor says of its bytes' end is told apart for the header and for sections.
static const char *
cursor_message(const struct wasm_decoder *d)
{
    if (d->section_end && is_same_text(d->c.error, "unexpected end"))
        return "unexpected end of section or function";
    return d->c.error;
}

// Bodies are read after all sections; yet when one is wrong, that stands before a failure
// behind the code section, and often is its cause: the lengths around it may be wrong, so
// it is read again beyond its end.
static enum wasm_error_code
fail_malformed(struct wasm_decoder *d)
{
    const struct wasm_module *module = d->module;
    uint32_t defined = module->func_count - module->func_import_count;
    struct wasm_validator v;
    if (!wasm_validator_init(&v, module, d->error))
        return WASM_NO_MEMORY;
    enum wasm_error_code code = WASM_OK;
    for (uint32_t i = 0; i < d->body_count && i < defined && code == WASM_OK; i++)
        if (!body_is_valid(&v, i, NULL) &&
            !body_is_valid(&v, i, module->bytes + module->len))
            code = v.code;
    wasm_validator_fini(&v);
    if (code != WASM_OK)
        return code;
    return wasm_fail(d->error, WASM_MALFORMED, d->c.error_offset, "%s",
                     cursor_message(d));
}

enum wasm_error_code
wasm_decode(struct wasm_module *module, struct wasm_error *error)
{
    if (module->len > WASM_LIMIT_MODULE_BYTES)
        return wasm_fail(error, WASM_UNSUPPORTED, 0,
                         "unsupported: module of %zu bytes, the limit is %u", module->len,
                         WASM_LIMIT_MODULE_BYTES);
    struct wasm_decoder d = {.module = module, .error = error};
    d.c = cursor_make(module->bytes, 0, module->len);
    d.keys.port = module->port;
    if (!wasm_validator_init(&d.constants, module, error))
        return WASM_NO_MEMORY;
    module->start = UINT32_MAX;
    decode_header(&d);
    uint8_t order = 0;
    while (!cursor_done(&d.c))
        decode_section(&d, &order);
    check_counts(&d);
    wasm_keys_fini(&d.keys);
    wasm_validator_fini(&d.constants);
    if (wasm_decode_ok(&d) && !module->declared)
        close_functions(&d);
    if (d.code)
        return d.code;
    if (d.c.error)
        return fail_malformed(&d);
    if (!wasm_names_load(module))
        return wasm_fail_memory(error, "function names");
    return wasm_layout_compute(module, error);
}
