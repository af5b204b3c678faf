// SPDX-License-Identifier: Apache-2.0
//
// Names of functions: from the custom section "name", else those of exports. Internal to
// the engine.
#pragma once

#include "engine/module.h"

// Fills module->func_names as far as the section makes sense: what is wrong in it makes
// no module invalid. False: no memory.
bool wasm_names_load(struct wasm_module *module);

// From the section alone. len 0: it has none there.
struct wasm_name wasm_names_in_section(const struct wasm_module *module,
                                       uint32_t func_index);

// From both. len 0: it has none.
struct wasm_name wasm_names_func(const struct wasm_module *module, uint32_t func_index);
