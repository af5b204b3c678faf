// SPDX-License-Identifier: Apache-2.0
//
// Blocks, branches, calls, exceptions. Wasm core 3.0 #valid-instr-control
#include "base/fmt.h"
#include "engine/operand.h"

#define SHOWN_ROOM 64

// ---- Telling ----

static void
show_list(char *out, const wasm_type_t *types, uint32_t count)
{
    char name[32];
    size_t len = fmt_string(out, SHOWN_ROOM, "[");
    for (uint32_t i = 0; i < count; i++)
        len += fmt_string(out + len, SHOWN_ROOM - len, i ? " %s" : "%s",
                          wasm_type_show(types[i], name, sizeof(name)));
    fmt_string(out + len, SHOWN_ROOM - len, "]");
}

// The list was not there when the stack was `height` high; what was popped since is still
// to be seen above v->height.
static bool
mismatch_list(struct wasm_validator *v, const struct wasm_instr *in, const char *who,
              const wasm_type_t *types, uint32_t count, uint32_t height)
{
    char wanted[SHOWN_ROOM], given[SHOWN_ROOM];
    uint32_t there = height - control_top(v)->height;
    if (who[0] == 'i' && there > count) // an instruction leaves what is below
        there = count;
    show_list(wanted, types, count);
    show_list(given, v->types + height - there, there);
    return VALIDATE_FAIL(v, in->offset,
                         "type mismatch: %s requires %s but stack has %s (%s)", who,
                         wanted, given, wasm_ops[in->opcode].text);
}

// Pops what an instruction takes.
static bool
pop_operands(struct wasm_validator *v, const struct wasm_instr *in,
             const wasm_type_t *types, uint32_t count)
{
    uint32_t height = v->height;
    return operand_pop_list(v, types, count) ||
           mismatch_list(v, in, "instruction", types, count, height);
}

// ---- Blocks ----

// Whether the block's results, and nothing else, are on its stack.
static bool
close_block(struct wasm_validator *v, const struct wasm_instr *in)
{
    struct wasm_control *top = control_top(v);
    uint32_t height = v->height;
    if (!operand_pop_list(v, top->type.results, top->type.result_count) ||
        v->height != top->height)
        return v->declare ? wasm_validator_mismatch(v, in)
                          : mismatch_list(v, in, "block", top->type.results,
                                          top->type.result_count, height);
    if (v->set_count != top->set_height)
        locals_unset(v, top->set_height);
    return true;
}

// An `if` without `else` passes its parameters on.
static bool
params_are_results(const struct wasm_validator *v, const struct wasm_block_type *type)
{
    if (type->param_count != type->result_count)
        return false;
    for (uint32_t i = 0; i < type->param_count; i++)
        if (!wasm_type_matches(v->module, type->params[i], type->results[i]))
            return false;
    return true;
}

static bool
validate_end(struct wasm_validator *v, const struct wasm_instr *in)
{
    if (!close_block(v, in))
        return false;
    struct wasm_control *top = control_top(v);
    struct wasm_block_type type = top->type;
    if (top->opcode == WASM_OP_IF && !params_are_results(v, &type))
        return VALIDATE_FAIL(v, in->offset, "type mismatch in if without else");
    v->depth--;
    return operand_push_list(v, type.results, type.result_count);
}

static bool
validate_else(struct wasm_validator *v, const struct wasm_instr *in)
{
    struct wasm_control *top = control_top(v);
    if (top->opcode != WASM_OP_IF)
        return wasm_validator_fail(v, WASM_MALFORMED, in->offset, "else without if");
    if (!close_block(v, in))
        return false;
    top->opcode = WASM_OP_ELSE;
    top->unreachable = false;
    return operand_push_list(v, top->type.params, top->type.param_count);
}

static bool
validate_block(struct wasm_validator *v, const struct wasm_instr *in)
{
    if (in->opcode == WASM_OP_IF && !operand_pop(v, WASM_TYPE_I32))
        return wasm_validator_mismatch(v, in);
    if (!pop_operands(v, in, in->type.params, in->type.param_count))
        return false;
    return control_push(v, in->opcode, &in->type);
}

