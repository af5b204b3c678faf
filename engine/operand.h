// SPDX-License-Identifier: Apache-2.0
//
// The validator's operand stack. There is always room for one more operand; who pushes
// more asks first. Internal to the validator.
#pragma once

#include "engine/validate.h"

#define VALIDATE_FAIL(v, offset, ...)                                                    \
    wasm_validator_fail(v, WASM_INVALID, offset, __VA_ARGS__)

// A reference of any type, from the stack of code which is never reached.
#define WASM_TYPE_BOTTOM_REF (WASM_REF | WASM_HEAP_BOTTOM << 8)

// Room for `count` operands, and one more.
bool operand_reserve(struct wasm_validator *v, uint32_t count);
// Whether an operand of type `sub`, which is not `super` itself, will do.
bool operand_matches(const struct wasm_validator *v, wasm_type_t sub, wasm_type_t super);
bool operand_pop_list(struct wasm_validator *v, const wasm_type_t *types, uint32_t count);
bool operand_push_list(struct wasm_validator *v, const wasm_type_t *types,
                       uint32_t count);
// Checks that the list could be popped, and changes nothing.
bool operand_peek_list(const struct wasm_validator *v, const wasm_type_t *types,
                       uint32_t count);

static inline struct wasm_control *
control_top(struct wasm_validator *v)
{
    return &v->controls[v->depth - 1];
}

static inline bool
operand_push(struct wasm_validator *v, wasm_type_t type)
{
    v->types[v->height++] = type;
    return v->height < v->room || operand_reserve(v, 0);
}

// Pops any type into *type. False: there is nothing to pop.
static inline bool
operand_pop_any(struct wasm_validator *v, wasm_type_t *type)
{
    const struct wasm_control *top = control_top(v);
    if (v->height > top->height) {
        *type = v->types[--v->height];
        return true;
    }
    *type = WASM_BOTTOM;
    return top->unreachable;
}

static inline bool
operand_pop(struct wasm_validator *v, wasm_type_t expected)
{
    wasm_type_t type;
    return operand_pop_any(v, &type) &&
           (type == expected || operand_matches(v, type, expected));
}

// Pops a reference of any type.
static inline bool
operand_pop_ref(struct wasm_validator *v, wasm_type_t *type)
{
    if (!operand_pop_any(v, type))
        return false;
    if (*type == WASM_BOTTOM)
        *type = WASM_TYPE_BOTTOM_REF;
    return wasm_type_is_ref(*type);
}

static inline wasm_type_t
index_type(struct wasm_limits limits)
{
    return limits.is_64 ? WASM_TYPE_I64 : WASM_TYPE_I32;
}

// ---- Control frames ----

// The types that a branch to the label `depth` takes.
static inline const wasm_type_t *
label_types(const struct wasm_validator *v, uint32_t depth, uint32_t *count)
{
    const struct wasm_control *control = &v->controls[v->depth - 1 - depth];
    bool is_loop = control->opcode == WASM_OP_LOOP;
    *count = is_loop ? control->type.param_count : control->type.result_count;
    return is_loop ? control->type.params : control->type.results;
}

static inline void
set_unreachable(struct wasm_validator *v)
{
    struct wasm_control *top = control_top(v);
    v->height = top->height;
    top->unreachable = true;
}

bool control_push(struct wasm_validator *v, enum wasm_opcode opcode,
                  const struct wasm_block_type *type);
// Forgets the locals set since `set_height`.
void locals_unset(struct wasm_validator *v, uint32_t set_height);
