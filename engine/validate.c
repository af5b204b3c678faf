// SPDX-License-Identifier: Apache-2.0
//
// The course of validation: instruction by instruction, function by function. What is
// special about instructions is in the other files:
//
//   instruction.c, immediate.c   their bytes          operand.c   the stacks
//   validate_control.c  blocks, branches, calls, exceptions
//   validate_bulk.c     memories and tables as a whole, wide arithmetic
//   validate_ref.c      references, casts             validate_gc.c  structs and arrays
#include "engine/validate.h"

#include "base/string.h"
#include "engine/error.h"
#include "engine/heap.h"
#include "engine/operand.h"

bool
wasm_validator_no_memory(struct wasm_validator *v)
{
    if (v->code == WASM_OK)
        v->code = wasm_fail_memory(v->error, "heap");
    return false;
}

bool
wasm_validator_mismatch(struct wasm_validator *v, const struct wasm_instr *in)
{
    if (v->declare)
        return VALIDATE_FAIL(v, in->offset, "type mismatch in constant expression");
    return VALIDATE_FAIL(v, in->offset, "type mismatch in %s", wasm_ops[in->opcode].text);
}

// ---- Variables ----

// Whether the local has no default value and is not a parameter.
static bool
is_tracked(const struct wasm_validator *v, uint32_t local)
{
    return (v->locals[local] & 0xff) == WASM_REF && local >= v->functype->param_count;
}

static bool
is_set(const struct wasm_validator *v, uint32_t local)
{
    return !is_tracked(v, local) || v->set_locals[local / 64] >> local % 64 & 1;
}

static bool
set_local(struct wasm_validator *v, uint32_t local)
{
    if (is_set(v, local))
        return true;
    if (v->set_count == v->set_room) {
        uint32_t *stack =
            wasm_heap_grow(v->module->port, v->set_stack, &v->set_room,
                           (uint64_t)v->set_count + 1, sizeof *v->set_stack);
        if (!stack)
            return wasm_validator_no_memory(v);
        v->set_stack = stack;
    }
    v->set_stack[v->set_count++] = local;
    v->set_locals[local / 64] |= 1ull << local % 64;
    return true;
}

static bool
validate_local(struct wasm_validator *v, struct wasm_instr *in)
{
    wasm_type_t type = v->locals[in->index];
    if (in->opcode == WASM_OP_LOCAL_GET) {
        if (!is_set(v, in->index))
            return VALIDATE_FAIL(v, in->offset, "uninitialized local %u",
                                 (unsigned)in->index);
        return operand_push(v, type);
    }
    if (!operand_pop(v, type))
        return wasm_validator_mismatch(v, in);
    if (!set_local(v, in->index))
        return false;
    return in->opcode == WASM_OP_LOCAL_SET || operand_push(v, type);
}

static bool
validate_global(struct wasm_validator *v, const struct wasm_instr *in)
{
    const struct wasm_global_decl *global = &v->module->globals[in->index];
    if (in->opcode == WASM_OP_GLOBAL_GET) {
        if (v->declare && global->is_mutable)
            return VALIDATE_FAIL(v, in->offset,
                                 "constant expression required: global %u is mutable",
                                 (unsigned)in->index);
        return operand_push(v, global->type);
    }
    if (!global->is_mutable)
        return VALIDATE_FAIL(v, in->offset, "immutable global");
    return operand_pop(v, global->type) || wasm_validator_mismatch(v, in);
}

static bool
validate_select(struct wasm_validator *v, struct wasm_instr *in)
{
    wasm_type_t a, b;
    if (!operand_pop(v, WASM_TYPE_I32) || !operand_pop_any(v, &b) ||
        !operand_pop_any(v, &a))
        return wasm_validator_mismatch(v, in);
    if (wasm_type_is_ref(a) || wasm_type_is_ref(b) ||
        (a != b && a != WASM_BOTTOM && b != WASM_BOTTOM))
        return wasm_validator_mismatch(v, in);
    in->ref_type = a == WASM_BOTTOM ? b : a;
    return operand_push(v, in->ref_type);
}

static bool
validate_select_t(struct wasm_validator *v, struct wasm_instr *in)
{
    wasm_type_t type;
    uint32_t count = cursor_leb_u32(&v->c);
    if (!wasm_validator_cursor_ok(v))
        return false;
    if (count != 1)
        return VALIDATE_FAIL(v, in->offset, "invalid result arity");
    if (!wasm_read_value_type(v, &type))
        return false;
    if (!operand_pop(v, WASM_TYPE_I32) || !operand_pop(v, type) || !operand_pop(v, type))
        return wasm_validator_mismatch(v, in);
    in->ref_type = type;
    return operand_push(v, type);
}

// ---- Instructions ----

