// SPDX-License-Identifier: Apache-2.0
#include "text/script/value.h"

#include "base/fmt.h"
#include "engine/types.h"

#define F32_NAN 0x7fc00000u
#define F64_NAN 0x7ff8000000000000u

// ---- Types ----

static wasm_type_t
number_type(enum script_value_kind kind)
{
    static const wasm_type_t types[] = {
        [SCRIPT_I32] = WASM_TYPE_I32,   [SCRIPT_I64] = WASM_TYPE_I64,
        [SCRIPT_F32] = WASM_TYPE_F32,   [SCRIPT_F64] = WASM_TYPE_F64,
        [SCRIPT_V128] = WASM_TYPE_V128,
    };
    return kind <= SCRIPT_V128 ? types[kind] : 0;
}

// ---- Arguments ----

bool
script_value_argument(const struct script_value *value, wasm_type_t type,
                      union wasm_value *out)
{
    *out = value->bits;
    switch (value->kind) {
    case SCRIPT_REF_NULL:
        out->ref = NULL;
        return wasm_type_is_ref(type) && wasm_type_is_nullable(type);
    case SCRIPT_REF_EXTERN:
        out->ref = WASM_EXTERN_REF(value->bits.i64);
        return wasm_type_is_ref(type) && wasm_type_heap(type) == WASM_HEAP_EXTERN;
    case SCRIPT_REF_HOST:
        out->ref = WASM_EXTERN_REF(value->bits.i64);
        return wasm_type_is_ref(type) && wasm_type_heap(type) == WASM_HEAP_ANY;
    case SCRIPT_REF:
    case SCRIPT_EITHER:
        return false;
    default: // a set of NaNs is no constant
        return number_type(value->kind) == type && !value->nan[0] && !value->nan[1] &&
               !value->nan[2] && !value->nan[3];
    }
}

// ---- Results ----

// Canonical: the payload is the quiet bit alone. Arithmetic: the quiet bit is set.
static bool
lane_matches(uint32_t bits, uint8_t nan, uint64_t wanted, uint64_t actual)
{
    uint64_t quiet = bits == 32 ? F32_NAN : F64_NAN;
    switch ((enum script_nan)nan) {
    case SCRIPT_NAN_CANONICAL:
        return (actual & ~(1ull << (bits - 1))) == quiet;
    case SCRIPT_NAN_ARITHMETIC:
        return (actual & quiet) == quiet;
    case SCRIPT_NAN_NONE:
        break;
    }
    return wanted == actual;
}

static bool
vector_matches(const struct script_value *pattern, union wasm_value actual)
{
    const union wasm_value *wanted = &pattern->bits;
    for (uint32_t i = 0; i < 2; i++) {
        if (pattern->lane_bits != 32) {
            uint8_t nan = pattern->lane_bits == 64 ? pattern->nan[i] : SCRIPT_NAN_NONE;
            if (!lane_matches(64, nan, wanted->v128[i], actual.v128[i]))
                return false;
            continue;
        }
        for (uint32_t half = 0; half < 2; half++) {
            if (!lane_matches(32, pattern->nan[2 * i + half],
                              (uint32_t)(wanted->v128[i] >> 32 * half),
                              (uint32_t)(actual.v128[i] >> 32 * half)))
                return false;
        }
    }
    return true;
}

static bool
reference_matches(const struct script_value *pattern, wasm_type_t type,
                  union wasm_value actual)
{
    if (!wasm_type_is_ref(type))
        return false;
    uint32_t top = wasm_heap_code_top(wasm_type_heap(type));
    switch (pattern->kind) {
    case SCRIPT_REF_NULL:
        return !actual.ref && (pattern->heap == SCRIPT_HEAP_NONE ||
                               wasm_heap_code_top(pattern->heap) == top);
    case SCRIPT_REF_EXTERN:
        return top == WASM_HEAP_EXTERN &&
               actual.ref == WASM_EXTERN_REF(pattern->bits.i64);
    case SCRIPT_REF_HOST:
        return top == WASM_HEAP_ANY && actual.ref == WASM_EXTERN_REF(pattern->bits.i64);
    default:
        break;
    }
    if (!actual.ref || wasm_heap_code_top(pattern->heap) != top)
        return false;
    return pattern->heap == top || wasm_ref_is(actual.ref, pattern->heap);
}

bool
script_value_matches(const struct script_value *pattern, wasm_type_t type,
                     union wasm_value actual)
{
    if (pattern->kind == SCRIPT_EITHER) {
        for (uint32_t i = 1; i <= pattern->count; i++) {
            if (pattern[i].kind != SCRIPT_EITHER &&
                script_value_matches(&pattern[i], type, actual))
                return true;
        }
        return false;
    }
    if (pattern->kind > SCRIPT_V128)
        return reference_matches(pattern, type, actual);
    if (number_type(pattern->kind) != type)
        return false;
    if (type == WASM_TYPE_V128)
        return vector_matches(pattern, actual);
    bool is_narrow = type == WASM_TYPE_I32 || type == WASM_TYPE_F32;
    return is_narrow ? lane_matches(32, pattern->nan[0], pattern->bits.i32, actual.i32)
                     : lane_matches(64, pattern->nan[0], pattern->bits.i64, actual.i64);
}

