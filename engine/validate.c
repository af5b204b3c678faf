// SPDX-License-Identifier: Apache-2.0
//
// Representation: types[0 .. height) is the operand stack; the top control frame owns
// types[top->height ..). Popping at top->height yields WASM_BOTTOM when the frame is
// unreachable. There is always room for one more operand; who pushes more asks first.
#include "engine/validate.h"

#include "base/string.h"
#include "engine/error.h"
#include "engine/heap.h"

#define OPERANDS_ROOM (WASM_LIMIT_OPERANDS + 1)

#define FAIL(v, offset, ...) wasm_validator_fail(v, WASM_INVALID, offset, __VA_ARGS__)

static bool
fail_memory(struct wasm_validator *v)
{
    if (v->code == WASM_OK)
        v->code = wasm_fail_memory(v->error, "heap");
    return false;
}

static bool
mismatch(struct wasm_validator *v, const struct wasm_instr *in)
{
    const char *text = in->opcode < WASM_OPCODE_COUNT ? wasm_ops[in->opcode].text : NULL;
    return FAIL(v, in->offset, "type mismatch in %s", text ? text : "function");
}

// ---- Stacks ----

// Room for `count` operands, and one more.
static bool
reserve_operands(struct wasm_validator *v, uint32_t count)
{
    uint64_t need = (uint64_t)v->height + count + 1;
    if (need > OPERANDS_ROOM)
        return wasm_validator_fail(v, WASM_UNSUPPORTED, cursor_offset(&v->c),
                                   "unsupported: more than %u operands",
                                   WASM_LIMIT_OPERANDS);
    if (need <= v->room)
        return true;
    uint8_t *types = wasm_heap_grow(v->module->port, v->types, &v->room, need, 1);
    if (!types)
        return fail_memory(v);
    v->types = types;
    if (v->room > OPERANDS_ROOM)
        v->room = OPERANDS_ROOM;
    return true;
}

static struct wasm_control *
top_control(struct wasm_validator *v)
{
    return &v->controls[v->depth - 1];
}

static bool
push(struct wasm_validator *v, uint8_t type)
{
    v->types[v->height++] = type;
    return v->height < v->room || reserve_operands(v, 0);
}

// Pops any type into *type. False: there is nothing to pop.
static bool
pop_any(struct wasm_validator *v, uint8_t *type)
{
    const struct wasm_control *top = top_control(v);
    if (v->height > top->height) {
        *type = v->types[--v->height];
        return true;
    }
    *type = WASM_BOTTOM;
    return top->unreachable;
}

static bool
pop(struct wasm_validator *v, uint8_t expected)
{
    uint8_t type;
    return pop_any(v, &type) && (type == expected || type == WASM_BOTTOM);
}

static bool
pop_types(struct wasm_validator *v, const uint8_t *types, uint32_t count)
{
    while (count > 0)
        if (!pop(v, types[--count]))
            return false;
    return true;
}

static bool
push_types(struct wasm_validator *v, const uint8_t *types, uint32_t count)
{
    if (!reserve_operands(v, count))
        return false;
    if (count)
        memcpy(v->types + v->height, types, count);
    v->height += count;
    return true;
}

static bool
push_control(struct wasm_validator *v, enum wasm_opcode opcode,
             const struct wasm_block_type *type)
{
    if (v->depth == WASM_LIMIT_NESTING)
        return wasm_validator_fail(v, WASM_UNSUPPORTED, cursor_offset(&v->c),
                                   "unsupported: blocks nested deeper than %u",
                                   WASM_LIMIT_NESTING);
    if (v->depth == v->control_room) {
        struct wasm_control *controls =
            wasm_heap_grow(v->module->port, v->controls, &v->control_room,
                           (uint64_t)v->depth + 1, sizeof *v->controls);
        if (!controls)
            return fail_memory(v);
        v->controls = controls;
    }
    v->controls[v->depth++] = (struct wasm_control){
        .type = *type, .height = v->height, .opcode = (uint16_t)opcode};
    return push_types(v, type->params, type->param_count);
}

static void
set_unreachable(struct wasm_validator *v)
{
    struct wasm_control *top = top_control(v);
    v->height = top->height;
    top->unreachable = true;
}

// The types that a branch to the label `depth` takes.
static void
label_types(const struct wasm_validator *v, uint32_t depth, const uint8_t **types,
            uint32_t *count)
{
    const struct wasm_control *control = &v->controls[v->depth - 1 - depth];
    bool is_loop = control->opcode == WASM_OP_LOOP;
    *types = is_loop ? control->type.params : control->type.results;
    *count = is_loop ? control->type.param_count : control->type.result_count;
}

// ---- Instructions whose types are not in the table ----