// ---- Branches ----

static bool
validate_br(struct wasm_validator *v, const struct wasm_instr *in)
{
    uint32_t count;
    const wasm_type_t *types = label_types(v, in->index, &count);
    if (in->opcode == WASM_OP_BR_IF && !operand_pop(v, WASM_TYPE_I32))
        return wasm_validator_mismatch(v, in);
    if (!pop_operands(v, in, types, count))
        return false;
    if (in->opcode == WASM_OP_BR_IF)
        return operand_push_list(v, types, count);
    set_unreachable(v);
    return true;
}

static bool
read_target_count(struct wasm_validator *v, uint32_t *count)
{
    size_t offset = cursor_offset(&v->c);
    *count = cursor_leb_u32(&v->c);
    if (!wasm_validator_cursor_ok(v))
        return false;
    return *count <= WASM_LIMIT_BR_TABLE ||
           wasm_validator_fail(v, WASM_UNSUPPORTED, offset,
                               "unsupported: br_table of more than %u targets",
                               WASM_LIMIT_BR_TABLE);
}

// Labels of equal arity: a long list of a few wide labels would cost its square, so each
// label is looked at once, and a list of types seen just before is not looked at again.
static bool
validate_br_table(struct wasm_validator *v, struct wasm_instr *in)
{
    if (!read_target_count(v, &in->index))
        return false;
    if (!operand_pop(v, WASM_TYPE_I32))
        return wasm_validator_mismatch(v, in);
    in->targets = v->c.at;
    const wasm_type_t *seen = NULL;
    uint32_t arity = 0;
    for (uint32_t i = 0; i <= in->index; i++) {
        uint32_t depth, n;
        if (!wasm_read_label(v, &depth))
            return false;
        const wasm_type_t *types = label_types(v, depth, &n);
        if (i > 0 && n != arity)
            return wasm_validator_mismatch(v, in);
        struct wasm_control *target = &v->controls[v->depth - 1 - depth];
        if (n && types != seen && target->checked != in->offset &&
            !operand_peek_list(v, types, n))
            return wasm_validator_mismatch(v, in);
        target->checked = in->offset;
        seen = types;
        arity = n;
    }
    set_unreachable(v);
    return true;
}

// ---- Calls ----

static bool
validate_call(struct wasm_validator *v, const struct wasm_instr *in,
              const struct wasm_functype *type)
{
    if (!pop_operands(v, in, type->types, type->param_count))
        return false;
    return operand_push_list(v, type->types + type->param_count, type->result_count);
}

static bool
validate_tail_call(struct wasm_validator *v, const struct wasm_instr *in,
                   const struct wasm_functype *type)
{
    const wasm_type_t *given = type->types + type->param_count;
    const wasm_type_t *expected = v->functype->types + v->functype->param_count;
    if (type->result_count != v->functype->result_count)
        return wasm_validator_mismatch(v, in);
    for (uint32_t i = 0; i < type->result_count; i++)
        if (!wasm_type_matches(v->module, given[i], expected[i]))
            return wasm_validator_mismatch(v, in);
    if (!pop_operands(v, in, type->types, type->param_count))
        return false;
    set_unreachable(v);
    return true;
}

// The table holds functions, and its index is there.
static bool
pop_table_index(struct wasm_validator *v, const struct wasm_instr *in)
{
    const struct wasm_table_decl *table = &v->module->tables[in->index2];
    return (wasm_type_matches(v->module, table->type, WASM_TYPE_FUNCREF) &&
            operand_pop(v, index_type(table->limits))) ||
           wasm_validator_mismatch(v, in);
}

static bool
pop_func_ref(struct wasm_validator *v, struct wasm_instr *in)
{
    if (!operand_pop_ref(v, &in->operand_type) ||
        !operand_matches(v, in->operand_type, wasm_type_ref(in->index, true)))
        return wasm_validator_mismatch(v, in);
    return true;
}

// ---- Exceptions ----

