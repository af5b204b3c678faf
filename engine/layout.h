// SPDX-License-Identifier: Apache-2.0
//
// Where things stand in an instance. Internal to the engine.
#pragma once

#include "engine/instance.h"

// Fills module->layout. WASM_UNSUPPORTED: the instance would be too large.
WASM_NODISCARD enum wasm_error_code wasm_layout_compute(struct wasm_module *module,
                                                        struct wasm_error *error);
