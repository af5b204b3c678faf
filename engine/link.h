// SPDX-License-Identifier: Apache-2.0
//
// Whether what an embedder gives is what a module imports. Core 3.0 #import-matching.
// Internal to the engine.
#pragma once

#include "engine/instance.h"

// sig_ids: of the module's types in the store that the externals belong to.
WASM_NODISCARD enum wasm_error_code wasm_link_check(const struct wasm_module *module,
                                                    const uint32_t *sig_ids,
                                                    const struct wasm_extern *imports,
                                                    uint32_t import_count,
                                                    struct wasm_error *error);
