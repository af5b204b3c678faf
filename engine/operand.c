// SPDX-License-Identifier: Apache-2.0
//
// Representation: types[0 .. height) is the operand stack; the top control frame owns
// types[top->height ..). Popping at top->height yields WASM_BOTTOM when the frame is
// unreachable.
#include "engine/operand.h"

#include "base/string.h"
#include "engine/heap.h"

#define OPERANDS_ROOM (WASM_LIMIT_OPERANDS + 1)

bool
operand_reserve(struct wasm_validator *v, uint32_t count)
{
    uint64_t need = (uint64_t)v->height + count + 1;
    if (need > OPERANDS_ROOM)
        return wasm_validator_fail(v, WASM_UNSUPPORTED, cursor_offset(&v->c),
                                   "unsupported: more than %u operands",
                                   WASM_LIMIT_OPERANDS);
    if (need <= v->room)
        return true;
    wasm_type_t *types =
        wasm_heap_grow(v->module->port, v->types, &v->room, need, sizeof(*types));
    if (!types)
        return wasm_validator_no_memory(v);
    v->types = types;
    if (v->room > OPERANDS_ROOM)
        v->room = OPERANDS_ROOM;
    return true;
}

bool
operand_matches(const struct wasm_validator *v, wasm_type_t sub, wasm_type_t super)
{
    return sub == WASM_BOTTOM || wasm_type_matches(v->module, sub, super);
}

bool
operand_pop_list(struct wasm_validator *v, const wasm_type_t *types, uint32_t count)
{
    while (count > 0)
        if (!operand_pop(v, types[--count]))
            return false;
    return true;
}

bool
operand_push_list(struct wasm_validator *v, const wasm_type_t *types, uint32_t count)
{
    if (!operand_reserve(v, count))
        return false;
    if (count)
        memcpy(v->types + v->height, types, count * sizeof(*types));
    v->height += count;
    return true;
}

bool
operand_peek_list(const struct wasm_validator *v, const wasm_type_t *types,
                  uint32_t count)
{
    const struct wasm_control *top = &v->controls[v->depth - 1];
    uint32_t there = v->height - top->height;
    if (there < count && !top->unreachable)
        return false;
    for (uint32_t i = 0; i < count && i < there; i++) {
        wasm_type_t type = v->types[v->height - 1 - i];
        wasm_type_t expected = types[count - 1 - i];
        if (type != expected && !operand_matches(v, type, expected))
            return false;
    }
    return true;
}

bool
control_push(struct wasm_validator *v, enum wasm_opcode opcode,
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
            return wasm_validator_no_memory(v);
        v->controls = controls;
    }
    v->controls[v->depth++] = (struct wasm_control){.type = *type,
                                                    .height = v->height,
                                                    .opcode = (uint16_t)opcode,
                                                    .set_height = v->set_count};
    return operand_push_list(v, type->params, type->param_count);
}

void
locals_unset(struct wasm_validator *v, uint32_t set_height)
{
    while (v->set_count > set_height) {
        uint32_t local = v->set_stack[--v->set_count];
        v->set_locals[local / 64] &= ~(1ull << local % 64);
    }
}
