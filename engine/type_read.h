// SPDX-License-Identifier: Apache-2.0
//
// Value types out of their bytes, for sections and bodies alike. Wasm core 3.0
// #binary-types. Internal to the engine.
#pragma once

#include "base/cursor.h"
#include "engine/engine.h"

// Where types are read: indices are below type_count, else *unknown takes the first that
// is not. What is no type at all is an error of the cursor. Both ways the result is of no
// use.
struct wasm_type_reader {
    struct cursor *c;
    uint32_t type_count;
    uint32_t unknown; // UINT32_MAX: none
};

uint32_t wasm_read_heap_type(struct wasm_type_reader *r);
wasm_type_t wasm_read_ref_type(struct wasm_type_reader *r);
wasm_type_t wasm_read_val_type(struct wasm_type_reader *r);
wasm_type_t wasm_read_storage_type(struct wasm_type_reader *r);
