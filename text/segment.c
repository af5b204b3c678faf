// SPDX-License-Identifier: Apache-2.0
//
// Element and data segments. #text-elem #text-data
#include "base/string.h"
#include "engine/opcode.h"
#include "text/encoder.h"

// ---- Elements ----

struct elem_list {
    bool is_indices;         // of functions; else expressions
    struct text_buffer type; // of expressions
    struct text_items items;
};

// Flags of the binary format, #binary-elemsec.
enum {
    ELEM_PASSIVE = 1,     // or declarative
    ELEM_EXPLICIT = 2,    // a table is named; or declarative
    ELEM_EXPRESSIONS = 4, // instead of function indices
};

// Where a segment goes.
struct target {
    bool is_active;
    bool is_declarative;
    uint32_t index; // of table or memory
    struct text_buffer offset;
};

static void
take_indices(struct text_encoder *e, struct elem_list *list)
{
    list->is_indices = true;
    for (; text_is_index(e); list->items.count++)
        text_put_unsigned(e, &list->items.bytes, text_take_index(e, SPACE_FUNC));
}

static void
take_expressions(struct text_encoder *e, struct elem_list *list)
{
    for (; e->token.kind == TEXT_LPAR; list->items.count++) {
        if (text_try_form(e, "item")) {
            text_expression(e, &list->items.bytes);
            text_take_close(e);
        } else {
            text_folded_expression(e, &list->items.bytes);
        }
    }
}

// `func` and indices, or a type and expressions; `func` may be left out where the table
// is, too.
static void
take_list(struct text_encoder *e, struct elem_list *list, bool is_func_optional)
{
    if (text_try_word(e, "func") ||
        (is_func_optional && (text_is_index(e) || e->token.kind == TEXT_RPAR))) {
        take_indices(e, list);
    } else {
        text_reftype(e, &list->type);
        take_expressions(e, list);
    }
}

static void
put_elem(struct text_encoder *e, const struct target *target,
         const struct elem_list *list)
{
    struct text_items *section = &e->sections[SECTION_ELEM];
    bool is_funcref = list->type.len == 1 && list->type.bytes[0] == 0x70;
    bool is_plain =
        target->is_active && target->index == 0 && (list->is_indices || is_funcref);
    uint32_t flags = list->is_indices ? 0 : ELEM_EXPRESSIONS;
    if (!target->is_active)
        flags |= ELEM_PASSIVE;
    if ((target->is_active && !is_plain) || target->is_declarative)
        flags |= ELEM_EXPLICIT;
    text_put_unsigned(e, &section->bytes, flags);
    if (target->is_active && !is_plain)
        text_put_unsigned(e, &section->bytes, target->index);
    text_put(e, &section->bytes, target->offset.bytes, target->offset.len);
    if (!is_plain && list->is_indices)
        text_put_byte(e, &section->bytes, 0);
    if (!is_plain && !list->is_indices)
        text_put(e, &section->bytes, list->type.bytes, list->type.len);
    text_put_items(e, &section->bytes, &list->items);
    section->count++;
}

// (table x) or (memory x); a number alone is of old scripts. False: neither.
static bool
take_target(struct text_encoder *e, struct target *target, enum text_space space)
{
    if (e->token.kind == TEXT_INTEGER && e->ahead.kind == TEXT_LPAR) {
        target->index = text_take_index(e, space);
        return true;
    }
    if (!text_try_form(e, space == SPACE_TABLE ? "table" : "memory"))
        return false;
    target->index = text_take_index(e, space);
    text_take_close(e);
    return true;
}

// (offset ...) or a folded instruction.
static void
take_offset(struct text_encoder *e, struct target *target)
{
    target->is_active = true;
    if (text_try_form(e, "offset")) {
        text_expression(e, &target->offset);
        text_take_close(e);
    } else {
        text_folded_expression(e, &target->offset);
    }
}

static void
fini_elem(struct text_encoder *e, struct target *target, struct elem_list *list)
{
    text_buffer_fini(e->port, &target->offset);
    text_buffer_fini(e->port, &list->type);
    text_buffer_fini(e->port, &list->items.bytes);
}

void
text_elem_field(struct text_encoder *e)
{
    struct target target = {0};
    struct elem_list list = {0};
    text_skip_binder(e);
    target.is_declarative = text_try_word(e, "declare");
    if (!target.is_declarative) {
        bool is_named = text_is_form(e, "table");
        if (take_target(e, &target, SPACE_TABLE) ||
            (e->token.kind == TEXT_LPAR && !text_is_form(e, "ref")))
            take_offset(e, &target);
        take_list(e, &list, target.is_active && !is_named);
    } else {
        take_list(e, &list, false);
    }
    put_elem(e, &target, &list);
    fini_elem(e, &target, &list);
}

static void
put_zero_offset(struct text_encoder *e, struct target *target, bool is_64)
{
    target->is_active = true;
    text_put_byte(e, &target->offset, is_64 ? WASM_OP_I64_CONST : WASM_OP_I32_CONST);
    text_put_byte(e, &target->offset, 0);
    text_put_byte(e, &target->offset, WASM_OP_END);
}

// Functions by index, as expressions of the table's type.
static void
take_functions(struct text_encoder *e, struct elem_list *list)
{
    for (; text_is_index(e); list->items.count++) {
        text_put_byte(e, &list->items.bytes, WASM_OP_REF_FUNC);
        text_put_unsigned(e, &list->items.bytes, text_take_index(e, SPACE_FUNC));
        text_put_byte(e, &list->items.bytes, WASM_OP_END);
    }
}

uint64_t
text_inline_elem(struct text_encoder *e, uint32_t table, bool is_64,
                 const uint8_t *reftype, size_t reftype_len)
{
    struct target target = {.index = table};
    struct elem_list list = {0};
    if (!text_try_form(e, "elem"))
        text_unexpected(e);
    put_zero_offset(e, &target, is_64);
    if (text_is_index(e))
        take_functions(e, &list);
    else
        take_expressions(e, &list);
    text_put(e, &list.type, reftype, reftype_len);
    text_take_close(e);
    put_elem(e, &target, &list);
    uint64_t count = list.items.count;
    fini_elem(e, &target, &list);
    return count;
}

// ---- Data ----

static void
put_data(struct text_encoder *e, const struct target *target)
{
    struct text_items *section = &e->sections[SECTION_DATA];
    e->scratch.len = 0;
    while (e->token.kind == TEXT_STRING)
        text_take_string(e, &e->scratch);
    bool is_named = target->is_active && target->index != 0;
    text_put_unsigned(e, &section->bytes, is_named ? 2 : !target->is_active);
    if (is_named)
        text_put_unsigned(e, &section->bytes, target->index);
    text_put(e, &section->bytes, target->offset.bytes, target->offset.len);
    text_put_block(e, &section->bytes, e->scratch.bytes, e->scratch.len);
    section->count++;
}

void
text_data_field(struct text_encoder *e)
{
    struct target target = {0};
    text_skip_binder(e);
    if (take_target(e, &target, SPACE_MEMORY) || e->token.kind == TEXT_LPAR)
        take_offset(e, &target);
    put_data(e, &target);
    text_buffer_fini(e->port, &target.offset);
}

uint64_t
text_inline_data(struct text_encoder *e, uint32_t memory, bool is_64)
{
    struct target target = {.index = memory};
    put_zero_offset(e, &target, is_64);
    put_data(e, &target);
    text_take_close(e);
    text_buffer_fini(e->port, &target.offset);
    return e->scratch.len;
}
