// SPDX-License-Identifier: Apache-2.0
//
// Whether what an embedder gives is what a module imports. Core 3.0 #import-matching.
// Internal to the engine.
#pragma once

#include "engine/instance.h"

// `rtts`: the module's types in `store`, which the externals belong to.
WASM_NODISCARD enum wasm_error_code
wasm_link_check(const struct wasm_store *store, const struct wasm_module *module,
                const struct wasm_rtt *const *rtts, const struct wasm_extern *imports,
                uint32_t import_count, struct wasm_error *error);