// All that there is to check when the table has no operands and no result.
static bool
validate_special(struct wasm_validator *v, struct wasm_instr *in)
{
    uint32_t opcode = in->opcode;
    switch (opcode) {
    case WASM_OP_NOP:
    case WASM_OP_ATOMIC_FENCE:
    case WASM_OP_DATA_DROP:
    case WASM_OP_ELEM_DROP:
        return true;
    case WASM_OP_DROP:
        return operand_pop_any(v, &in->operand_type) || wasm_validator_mismatch(v, in);
    case WASM_OP_SELECT:
        return validate_select(v, in);
    case WASM_OP_SELECT_T:
        return validate_select_t(v, in);
    case WASM_OP_LOCAL_GET:
    case WASM_OP_LOCAL_SET:
    case WASM_OP_LOCAL_TEE:
        return validate_local(v, in);
    case WASM_OP_GLOBAL_GET:
    case WASM_OP_GLOBAL_SET:
        return validate_global(v, in);
    default:
        break;
    }
    if (opcode < WASM_OP_DROP || opcode == WASM_OP_TRY_TABLE)
        return wasm_validate_control(v, in);
    if (opcode < WASM_OP_STRUCT_NEW)
        return (opcode >= WASM_OP_REF_NULL && opcode <= WASM_OP_BR_ON_NON_NULL)
                   ? wasm_validate_ref(v, in)
                   : wasm_validate_bulk(v, in);
    return opcode < WASM_OP_REF_TEST ? wasm_validate_gc(v, in) : wasm_validate_ref(v, in);
}

// Nearly half of all instructions in practice: the local variable is known, has a default
// value, and the stack is as it should be.
static bool
next_is_plain_local(struct wasm_validator *v, struct wasm_instr *in)
{
    const uint8_t *at = v->c.at;
    if (v->c.end - at < 2 || at[0] < WASM_OP_LOCAL_GET || at[0] > WASM_OP_LOCAL_TEE ||
        at[1] >= 0x80 || at[1] >= v->local_count)
        return false;
    wasm_type_t type = v->locals[at[1]];
    if ((type & 0xff) == WASM_REF)
        return false;
    if (at[0] == WASM_OP_LOCAL_GET) {
        if (v->height + 1 == v->room)
            return false;
        v->types[v->height++] = type;
    } else {
        if (v->height == control_top(v)->height || v->types[v->height - 1] != type)
            return false;
        v->height -= at[0] == WASM_OP_LOCAL_SET;
    }
    in->offset = (uint32_t)cursor_offset(&v->c);
    in->opcode = (enum wasm_opcode)at[0];
    in->index = at[1];
    v->c.at += 2;
    return true;
}

// What an entry of the table stands for.
static inline wasm_type_t
type_in(const struct wasm_validator *v, const struct wasm_instr *in, uint8_t entry)
{
    if (__builtin_expect(entry != WASM_TYPE_ADDRESS, 1))
        return entry;
    uint32_t memory = in->opcode == WASM_OP_MEMORY_INIT ? in->index2 : in->index;
    return index_type(v->module->memories[memory].limits);
}

// An instruction with its types in the table.
static inline bool
validate_plain(struct wasm_validator *v, const struct wasm_instr *in,
               const struct wasm_op *op)
{
    if ((op->operands[2] && !operand_pop(v, type_in(v, in, op->operands[2]))) ||
        (op->operands[1] && !operand_pop(v, type_in(v, in, op->operands[1]))) ||
        (op->operands[0] && !operand_pop(v, type_in(v, in, op->operands[0]))))
        return wasm_validator_mismatch(v, in);
    return !op->result || operand_push(v, type_in(v, in, op->result));
}

// After the last `end`.
static bool
check_end(struct wasm_validator *v)
{
    if (cursor_done(&v->c) || v->declare)
        return true;
    return wasm_validator_fail(v, WASM_MALFORMED, cursor_offset(&v->c),
                               "section size mismatch: code after the function's END");
}

bool
wasm_validator_next(struct wasm_validator *v, struct wasm_instr *in)
{
    if (next_is_plain_local(v, in))
        return true;
    if (!wasm_read_opcode(v, in))
        return false;
    const struct wasm_op *op = &wasm_ops[in->opcode];
    if (op->imm != IMM_NONE && !wasm_read_immediates(v, in, op->imm))
        return false;
    if (op->operands[0] || op->result)
        return validate_plain(v, in, op);
    return validate_special(v, in) && (v->depth > 0 || check_end(v));
}

// ---- Functions ----

// Room for `count` locals: as many as functions have, not as many as they may have.
static bool
reserve_locals(struct wasm_validator *v, uint32_t count)
{
    if (count <= v->local_room)
        return true;
    wasm_type_t *locals =
        wasm_heap_grow(v->module->port, v->locals, &v->local_room, count, sizeof *locals);
    if (!locals)
        return wasm_validator_no_memory(v);
    v->locals = locals;
    return true;
}

