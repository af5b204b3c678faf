// SPDX-License-Identifier: Apache-2.0
//
// The host module "spectest" that the suite's scripts import from.
#pragma once

#include "engine/engine.h"

#define SPECTEST_EXPORTS 15

struct spectest {
    struct {
        const char *name;
        struct wasm_extern value;
    } exports[SPECTEST_EXPORTS];
    uint32_t count;
    // Where the print functions write a line; NULL: nowhere.
    void (*print)(void *context, const char *line);
    void *context;
};

// Makes its functions, globals, tables and memories in `store`; `spectest` stays in place
// as long as the store. False: out of memory.
WASM_NODISCARD bool spectest_create(struct spectest *spectest, struct wasm_store *store,
                                    void (*print)(void *context, const char *line),
                                    void *context);

// False: no export of that name.
bool spectest_export(const struct spectest *spectest, struct wasm_name name,
                     struct wasm_extern *out);