static bool
validate_end(struct wasm_validator *v, const struct wasm_instr *in)
{
    struct wasm_control *top = top_control(v);
    struct wasm_block_type type = top->type;
    if (!pop_types(v, type.results, type.result_count) || v->height != top->height)
        return mismatch(v, in);
    if (top->opcode == WASM_OP_IF &&
        (type.param_count != type.result_count ||
         (type.param_count && memcmp(type.params, type.results, type.param_count) != 0)))
        return FAIL(v, in->offset, "type mismatch in if without else");
    v->depth--;
    return push_types(v, type.results, type.result_count);
}

static bool
validate_else(struct wasm_validator *v, const struct wasm_instr *in)
{
    struct wasm_control *top = top_control(v);
    if (top->opcode != WASM_OP_IF)
        return wasm_validator_fail(v, WASM_MALFORMED, in->offset, "else without if");
    if (!pop_types(v, top->type.results, top->type.result_count) ||
        v->height != top->height)
        return mismatch(v, in);
    top->opcode = WASM_OP_ELSE;
    top->unreachable = false;
    return push_types(v, top->type.params, top->type.param_count);
}

static bool
validate_block(struct wasm_validator *v, const struct wasm_instr *in)
{
    if (in->opcode == WASM_OP_IF && !pop(v, WASM_TYPE_I32))
        return mismatch(v, in);
    if (!pop_types(v, in->type.params, in->type.param_count))
        return mismatch(v, in);
    return push_control(v, in->opcode, &in->type);
}

static bool
validate_br(struct wasm_validator *v, const struct wasm_instr *in)
{
    const uint8_t *types;
    uint32_t count;
    label_types(v, in->index, &types, &count);
    if (in->opcode == WASM_OP_BR_IF && !pop(v, WASM_TYPE_I32))
        return mismatch(v, in);
    if (!pop_types(v, types, count))
        return mismatch(v, in);
    if (in->opcode == WASM_OP_BR_IF)
        return push_types(v, types, count);
    set_unreachable(v);
    return true;
}

// Checks that a branch to a label of these types could be taken, and changes nothing.
static bool
peek_types(const struct wasm_validator *v, const uint8_t *types, uint32_t count)
{
    const struct wasm_control *top = &v->controls[v->depth - 1];
    uint32_t there = v->height - top->height;
    if (there < count && !top->unreachable)
        return false;
    for (uint32_t i = 0; i < count && i < there; i++) {
        uint8_t type = v->types[v->height - 1 - i];
        if (type != types[count - 1 - i] && type != WASM_BOTTOM)
            return false;
    }
    return true;
}

// Labels of equal arity: a long list of the same wide label would cost its square, so a
// list of types seen just before is not looked at again.
static bool
validate_br_table(struct wasm_validator *v, struct wasm_instr *in)
{
    size_t offset = cursor_offset(&v->c);
    uint32_t count = cursor_leb_u32(&v->c);
    if (!wasm_validator_cursor_ok(v))
        return false;
    if (!pop(v, WASM_TYPE_I32))
        return mismatch(v, in);
    if (count > WASM_LIMIT_BR_TABLE)
        return wasm_validator_fail(v, WASM_UNSUPPORTED, offset,
                                   "unsupported: br_table of more than %u targets",
                                   WASM_LIMIT_BR_TABLE);
    in->index = count;
    in->targets = v->c.at;
    const uint8_t *seen = NULL;
    uint32_t arity = 0;
    for (uint32_t i = 0; i <= count; i++) {
        uint32_t depth, n;
        const uint8_t *types;
        if (!wasm_read_label(v, &depth))
            return false;
        label_types(v, depth, &types, &n);
        if (i > 0 && n != arity)
            return mismatch(v, in);
        if (n && types != seen && !peek_types(v, types, n))
            return mismatch(v, in);
        seen = types;
        arity = n;
    }
    if (arity > v->height - top_control(v)->height && !top_control(v)->unreachable)
        return mismatch(v, in);
    set_unreachable(v);
    return true;
}

static bool
validate_call(struct wasm_validator *v, const struct wasm_instr *in,
              const struct wasm_functype *type)
{
    if (!pop_types(v, type->types, type->param_count))
        return mismatch(v, in);
    return push_types(v, type->types + type->param_count, type->result_count);
}

static bool
validate_call_indirect(struct wasm_validator *v, const struct wasm_instr *in)
{
    if (v->module->tables[in->index2].type != WASM_TYPE_FUNCREF || !pop(v, WASM_TYPE_I32))
        return mismatch(v, in);
    return validate_call(v, in, &v->module->types[in->index]);
}

