// SPDX-License-Identifier: Apache-2.0
//
// What follows an opcode; indices are checked here.
#include "engine/heap.h"
#include "engine/operand.h"
#include "engine/type_read.h"

// An index below `count`, else "unknown `what`".
static bool
index_of(struct wasm_validator *v, const char *what, uint32_t count, uint32_t *out)
{
    size_t offset = cursor_offset(&v->c);
    *out = cursor_leb_u32(&v->c);
    if (*out < count)
        return !v->c.error || wasm_validator_cursor_ok(v);
    return wasm_validator_cursor_ok(v) &&
           VALIDATE_FAIL(v, offset, "unknown %s %u", what, (unsigned)*out);
}

// ---- Types ----

static bool
type_is_read(struct wasm_validator *v, const struct wasm_type_reader *r, size_t offset)
{
    if (!wasm_validator_cursor_ok(v))
        return false;
    return r->unknown == UINT32_MAX ||
           VALIDATE_FAIL(v, offset, "unknown type %u", (unsigned)r->unknown);
}

bool
wasm_read_value_type(struct wasm_validator *v, wasm_type_t *out)
{
    size_t offset = cursor_offset(&v->c);
    struct wasm_type_reader r = {&v->c, v->module->type_count, UINT32_MAX};
    *out = wasm_read_val_type(&r);
    return type_is_read(v, &r, offset);
}

static bool
heap_type(struct wasm_validator *v, bool is_nullable, wasm_type_t *out)
{
    size_t offset = cursor_offset(&v->c);
    struct wasm_type_reader r = {&v->c, v->module->type_count, UINT32_MAX};
    *out = wasm_type_ref(wasm_read_heap_type(&r), is_nullable);
    return type_is_read(v, &r, offset);
}

// A type to point at while the block that begins here is open.
static wasm_type_t *
cell(struct wasm_validator *v)
{
    if (v->depth >= WASM_LIMIT_NESTING)
        return &v->constant_type; // the block is refused
    wasm_type_t **chunk = &v->cells[v->depth / WASM_CELL_CHUNK];
    if (!*chunk)
        *chunk = wasm_heap_alloc(v->module->port, WASM_CELL_CHUNK, sizeof(**chunk));
    return *chunk ? *chunk + v->depth % WASM_CELL_CHUNK : NULL;
}

static bool
single_result(struct wasm_validator *v, struct wasm_block_type *out)
{
    // One-element lists of the number types, by code.
    static const wasm_type_t numbers[] = {WASM_TYPE_V128, WASM_TYPE_F64, WASM_TYPE_F32,
                                          WASM_TYPE_I64, WASM_TYPE_I32};
    wasm_type_t type;
    if (!wasm_read_value_type(v, &type))
        return false;
    out->result_count = 1;
    if (!wasm_type_is_ref(type)) {
        out->results = &numbers[type - WASM_TYPE_V128];
        return true;
    }
    wasm_type_t *own = cell(v);
    if (!own)
        return wasm_validator_no_memory(v);
    *own = type;
    out->results = own;
    return true;
}

static bool
block_type(struct wasm_validator *v, struct wasm_block_type *out)
{
    size_t offset = cursor_offset(&v->c);
    uint8_t first = v->c.at < v->c.end ? *v->c.at : 0;
    *out = (struct wasm_block_type){0};
    if (first == 0x40) {
        v->c.at++;
        return true;
    }
    if (first > 0x40 && first < 0x80)
        return single_result(v, out);
    int64_t index = cursor_leb_s33(&v->c);
    if (!wasm_validator_cursor_ok(v))
        return false;
    if (index < 0)
        return wasm_validator_fail(v, WASM_MALFORMED, offset, "malformed block type");
    if (index >= v->module->type_count)
        return VALIDATE_FAIL(v, offset, "unknown type %u", (unsigned)index);
    if (v->module->types[index].kind != WASM_COMP_FUNC)
        return VALIDATE_FAIL(v, offset, "type mismatch: type %u is no function type",
                             (unsigned)index);
    const struct wasm_functype *type = &v->module->types[index].func;
    *out = (struct wasm_block_type){.params = type->types,
                                    .param_count = type->param_count,
                                    .results = type->types + type->param_count,
                                    .result_count = type->result_count};
    return true;
}

