// SPDX-License-Identifier: Apache-2.0
//
// An instruction out of its bytes: opcode and immediates, whose indices are checked here.
#include "engine/error.h"
#include "engine/validate.h"

#define TYPE_I WASM_TYPE_I32
#define TYPE_L WASM_TYPE_I64
#define TYPE_F WASM_TYPE_F32
#define TYPE_D WASM_TYPE_F64
#define TYPE__ 0
const struct wasm_op wasm_ops[WASM_OPCODE_COUNT] = {
#define OP(code, name, text, imm, p1, p2, p3, r)                                         \
    [code] = {text, IMM_##imm, {TYPE_##p1, TYPE_##p2, TYPE_##p3}, TYPE_##r},
#include "engine/opcodes.def"
#undef OP
};

// One-element lists of types, to point at.
static const uint8_t single_types[] = {WASM_TYPE_I32,     WASM_TYPE_I64,
                                       WASM_TYPE_F32,     WASM_TYPE_F64,
                                       WASM_TYPE_FUNCREF, WASM_TYPE_EXTERNREF};

#define FAIL(v, offset, ...) wasm_validator_fail(v, WASM_INVALID, offset, __VA_ARGS__)

// ---- Failures ----

bool
wasm_validator_fail(struct wasm_validator *v, enum wasm_error_code code, size_t offset,
                    const char *message, ...)
{
    va_list args;
    va_start(args, message);
    if (v->code == WASM_OK)
        v->code = wasm_fail_v(v->error, code, offset, message, args);
    va_end(args);
    return false;
}

bool
wasm_validator_cursor_ok(struct wasm_validator *v)
{
    if (!v->c.error)
        return true;
    return wasm_validator_fail(v, WASM_MALFORMED, v->c.error_offset, "%s", v->c.error);
}

// ---- Immediates ----

static const uint8_t * // one type to point at; NULL: not a value type
single_type(uint8_t type)
{
    for (size_t i = 0; i < sizeof single_types; i++)
        if (single_types[i] == type)
            return &single_types[i];
    return NULL;
}

// Why a byte that should be a value type is none.
static bool
fail_value_type(struct wasm_validator *v, size_t offset, uint8_t byte)
{
    const char *feature = wasm_feature_of_type(byte);
    if (feature)
        return wasm_validator_fail(v, WASM_UNSUPPORTED, offset, "unsupported: %s",
                                   feature);
    return wasm_validator_fail(v, WASM_MALFORMED, offset, "malformed value type %02x",
                               byte);
}

bool
wasm_read_value_type(struct wasm_validator *v, uint8_t *out)
{
    size_t offset = cursor_offset(&v->c);
    *out = cursor_u8(&v->c);
    if (!wasm_validator_cursor_ok(v))
        return false;
    return single_type(*out) || fail_value_type(v, offset, *out);
}

static bool
block_type(struct wasm_validator *v, struct wasm_block_type *out)
{
    size_t offset = cursor_offset(&v->c);
    uint8_t first = v->c.at < v->c.end ? *v->c.at : 0;
    *out = (struct wasm_block_type){0};
    if (first >= 0x40 && first < 0x80) {
        v->c.at++;
        if (first == 0x40)
            return true;
        out->results = single_type(first);
        out->result_count = 1;
        return out->results || fail_value_type(v, offset, first);
    }
    int64_t index = cursor_leb_s33(&v->c);
    if (!wasm_validator_cursor_ok(v))
        return false;
    if (index < 0)
        return wasm_validator_fail(v, WASM_MALFORMED, offset, "malformed block type");
    if (index >= v->module->type_count)
        return FAIL(v, offset, "unknown type %u", (unsigned)index);
    const struct wasm_functype *type = &v->module->types[index];
    *out = (struct wasm_block_type){.params = type->types,
                                    .param_count = type->param_count,
                                    .results = type->types + type->param_count,
                                    .result_count = type->result_count};
    return true;
}

// An index below `count`, else "unknown `what`".
static bool
index_of(struct wasm_validator *v, const char *what, uint32_t count, uint32_t *out)
{
    size_t offset = cursor_offset(&v->c);
    *out = cursor_leb_u32(&v->c);
    if (*out < count)
        return !v->c.error || wasm_validator_cursor_ok(v);
    return wasm_validator_cursor_ok(v) &&
           FAIL(v, offset, "unknown %s %u", what, (unsigned)*out);
}

static bool
memory_index(struct wasm_validator *v)
{
    uint32_t ignored;
    return index_of(v, "memory", v->module->memory_count, &ignored);
}

static bool
table_index(struct wasm_validator *v, uint32_t *out)
{
    return index_of(v, "table", v->module->table_count, out);
}

static bool
data_index(struct wasm_validator *v, struct wasm_instr *in)
{
    if (!v->module->has_data_count)
        return wasm_validator_fail(v, WASM_MALFORMED, in->offset,
                                   "data count section required");
    return index_of(v, "data segment", v->module->data_count, &in->index);
}

// Of two immediates the second one is judged first: the memory (or table) and then the
// segment, as the specification's rules have them.
static bool
data_memory_indices(struct wasm_validator *v, struct wasm_instr *in)
{
    const uint8_t *first = v->c.at;
    if (!v->module->has_data_count)
        return wasm_validator_fail(v, WASM_MALFORMED, in->offset,
                                   "data count section required");
    cursor_leb_u32(&v->c);
    if (!wasm_validator_cursor_ok(v) || !memory_index(v))
        return false;
    const uint8_t *behind = v->c.at;
    v->c.at = first;
    bool ok = data_index(v, in);
    v->c.at = behind;
    return ok;
}

static bool
elem_table_indices(struct wasm_validator *v, struct wasm_instr *in)
{
    const uint8_t *first = v->c.at;
    cursor_leb_u32(&v->c);
    if (!wasm_validator_cursor_ok(v) || !table_index(v, &in->index2))
        return false;
    const uint8_t *behind = v->c.at;
    v->c.at = first;
    bool ok = index_of(v, "elem segment", v->module->elem_count, &in->index);
    v->c.at = behind;
    return ok;
}

static bool
memory_argument(struct wasm_validator *v, struct wasm_instr *in, uint32_t natural)
{
    uint32_t flags = cursor_leb_u32(&v->c);
    if (flags >= 0x80)
        return wasm_validator_cursor_ok(v) &&
               wasm_validator_fail(v, WASM_MALFORMED, in->offset,
                                   "malformed memop flags");
    if (flags >= 0x40 && !memory_index(v))
        return false;
    in->bits = v->c.at < v->c.end && *v->c.at < 0x80 ? *v->c.at++ : cursor_leb_u64(&v->c);
    if (v->c.error)
        return wasm_validator_cursor_ok(v);
    if (v->module->memory_count == 0)
        return FAIL(v, in->offset, "unknown memory 0");
    if ((flags & 0x3f) > natural)
        return FAIL(v, in->offset, "alignment must not be larger than natural");
    if (in->bits > UINT32_MAX)
        return FAIL(v, in->offset, "offset out of range");
    return true;
}

bool
wasm_read_label(struct wasm_validator *v, uint32_t *out)
{
    return index_of(v, "label", v->depth, out);
}

bool
wasm_read_immediates(struct wasm_validator *v, struct wasm_instr *in, uint8_t imm)
{
    const struct wasm_module *module = v->module;
    struct cursor *c = &v->c;
    switch ((enum wasm_immediates)imm) {
    case IMM_NONE:
    case IMM_LABELS:
    case IMM_SELECT:
        return true;
    case IMM_BLOCK:
        return block_type(v, &in->type);
    case IMM_LABEL:
        return wasm_read_label(v, &in->index);
    case IMM_FUNC:
        return index_of(v, "function", module->func_count, &in->index);
    case IMM_TYPE_TABLE:
        return index_of(v, "type", module->type_count, &in->index) &&
               table_index(v, &in->index2);
    case IMM_LOCAL:
        return index_of(v, "local", v->local_count, &in->index);
    case IMM_GLOBAL:
        return index_of(v, "global", module->global_count, &in->index);
    case IMM_TABLE:
        return table_index(v, &in->index);
    case IMM_MEM8:
    case IMM_MEM16:
    case IMM_MEM32:
    case IMM_MEM64:
        return memory_argument(v, in, (uint32_t)(imm - IMM_MEM8));
    case IMM_MEMORY:
        return memory_index(v);
    case IMM_MEMORY_MEMORY:
        return memory_index(v) && memory_index(v);
    case IMM_DATA_MEMORY:
        return data_memory_indices(v, in);
    case IMM_DATA:
        return data_index(v, in);
    case IMM_ELEM_TABLE:
        return elem_table_indices(v, in);
    case IMM_ELEM:
        return index_of(v, "elem segment", module->elem_count, &in->index);
    case IMM_TABLE_TABLE:
        return table_index(v, &in->index) && table_index(v, &in->index2);
    case IMM_I32:
        in->bits = (uint32_t)cursor_leb_s32(c);
        return !c->error || wasm_validator_cursor_ok(v);
    case IMM_I64:
        in->bits = (uint64_t)cursor_leb_s64(c);
        return !c->error || wasm_validator_cursor_ok(v);
    case IMM_F32:
        in->bits = cursor_u32(c);
        return !c->error || wasm_validator_cursor_ok(v);
    case IMM_F64:
        in->bits = cursor_u64(c);
        return !c->error || wasm_validator_cursor_ok(v);
    case IMM_REFTYPE: {
        uint8_t type;
        size_t offset = cursor_offset(c);
        if (!wasm_read_value_type(v, &type))
            return false;
        in->index = type;
        return wasm_is_ref(type) ||
               wasm_validator_fail(v, WASM_MALFORMED, offset, "malformed reference type");
    }
    }
    return true;
}

// ---- Opcodes ----

static bool
fail_opcode(struct wasm_validator *v, size_t offset, uint32_t byte)
{
    const char *feature = NULL;
    if (byte == 0xfd)
        feature = "simd";
    else if (byte == 0xfe)
        feature = "threads";
    else if (byte == 0xfb || byte == 0xd3)
        feature = "gc";
    else if (byte == 0x12 || byte == 0x13)
        feature = "tail calls";
    else if ((byte >= 0x06 && byte <= 0x0a) || byte == 0x18 || byte == 0x19 ||
             byte == 0x1f)
        feature = "exceptions";
    else if (byte == 0x14 || byte == 0x15 || (byte >= 0xd4 && byte <= 0xd6))
        feature = "typed function references";
    if (feature)
        return wasm_validator_fail(v, WASM_UNSUPPORTED, offset, "unsupported: %s",
                                   feature);
    return wasm_validator_fail(v, WASM_MALFORMED, offset, "illegal opcode %02x",
                               (unsigned)byte);
}

// The body ended without its `end`. What follows in the module decides how the
// specification, whose bodies have no length of their own, would have called it.
static bool
fail_no_end(struct wasm_validator *v)
{
    size_t offset = cursor_offset(&v->c);
    const char *message = "END opcode expected";
    if (offset == v->module->len)
        message = "unexpected end of section or function";
    else if (v->module->bytes[offset] == WASM_OP_END)
        message = "section size mismatch";
    return wasm_validator_fail(v, WASM_MALFORMED, offset, "%s", message);
}

bool
wasm_read_opcode(struct wasm_validator *v, struct wasm_instr *in)
{
    struct cursor *c = &v->c;
    in->offset = (uint32_t)cursor_offset(c);
    if (c->at == c->end)
        return fail_no_end(v);
    uint32_t code = *c->at++;
    if (code == 0xfc) {
        uint32_t sub = cursor_leb_u32(c);
        if (!wasm_validator_cursor_ok(v))
            return false;
        if (sub >= WASM_OPCODE_COUNT - 0x100)
            return wasm_validator_fail(v, WASM_MALFORMED, in->offset,
                                       "illegal opcode fc %02x", (unsigned)sub);
        code = 0x100 + sub;
    } else if (!wasm_ops[code].text) {
        return fail_opcode(v, in->offset, code);
    }
    in->opcode = (enum wasm_opcode)code;
    return true;
}