static bool
validate_select(struct wasm_validator *v, const struct wasm_instr *in)
{
    uint8_t a, b;
    if (!pop(v, WASM_TYPE_I32) || !pop_any(v, &b) || !pop_any(v, &a))
        return mismatch(v, in);
    if (wasm_is_ref(a) || wasm_is_ref(b) ||
        (a != b && a != WASM_BOTTOM && b != WASM_BOTTOM))
        return mismatch(v, in);
    return push(v, a == WASM_BOTTOM ? b : a);
}

static bool
validate_select_t(struct wasm_validator *v, const struct wasm_instr *in)
{
    uint8_t type;
    uint32_t count = cursor_leb_u32(&v->c);
    if (!wasm_validator_cursor_ok(v))
        return false;
    if (count != 1)
        return FAIL(v, in->offset, "invalid result arity");
    if (!wasm_read_value_type(v, &type))
        return false;
    if (!pop(v, WASM_TYPE_I32) || !pop(v, type) || !pop(v, type))
        return mismatch(v, in);
    return push(v, type);
}

static bool
validate_ref_func(struct wasm_validator *v, const struct wasm_instr *in)
{
    if (!(v->module->declared[in->index / 8] >> in->index % 8 & 1))
        return FAIL(v, in->offset, "undeclared function reference");
    return push(v, WASM_TYPE_FUNCREF);
}

static bool
validate_table_op(struct wasm_validator *v, const struct wasm_instr *in)
{
    uint8_t type = v->module->tables[in->index].type;
    bool ok;
    switch ((uint32_t)in->opcode) {
    case WASM_OP_TABLE_GET:
        return pop(v, WASM_TYPE_I32) ? push(v, type) : mismatch(v, in);
    case WASM_OP_TABLE_SET:
        return (pop(v, type) && pop(v, WASM_TYPE_I32)) || mismatch(v, in);
    case WASM_OP_TABLE_GROW:
        ok = pop(v, WASM_TYPE_I32) && pop(v, type);
        return ok ? push(v, WASM_TYPE_I32) : mismatch(v, in);
    default: // table.fill
        return (pop(v, WASM_TYPE_I32) && pop(v, type) && pop(v, WASM_TYPE_I32)) ||
               mismatch(v, in);
    }
}

// What the operands in the table leave to check, or all that there is to check.
static bool
validate_special(struct wasm_validator *v, struct wasm_instr *in)
{
    const struct wasm_module *module = v->module;
    uint8_t type;
    switch ((uint32_t)in->opcode) {
    case WASM_OP_UNREACHABLE:
        set_unreachable(v);
        return true;
    case WASM_OP_BLOCK:
    case WASM_OP_LOOP:
    case WASM_OP_IF:
        return validate_block(v, in);
    case WASM_OP_ELSE:
        return validate_else(v, in);
    case WASM_OP_END:
        return validate_end(v, in);
    case WASM_OP_RETURN:
        in->index = v->depth - 1;
        return validate_br(v, in);
    case WASM_OP_BR:
    case WASM_OP_BR_IF:
        return validate_br(v, in);
    case WASM_OP_BR_TABLE:
        return validate_br_table(v, in);
    case WASM_OP_CALL:
        return validate_call(v, in, wasm_module_functype(module, in->index));
    case WASM_OP_CALL_INDIRECT:
        return validate_call_indirect(v, in);
    case WASM_OP_DROP:
        return pop_any(v, &type) || mismatch(v, in);
    case WASM_OP_SELECT:
        return validate_select(v, in);
    case WASM_OP_SELECT_T:
        return validate_select_t(v, in);
    case WASM_OP_LOCAL_GET:
        return push(v, v->locals[in->index]);
    case WASM_OP_LOCAL_SET:
        return pop(v, v->locals[in->index]) || mismatch(v, in);
    case WASM_OP_LOCAL_TEE:
        type = v->locals[in->index];
        return pop(v, type) ? push(v, type) : mismatch(v, in);
    case WASM_OP_GLOBAL_GET:
        return push(v, module->globals[in->index].type);
    case WASM_OP_GLOBAL_SET:
        if (!module->globals[in->index].is_mutable)
            return FAIL(v, in->offset, "immutable global");
        return pop(v, module->globals[in->index].type) || mismatch(v, in);
    case WASM_OP_TABLE_GET:
    case WASM_OP_TABLE_SET:
    case WASM_OP_TABLE_GROW:
    case WASM_OP_TABLE_FILL:
        return validate_table_op(v, in);
    case WASM_OP_TABLE_INIT:
        return module->elems[in->index].type == module->tables[in->index2].type ||
               mismatch(v, in);
    case WASM_OP_TABLE_COPY:
        return module->tables[in->index].type == module->tables[in->index2].type ||
               mismatch(v, in);
    case WASM_OP_REF_NULL:
        return push(v, (uint8_t)in->index);
    case WASM_OP_REF_IS_NULL:
        if (!pop_any(v, &type) || (type != WASM_BOTTOM && !wasm_is_ref(type)))
            return mismatch(v, in);
        return push(v, WASM_TYPE_I32);
    case WASM_OP_REF_FUNC:
        return validate_ref_func(v, in);
    default:
        return true;
    }
}

