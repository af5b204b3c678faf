// SPDX-License-Identifier: Apache-2.0
//
// Satisfies a module's imports from what this library OS offers, and only what it
// imports.
#pragma once

#include "libos/allocator.h"

struct wasi;
struct wasm_extern;
struct wasm_module;
struct wasm_store;

// Fills *imports, one for each import of `module` (NULL when it has none). Ends the
// domain with an error that names the import which is missing or has another type.
void link_imports(struct wasm_store *store, const struct wasm_module *module,
                  struct wasi *wasi, const struct allocator *allocator,
                  struct wasm_extern **imports);