static bool
type_index(struct wasm_validator *v, uint32_t *out)
{
    return index_of(v, "type", v->module->type_count, out);
}

static bool
array_index(struct wasm_validator *v, uint32_t *out)
{
    size_t offset = cursor_offset(&v->c);
    return type_index(v, out) &&
           (v->module->types[*out].kind == WASM_COMP_ARRAY ||
            VALIDATE_FAIL(v, offset, "type mismatch: type %u is no array type",
                          (unsigned)*out));
}

// The type of struct.*, of the first operand of array.*, and of call_ref.
static bool
type_of_kind(struct wasm_validator *v, struct wasm_instr *in)
{
    size_t offset = cursor_offset(&v->c);
    if (in->opcode >= WASM_OP_ARRAY_NEW)
        return array_index(v, &in->index);
    bool is_struct = in->opcode >= WASM_OP_STRUCT_NEW;
    return type_index(v, &in->index) &&
           (v->module->types[in->index].kind ==
                (is_struct ? WASM_COMP_STRUCT : WASM_COMP_FUNC) ||
            VALIDATE_FAIL(v, offset, "type mismatch: type %u is no %s type",
                          (unsigned)in->index, is_struct ? "structure" : "function"));
}

static bool
field_index(struct wasm_validator *v, struct wasm_instr *in)
{
    return type_of_kind(v, in) &&
           index_of(v, "field", v->module->types[in->index].field_count, &in->index2);
}

// br_on_cast: the type of the operand goes to operand_type, the target to ref_type.
static bool
cast_immediates(struct wasm_validator *v, struct wasm_instr *in)
{
    size_t offset = cursor_offset(&v->c);
    uint8_t flags = cursor_u8(&v->c);
    if (wasm_validator_cursor_ok(v) && flags > 3)
        return wasm_validator_fail(v, WASM_MALFORMED, offset,
                                   "malformed br_on_cast flags");
    return wasm_read_label(v, &in->index) && heap_type(v, flags & 1, &in->operand_type) &&
           heap_type(v, flags & 2, &in->ref_type);
}

// ---- Memories, tables, segments ----

static bool
memory_index(struct wasm_validator *v, uint32_t *out)
{
    return index_of(v, "memory", v->module->memory_count, out);
}

static bool
table_index(struct wasm_validator *v, uint32_t *out)
{
    return index_of(v, "table", v->module->table_count, out);
}

static bool
elem_index(struct wasm_validator *v, uint32_t *out)
{
    return index_of(v, "elem segment", v->module->elem_count, out);
}

static bool
data_index(struct wasm_validator *v, const struct wasm_instr *in, uint32_t *out)
{
    if (!v->module->has_data_count)
        return wasm_validator_fail(v, WASM_MALFORMED, in->offset,
                                   "data count section required");
    return index_of(v, "data segment", v->module->data_count, out);
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
    if (!wasm_validator_cursor_ok(v) || !memory_index(v, &in->index2))
        return false;
    const uint8_t *behind = v->c.at;
    v->c.at = first;
    bool ok = data_index(v, in, &in->index);
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
    bool ok = elem_index(v, &in->index);
    v->c.at = behind;
    return ok;
}

#define HAS_MEMORY 0x40u // flag of a memory argument

static bool
alignment_is_valid(struct wasm_validator *v, const struct wasm_instr *in,
                   uint32_t alignment, uint32_t natural)
{
    if (in->opcode >= WASM_OP_MEMORY_ATOMIC_NOTIFY && alignment != natural)
        return VALIDATE_FAIL(v, in->offset, "atomic alignment must be natural");
    return alignment <= natural ||
           VALIDATE_FAIL(v, in->offset, "alignment must not be larger than natural");
}