// ---- Instructions ----

// Nearly half of all instructions in practice: the local variable is known, and the stack
// as it should be.
static bool
next_is_plain_local(struct wasm_validator *v, struct wasm_instr *in)
{
    const uint8_t *at = v->c.at;
    if (v->c.end - at < 2 || at[0] < WASM_OP_LOCAL_GET || at[0] > WASM_OP_LOCAL_TEE ||
        at[1] >= 0x80 || at[1] >= v->local_count)
        return false;
    uint8_t type = v->locals[at[1]];
    if (at[0] == WASM_OP_LOCAL_GET) {
        if (v->height + 1 == v->room)
            return false;
        v->types[v->height++] = type;
    } else {
        if (v->height == top_control(v)->height || v->types[v->height - 1] != type)
            return false;
        v->height -= at[0] == WASM_OP_LOCAL_SET;
    }
    in->offset = (uint32_t)cursor_offset(&v->c);
    in->opcode = (enum wasm_opcode)at[0];
    in->index = at[1];
    v->c.at += 2;
    return true;
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
    if (op->operands[0] != 0) {
        if ((op->operands[2] && !pop(v, op->operands[2])) ||
            (op->operands[1] && !pop(v, op->operands[1])) || !pop(v, op->operands[0]))
            return mismatch(v, in);
        if (op->result)
            return push(v, op->result);
        if (op->imm < IMM_MEM8 || op->imm > IMM_MEM64)
            return validate_special(v, in);
        return true;
    }
    if (op->result)
        return push(v, op->result);
    if (!validate_special(v, in))
        return false;
    if (v->depth == 0 && !cursor_done(&v->c))
        return wasm_validator_fail(
            v, WASM_MALFORMED, cursor_offset(&v->c),
            "section size mismatch: code after the function's END");
    return true;
}

// ---- Functions ----

static void
add_locals(struct wasm_validator *v, uint32_t count, uint8_t type)
{
    memset(v->locals + v->local_count, type, count);
    v->local_count += count;
}

static bool
read_locals(struct wasm_validator *v)
{
    struct cursor *c = &v->c;
    uint64_t total = v->local_count;
    uint32_t groups = cursor_leb_u32(c);
    for (uint32_t i = 0; i < groups && !c->error; i++) {
        size_t offset = cursor_offset(c);
        uint32_t count = cursor_leb_u32(c);
        uint8_t type;
        if (!wasm_read_value_type(v, &type))
            return false;
        total += count;
        if (total > UINT32_MAX)
            return wasm_validator_fail(v, WASM_MALFORMED, offset, "too many locals");
        if (total <= WASM_LIMIT_LOCALS)
            add_locals(v, count, type);
    }
    if (wasm_validator_cursor_ok(v) && total > WASM_LIMIT_LOCALS)
        wasm_validator_fail(v, WASM_UNSUPPORTED, cursor_offset(c),
                            "unsupported: more than %u locals", WASM_LIMIT_LOCALS);
    return v->code == WASM_OK;
}

bool
wasm_validator_begin(struct wasm_validator *v, uint32_t defined_index)
{
    const struct wasm_module *module = v->module;
    struct wasm_range body = module->bodies[defined_index];
    const struct wasm_functype *type =
        wasm_module_functype(module, module->func_import_count + defined_index);
    v->c = cursor_make(module->bytes, body.lo, body.hi);
    if (body.hi - body.lo > WASM_LIMIT_FUNCTION_BYTES)
        return wasm_validator_fail(v, WASM_UNSUPPORTED, body.lo,
                                   "unsupported: a function of more than %u bytes",
                                   WASM_LIMIT_FUNCTION_BYTES);
    v->functype = type;
    v->height = 0;
    v->depth = 0;
    v->local_count = type->param_count;
    if (type->param_count)
        memcpy(v->locals, type->types, type->param_count);
    struct wasm_block_type block = {.results = type->types + type->param_count,
                                    .result_count = type->result_count};
    return read_locals(v) && push_control(v, WASM_OP_BLOCK, &block);
}

bool
wasm_validator_init(struct wasm_validator *v, const struct wasm_module *module,
                    struct wasm_error *error)
{
    *v = (struct wasm_validator){.module = module, .error = error};
    v->locals = wasm_heap_alloc(module->port, WASM_LIMIT_LOCALS, 1);
    return v->locals || fail_memory(v);
}

void
wasm_validator_fini(struct wasm_validator *v)
{
    wasm_heap_free(v->module->port, v->locals);
    wasm_heap_free(v->module->port, v->controls);
    wasm_heap_free(v->module->port, v->types);
}