static bool
add_locals(struct wasm_validator *v, uint32_t count, wasm_type_t type)
{
    if (!reserve_locals(v, v->local_count + count))
        return false;
    for (uint32_t i = 0; i < count; i++)
        v->locals[v->local_count++] = type;
    return true;
}

static bool
unset_all(struct wasm_validator *v)
{
    uint32_t words = (v->local_count + 63) / 64;
    if (words > v->set_locals_room) {
        uint64_t *bits = wasm_heap_grow(v->module->port, v->set_locals,
                                        &v->set_locals_room, words, sizeof *bits);
        if (!bits)
            return wasm_validator_no_memory(v);
        v->set_locals = bits;
    }
    memset(v->set_locals, 0, words * sizeof *v->set_locals);
    return true;
}

static bool
read_locals(struct wasm_validator *v)
{
    struct cursor *c = &v->c;
    uint64_t total = v->local_count;
    bool is_tracking = false;
    uint32_t groups = cursor_leb_u32(c);
    for (uint32_t i = 0; i < groups && !c->error; i++) {
        size_t offset = cursor_offset(c);
        uint32_t count = cursor_leb_u32(c);
        wasm_type_t type;
        if (!wasm_read_value_type(v, &type))
            return false;
        total += count;
        if (total > UINT32_MAX)
            return wasm_validator_fail(v, WASM_MALFORMED, offset, "too many locals");
        if (total <= WASM_LIMIT_LOCALS && !add_locals(v, count, type))
            return false;
        is_tracking |= (type & 0xff) == WASM_REF;
    }
    if (wasm_validator_cursor_ok(v) && total > WASM_LIMIT_LOCALS)
        wasm_validator_fail(v, WASM_UNSUPPORTED, cursor_offset(c),
                            "unsupported: more than %u locals", WASM_LIMIT_LOCALS);
    return v->code == WASM_OK && (!is_tracking || unset_all(v));
}

bool
wasm_validator_begin(struct wasm_validator *v, uint32_t defined_index)
{
    const struct wasm_module *module = v->module;
    struct wasm_range body = module->bodies[defined_index];
    uint32_t index = module->func_import_count + defined_index;
    const struct wasm_functype *type = wasm_module_functype(module, index);
    v->c = cursor_make(module->bytes, body.lo, body.hi);
    if (body.hi - body.lo > WASM_LIMIT_FUNCTION_BYTES)
        return wasm_validator_fail(v, WASM_UNSUPPORTED, body.lo,
                                   "unsupported: a function of more than %u bytes",
                                   WASM_LIMIT_FUNCTION_BYTES);
    if (!reserve_locals(v, type->param_count))
        return false;
    v->functype = type;
    v->body = body.lo;
    v->height = 0;
    v->depth = 0;
    v->set_count = 0;
    v->local_count = type->param_count;
    if (type->param_count)
        memcpy(v->locals, type->types, type->param_count * sizeof(*type->types));
    wasm_hints_begin(&v->hints, module, index, body.lo);
    struct wasm_block_type block = {.results = type->types + type->param_count,
                                    .result_count = type->result_count};
    return read_locals(v) && control_push(v, WASM_OP_BLOCK, &block);
}

bool
wasm_validator_constant(struct wasm_validator *v, struct cursor *c, wasm_type_t type,
                        uint8_t *declare)
{
    struct wasm_instr instr;
    struct wasm_block_type block = {.results = &v->constant_type, .result_count = 1};
    v->c = *c;
    v->declare = declare;
    v->constant_type = type;
    v->height = 0;
    v->depth = 0;
    v->local_count = 0;
    bool ok = control_push(v, WASM_OP_BLOCK, &block);
    while (ok && v->depth > 0)
        ok = wasm_validator_next(v, &instr);
    c->at = v->c.at;
    return ok;
}

bool
wasm_validator_init(struct wasm_validator *v, const struct wasm_module *module,
                    struct wasm_error *error)
{
    *v = (struct wasm_validator){.module = module, .error = error};
    return true;
}

void
wasm_validator_fini(struct wasm_validator *v)
{
    const struct wasm_port *port = v->module->port;
    for (size_t i = 0; i < sizeof(v->cells) / sizeof(v->cells[0]); i++)
        wasm_heap_free(port, v->cells[i]);
    wasm_heap_free(port, v->catches);
    wasm_heap_free(port, v->set_stack);
    wasm_heap_free(port, v->set_locals);
    wasm_heap_free(port, v->locals);
    wasm_heap_free(port, v->controls);
    wasm_heap_free(port, v->types);
}