static bool
memory_argument(struct wasm_validator *v, struct wasm_instr *in, uint32_t natural)
{
    uint32_t flags = cursor_leb_u32(&v->c);
    if (flags >= 2 * HAS_MEMORY)
        return wasm_validator_cursor_ok(v) &&
               wasm_validator_fail(v, WASM_MALFORMED, in->offset,
                                   "malformed memop flags");
    in->index = flags & HAS_MEMORY ? cursor_leb_u32(&v->c) : 0;
    in->bits = v->c.at < v->c.end && *v->c.at < 0x80 ? *v->c.at++ : cursor_leb_u64(&v->c);
    if (v->c.error)
        return wasm_validator_cursor_ok(v);
    if (in->index >= v->module->memory_count)
        return VALIDATE_FAIL(v, in->offset, "unknown memory %u", (unsigned)in->index);
    if (!alignment_is_valid(v, in, flags & (HAS_MEMORY - 1), natural))
        return false;
    if (in->bits > UINT32_MAX && !v->module->memories[in->index].limits.is_64)
        return VALIDATE_FAIL(v, in->offset, "offset out of range");
    return true;
}

// ---- Vectors ----

static bool
lane(struct wasm_validator *v, struct wasm_instr *in, uint32_t count)
{
    in->lane = cursor_u8(&v->c);
    if (!wasm_validator_cursor_ok(v))
        return false;
    return in->lane < count || VALIDATE_FAIL(v, in->offset, "invalid lane index");
}

static bool
vector(struct wasm_validator *v, struct wasm_instr *in)
{
    in->bits = cursor_u64(&v->c);
    in->bits2 = cursor_u64(&v->c);
    return wasm_validator_cursor_ok(v);
}

static bool
shuffle(struct wasm_validator *v, struct wasm_instr *in)
{
    if (!vector(v, in))
        return false;
    uint64_t high = 0xe0e0e0e0e0e0e0e0;
    return !((in->bits | in->bits2) & high) ||
           VALIDATE_FAIL(v, in->offset, "invalid lane index");
}

// ---- Control ----

bool
wasm_read_label(struct wasm_validator *v, uint32_t *out)
{
    return index_of(v, "label", v->depth, out);
}

static bool
read_catch(struct wasm_validator *v, struct wasm_catch *out)
{
    size_t offset = cursor_offset(&v->c);
    *out = (struct wasm_catch){.kind = cursor_u8(&v->c)};
    if (wasm_validator_cursor_ok(v) && out->kind > WASM_CATCH_ALL_REF)
        return wasm_validator_fail(v, WASM_MALFORMED, offset, "malformed catch clause");
    if (out->kind < WASM_CATCH_ALL &&
        !index_of(v, "tag", v->module->tag_count, &out->tag))
        return false;
    return wasm_read_label(v, &out->label);
}

static bool
try_table(struct wasm_validator *v, struct wasm_instr *in)
{
    if (!block_type(v, &in->type))
        return false;
    size_t offset = cursor_offset(&v->c);
    in->catch_count = cursor_leb_u32(&v->c);
    if (in->catch_count > WASM_LIMIT_CATCHES && wasm_validator_cursor_ok(v))
        return wasm_validator_fail(v, WASM_UNSUPPORTED, offset,
                                   "unsupported: try_table of more than %u catch clauses",
                                   WASM_LIMIT_CATCHES);
    for (uint32_t i = 0; i < in->catch_count; i++) {
        if (i == v->catch_room) {
            struct wasm_catch *catches =
                wasm_heap_grow(v->module->port, v->catches, &v->catch_room,
                               (uint64_t)i + 1, sizeof(*catches));
            if (!catches)
                return wasm_validator_no_memory(v);
            v->catches = catches;
        }
        if (!read_catch(v, &v->catches[i]))
            return false;
    }
    in->catches = v->catches;
    return wasm_validator_cursor_ok(v);
}

static bool
zero_byte(struct wasm_validator *v)
{
    size_t offset = cursor_offset(&v->c);
    if (cursor_u8(&v->c) != 0)
        cursor_fail_at(&v->c, offset, "zero byte expected");
    return wasm_validator_cursor_ok(v);
}

