// SPDX-License-Identifier: Apache-2.0
//
// The host module "spectest" that the suite's scripts import from.
#pragma once

#include "engine/engine.h"

#define SPECTEST_EXPORTS 13

struct spectest {
    struct {
        const char *name;
        struct wasm_extern value;
    } exports[SPECTEST_EXPORTS];
    uint32_t count;
};

// Makes its functions, globals, table and memory in `store`. False: out of memory.
WASM_NODISCARD bool spectest_create(struct spectest *spectest, struct wasm_store *store);

// False: no export of that name.
bool spectest_export(const struct spectest *spectest, struct wasm_name name,
                     struct wasm_extern *out);