// ---- Messages ----

static void
show_vector(const struct script_value *v, char *out)
{
    size_t len = fmt_string(out, SCRIPT_SHOWN_MAX, "v128 i%ux%u", v->lane_bits,
                            128 / v->lane_bits);
    for (uint32_t i = 0; i < 128 / v->lane_bits; i++) {
        uint32_t bit = i * v->lane_bits;
        uint64_t lane = v->bits.v128[bit / 64] >> bit % 64;
        if (v->lane_bits < 64)
            lane &= (1ull << v->lane_bits) - 1;
        uint8_t nan = v->lane_bits >= 32 ? v->nan[i] : SCRIPT_NAN_NONE;
        if (nan)
            len += fmt_string(out + len, SCRIPT_SHOWN_MAX - len, " nan:%s",
                              nan == SCRIPT_NAN_CANONICAL ? "canonical" : "arithmetic");
        else
            len += fmt_string(out + len, SCRIPT_SHOWN_MAX - len, " 0x%lx", lane);
    }
}

static void
show_number(const struct script_value *v, char *out)
{
    static const char *const names[] = {"i32", "i64", "f32", "f64"};
    uint64_t bits = v->lane_bits == 32 ? v->bits.i32 : v->bits.i64;
    if (v->nan[0])
        (void)fmt_string(out, SCRIPT_SHOWN_MAX, "%s nan:%s", names[v->kind],
                         v->nan[0] == SCRIPT_NAN_CANONICAL ? "canonical" : "arithmetic");
    else if (v->kind <= SCRIPT_I64)
        (void)fmt_string(out, SCRIPT_SHOWN_MAX, "%s %lu (0x%lx)", names[v->kind], bits,
                         bits);
    else
        (void)fmt_string(out, SCRIPT_SHOWN_MAX, "%s with the bits 0x%lx", names[v->kind],
                         bits);
}

void
script_value_show(const struct script_value *pattern, char *out)
{
    char type[40];
    switch (pattern->kind) {
    case SCRIPT_V128:
        show_vector(pattern, out);
        return;
    case SCRIPT_REF_NULL:
        (void)fmt_string(out, SCRIPT_SHOWN_MAX, "a null reference");
        return;
    case SCRIPT_REF_EXTERN:
        (void)fmt_string(out, SCRIPT_SHOWN_MAX, "ref.extern %lu", pattern->bits.i64);
        return;
    case SCRIPT_REF_HOST:
        (void)fmt_string(out, SCRIPT_SHOWN_MAX, "ref.host %lu", pattern->bits.i64);
        return;
    case SCRIPT_REF:
        (void)fmt_string(
            out, SCRIPT_SHOWN_MAX, "any %s",
            wasm_type_show(wasm_type_ref(pattern->heap, false), type, sizeof(type)));
        return;
    case SCRIPT_EITHER: {
        size_t len = fmt_string(out, SCRIPT_SHOWN_MAX, "one of %u: ", pattern->count);
        char first[SCRIPT_SHOWN_MAX];
        first[0] = 0;
        if (pattern->count && pattern[1].kind != SCRIPT_EITHER)
            script_value_show(&pattern[1], first);
        (void)fmt_string(out + len, SCRIPT_SHOWN_MAX - len, "%s, ...", first);
        return;
    }
    default:
        show_number(pattern, out);
    }
}

void
script_result_show(wasm_type_t type, union wasm_value value, char *out)
{
    struct script_value shown = {.bits = value, .lane_bits = 32};
    for (shown.kind = SCRIPT_I32; shown.kind <= SCRIPT_V128; shown.kind++) {
        if (number_type(shown.kind) != type)
            continue;
        if (type == WASM_TYPE_I64 || type == WASM_TYPE_F64)
            shown.lane_bits = 64;
        script_value_show(&shown, out);
        return;
    }
    char name[40];
    wasm_type_show(type, name, sizeof(name));
    if (!value.ref)
        (void)fmt_string(out, SCRIPT_SHOWN_MAX, "null of type %s", name);
    else if (WASM_IS_EXTERN(value.ref))
        (void)fmt_string(out, SCRIPT_SHOWN_MAX, "%s with the host's word %lu", name,
                         (uint64_t)WASM_EXTERN_WORD(value.ref));
    else
        (void)fmt_string(out, SCRIPT_SHOWN_MAX, "a reference of type %s", name);
}