static bool
fixed_len(struct wasm_validator *v, struct wasm_instr *in)
{
    if (!type_of_kind(v, in))
        return false;
    size_t offset = cursor_offset(&v->c);
    in->index2 = cursor_leb_u32(&v->c);
    if (wasm_validator_cursor_ok(v) && in->index2 > WASM_LIMIT_ARRAY_FIXED)
        wasm_validator_fail(v, WASM_UNSUPPORTED, offset,
                            "unsupported: array.new_fixed of more than %u elements",
                            WASM_LIMIT_ARRAY_FIXED);
    return v->code == WASM_OK;
}

bool
wasm_read_immediates(struct wasm_validator *v, struct wasm_instr *in, uint8_t imm)
{
    const struct wasm_module *module = v->module;
    struct cursor *c = &v->c;
    bool is_nullable;
    switch ((enum wasm_immediates)imm) {
    case IMM_NONE:
    case IMM_LABELS:
    case IMM_SELECT:
        return true;
    case IMM_BLOCK:
        return block_type(v, &in->type);
    case IMM_TRY_TABLE:
        return try_table(v, in);
    case IMM_LABEL:
        return wasm_read_label(v, &in->index);
    case IMM_FUNC:
        return index_of(v, "function", module->func_count, &in->index);
    case IMM_TYPE:
        return type_of_kind(v, in);
    case IMM_TYPE_TABLE:
        return type_of_kind(v, in) && table_index(v, &in->index2);
    case IMM_LOCAL:
        return index_of(v, "local", v->local_count, &in->index);
    case IMM_GLOBAL:
        return index_of(v, "global", module->global_count, &in->index);
    case IMM_TABLE:
        return table_index(v, &in->index);
    case IMM_TAG:
        return index_of(v, "tag", module->tag_count, &in->index);
    case IMM_MEM8:
    case IMM_MEM16:
    case IMM_MEM32:
    case IMM_MEM64:
    case IMM_MEM128:
        return memory_argument(v, in, (uint32_t)(imm - IMM_MEM8));
    case IMM_MEM8_LANE:
    case IMM_MEM16_LANE:
    case IMM_MEM32_LANE:
    case IMM_MEM64_LANE:
        return memory_argument(v, in, (uint32_t)(imm - IMM_MEM8_LANE)) &&
               lane(v, in, 16u >> (imm - IMM_MEM8_LANE));
    case IMM_MEMORY:
        return memory_index(v, &in->index);
    case IMM_MEMORY_MEMORY:
        return memory_index(v, &in->index) && memory_index(v, &in->index2);
    case IMM_DATA_MEMORY:
        return data_memory_indices(v, in);
    case IMM_DATA:
        return data_index(v, in, &in->index);
    case IMM_ELEM_TABLE:
        return elem_table_indices(v, in);
    case IMM_ELEM:
        return elem_index(v, &in->index);
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
    case IMM_V128:
        return vector(v, in);
    case IMM_SHUFFLE:
        return shuffle(v, in);
    case IMM_LANE2:
    case IMM_LANE4:
    case IMM_LANE8:
    case IMM_LANE16:
        return lane(v, in, 2u << (imm - IMM_LANE2));
    case IMM_HEAPTYPE:
        is_nullable = in->opcode == WASM_OP_REF_NULL ||
                      in->opcode == WASM_OP_REF_TEST_NULL ||
                      in->opcode == WASM_OP_REF_CAST_NULL;
        return heap_type(v, is_nullable, &in->ref_type);
    case IMM_CAST:
        return cast_immediates(v, in);
    case IMM_TYPE_FIELD:
        return field_index(v, in);
    case IMM_TYPE_LEN:
        return fixed_len(v, in);
    case IMM_TYPE_TYPE:
        return type_of_kind(v, in) && array_index(v, &in->index2);
    case IMM_TYPE_DATA:
        return type_of_kind(v, in) && data_index(v, in, &in->index2);
    case IMM_TYPE_ELEM:
        return type_of_kind(v, in) && elem_index(v, &in->index2);
    case IMM_FENCE:
        return zero_byte(v);
    }
    return true;
}
