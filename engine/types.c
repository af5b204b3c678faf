// SPDX-License-Identifier: Apache-2.0
//
// How the types of a module relate. Concrete types are compared by `canon`, so types that
// were written twice are one. Wasm core 3.0 #match-heaptype.
#include "engine/types.h"

#include "base/fmt.h"
#include "engine/module.h"

uint32_t
wasm_heap_of_kind(uint8_t kind)
{
    switch ((enum wasm_comp_kind)kind) {
    case WASM_COMP_STRUCT:
        return WASM_HEAP_STRUCT;
    case WASM_COMP_ARRAY:
        return WASM_HEAP_ARRAY;
    case WASM_COMP_FUNC:
        break;
    }
    return WASM_HEAP_FUNC;
}

uint32_t
wasm_heap_code_top(uint32_t heap)
{
    switch (heap) {
    case WASM_HEAP_FUNC:
    case WASM_HEAP_NOFUNC:
        return WASM_HEAP_FUNC;
    case WASM_HEAP_EXTERN:
    case WASM_HEAP_NOEXTERN:
        return WASM_HEAP_EXTERN;
    case WASM_HEAP_EXN:
    case WASM_HEAP_NOEXN:
        return WASM_HEAP_EXN;
    default:
        return WASM_HEAP_ANY;
    }
}

bool
wasm_heap_code_matches(uint32_t sub, uint32_t super)
{
    if (sub == super || sub == WASM_HEAP_BOTTOM)
        return true;
    switch (sub) {
    case WASM_HEAP_NONE:
        return wasm_heap_code_top(super) == WASM_HEAP_ANY;
    case WASM_HEAP_I31:
    case WASM_HEAP_STRUCT:
    case WASM_HEAP_ARRAY:
        return super == WASM_HEAP_EQ || super == WASM_HEAP_ANY;
    case WASM_HEAP_EQ:
        return super == WASM_HEAP_ANY;
    case WASM_HEAP_NOFUNC:
        return super == WASM_HEAP_FUNC;
    case WASM_HEAP_NOEXTERN:
        return super == WASM_HEAP_EXTERN;
    case WASM_HEAP_NOEXN:
        return super == WASM_HEAP_EXN;
    default:
        return false;
    }
}

bool
wasm_heap_is_below_kind(uint32_t heap, uint8_t kind)
{
    if (heap == WASM_HEAP_BOTTOM)
        return true;
    return heap == (kind == WASM_COMP_FUNC ? WASM_HEAP_NOFUNC : WASM_HEAP_NONE);
}

static bool
index_matches(const struct wasm_module *module, uint32_t sub, uint32_t super)
{
    const struct wasm_deftype *types = module->types;
    while (types[sub].depth > types[super].depth)
        sub = types[sub].super;
    return types[sub].canon == types[super].canon;
}

bool
wasm_heap_matches(const struct wasm_module *module, uint32_t sub, uint32_t super)
{
    if (sub == super)
        return true;
    if (wasm_heap_is_index(super)) {
        if (wasm_heap_is_index(sub))
            return index_matches(module, sub, super);
        return wasm_heap_is_below_kind(sub, module->types[super].kind);
    }
    return wasm_heap_code_matches(wasm_heap_abstract(module, sub), super);
}

bool
wasm_type_matches(const struct wasm_module *module, wasm_type_t sub, wasm_type_t super)
{
    if (sub == super)
        return true;
    if (!wasm_type_is_ref(sub) || !wasm_type_is_ref(super))
        return false;
    if (wasm_type_is_nullable(sub) && !wasm_type_is_nullable(super))
        return false;
    return wasm_heap_matches(module, wasm_type_heap(sub), wasm_type_heap(super));
}

uint32_t
wasm_heap_abstract(const struct wasm_module *module, uint32_t heap)
{
    return wasm_heap_is_index(heap) ? wasm_heap_of_kind(module->types[heap].kind) : heap;
}

uint32_t
wasm_heap_top(const struct wasm_module *module, uint32_t heap)
{
    return wasm_heap_code_top(wasm_heap_abstract(module, heap));
}

// ---- In words ----

static const char *
heap_name(uint32_t heap)
{
    static const char *const names[] = {
        "exn",    "array", "struct", "i31",      "eq",     "any",
        "extern", "func",  "none",   "noextern", "nofunc", "noexn",
    };
    uint32_t at = heap - WASM_HEAP_EXN;
    return at < sizeof(names) / sizeof(names[0]) ? names[at] : "bot";
}

// The short form of (ref null heap); NULL: there is none.
static const char *
short_name(uint32_t heap)
{
    static const char *const names[] = {
        "exnref",  "arrayref",      "structref",   "i31ref",
        "eqref",   "anyref",        "externref",   "funcref",
        "nullref", "nullexternref", "nullfuncref", "nullexnref",
    };
    uint32_t at = heap - WASM_HEAP_EXN;
    return at < sizeof(names) / sizeof(names[0]) ? names[at] : NULL;
}

static const char *
number_name(wasm_type_t type)
{
    switch (type) {
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
    case WASM_TYPE_I8:
        return "i8";
    case WASM_TYPE_I16:
        return "i16";
    default:
        return "any";
    }
}

char *
wasm_type_show(wasm_type_t type, char *out, size_t room)
{
    if (!wasm_type_is_ref(type)) {
        fmt_string(out, room, "%s", number_name(type));
        return out;
    }
    uint32_t heap = wasm_type_heap(type);
    const char *null = wasm_type_is_nullable(type) ? "null " : "";
    if (wasm_heap_is_index(heap))
        fmt_string(out, room, "(ref %s%u)", null, (unsigned)heap);
    else if (*null && short_name(heap))
        fmt_string(out, room, "%s", short_name(heap));
    else
        fmt_string(out, room, "(ref %s%s)", null, heap_name(heap));
    return out;
}
