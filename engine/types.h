// SPDX-License-Identifier: Apache-2.0
//
// The hierarchies of abstract heap types, for modules (types.c) and stores (rtt.c).
// Internal to the engine.
#pragma once

#include "engine/engine.h"

// The heap type below all others, of references that code which is never reached takes
// from an empty stack. Only validation has it.
#define WASM_HEAP_BOTTOM WASM_HEAP(0u)

// Between heap types that are no index.
bool wasm_heap_code_matches(uint32_t sub, uint32_t super);
uint32_t wasm_heap_code_top(uint32_t heap);

// The abstract heap type just above the types of an enum wasm_comp_kind.
uint32_t wasm_heap_of_kind(uint8_t kind);
// Whether the abstract type is below all concrete types of that kind.
bool wasm_heap_is_below_kind(uint32_t heap, uint8_t kind);
