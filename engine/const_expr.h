// SPDX-License-Identifier: Apache-2.0
//
// Validation of constant expressions: initial values of globals and tables, segment
// offsets and elements. Wasm core 3.0 #valid-constant. Internal to the engine.
#pragma once

#include "engine/decode.h"

// Reads one expression with its `end`, which must yield one value of `type`.
struct wasm_range wasm_const_expr_validate(struct wasm_decoder *d, wasm_type_t type);