// What a clause hands to its label: the tag's parameters, the exception, both or nothing.
static bool
catch_matches(const struct wasm_validator *v, const struct wasm_catch *clause)
{
    static const struct wasm_functype none;
    const struct wasm_module *module = v->module;
    uint32_t count;
    const wasm_type_t *types = label_types(v, clause->label, &count);
    const struct wasm_functype *tag = &none;
    if (clause->kind < WASM_CATCH_ALL)
        tag = &module->types[module->tags[clause->tag].type].func;
    bool has_ref = clause->kind == WASM_CATCH_REF || clause->kind == WASM_CATCH_ALL_REF;
    if (count != tag->param_count + has_ref)
        return false;
    for (uint32_t i = 0; i < tag->param_count; i++)
        if (!wasm_type_matches(module, tag->types[i], types[i]))
            return false;
    return !has_ref || wasm_type_matches(module, wasm_type_ref(WASM_HEAP_EXN, false),
                                         types[count - 1]);
}

static bool
validate_try_table(struct wasm_validator *v, const struct wasm_instr *in)
{
    for (uint32_t i = 0; i < in->catch_count; i++)
        if (!catch_matches(v, &in->catches[i]))
            return wasm_validator_mismatch(v, in);
    return validate_block(v, in);
}

static bool
validate_throw(struct wasm_validator *v, const struct wasm_instr *in)
{
    const struct wasm_module *module = v->module;
    const struct wasm_functype *tag = &module->types[module->tags[in->index].type].func;
    if (!pop_operands(v, in, tag->types, tag->param_count))
        return false;
    set_unreachable(v);
    return true;
}

static bool
validate_throw_ref(struct wasm_validator *v, struct wasm_instr *in)
{
    if (!operand_pop_ref(v, &in->operand_type) ||
        !operand_matches(v, in->operand_type, WASM_TYPE_EXNREF))
        return wasm_validator_mismatch(v, in);
    set_unreachable(v);
    return true;
}

static uint8_t
hint_of(struct wasm_validator *v, const struct wasm_instr *in)
{
    return in->offset < v->hints.at ? 0 : wasm_hints_at(&v->hints, v->body, in->offset);
}

bool
wasm_validate_control(struct wasm_validator *v, struct wasm_instr *in)
{
    const struct wasm_module *module = v->module;
    switch ((uint32_t)in->opcode) {
    case WASM_OP_UNREACHABLE:
        set_unreachable(v);
        return true;
    case WASM_OP_IF:
        in->hint = hint_of(v, in);
        return validate_block(v, in);
    case WASM_OP_BLOCK:
    case WASM_OP_LOOP:
        return validate_block(v, in);
    case WASM_OP_ELSE:
        return validate_else(v, in);
    case WASM_OP_END:
        return validate_end(v, in);
    case WASM_OP_RETURN:
        in->index = v->depth - 1;
        return validate_br(v, in);
    case WASM_OP_BR_IF:
        in->hint = hint_of(v, in);
        return validate_br(v, in);
    case WASM_OP_BR:
        return validate_br(v, in);
    case WASM_OP_BR_TABLE:
        return validate_br_table(v, in);
    case WASM_OP_CALL:
        return validate_call(v, in, wasm_module_functype(module, in->index));
    case WASM_OP_RETURN_CALL:
        return validate_tail_call(v, in, wasm_module_functype(module, in->index));
    case WASM_OP_CALL_INDIRECT:
        return pop_table_index(v, in) &&
               validate_call(v, in, &module->types[in->index].func);
    case WASM_OP_RETURN_CALL_INDIRECT:
        return pop_table_index(v, in) &&
               validate_tail_call(v, in, &module->types[in->index].func);
    case WASM_OP_CALL_REF:
        return pop_func_ref(v, in) &&
               validate_call(v, in, &module->types[in->index].func);
    case WASM_OP_RETURN_CALL_REF:
        return pop_func_ref(v, in) &&
               validate_tail_call(v, in, &module->types[in->index].func);
    case WASM_OP_TRY_TABLE:
        return validate_try_table(v, in);
    case WASM_OP_THROW:
        return validate_throw(v, in);
    default:
        return validate_throw_ref(v, in);
    }
}
