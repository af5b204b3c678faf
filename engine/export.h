// SPDX-License-Identifier: Apache-2.0
//
// Exports in the order of their names, to find one and to find two of one name; sorted
// rather than hashed, so that no choice of names makes it slow. Internal to the engine.
#pragma once

#include "engine/module.h"

// Fills module->export_order. False: no memory.
bool wasm_exports_sort(struct wasm_module *module);
// An export whose name another one has, or NULL.
const struct wasm_export_decl *wasm_exports_duplicate(const struct wasm_module *module);
// NULL: none of that name.
const struct wasm_export_decl *wasm_exports_find(const struct wasm_module *module,
                                                 struct wasm_name name);

// How many bytes of a name a message shows, for %.*s.
int wasm_name_shown(struct wasm_name name);
