// SPDX-License-Identifier: Apache-2.0
//
// Constant expressions: initial values of globals and tables, segment offsets and
// elements. Core 3.0 #constant-expressions, as far as value types are supported. Internal
// to the engine.
#pragma once

#include "engine/decode.h"
#include "engine/instance.h"

// Operands that an expression may have pending.
#define WASM_CONST_DEPTH 64

// Reads one expression with its `end`, which must yield one value of `type`.
struct wasm_range wasm_const_expr_validate(struct wasm_decoder *d, uint8_t type);

// Evaluates the validated expression at *c and leaves *c behind it. The instance's
// imports, functions, and the globals before this expression must stand.
union wasm_value wasm_const_expr_eval(struct wasm_instance *instance, struct cursor *c);

// Evaluates the one in `range` of the module's bytes.
union wasm_value wasm_const_expr_eval_range(struct wasm_instance *instance,
                                            struct wasm_range range);
