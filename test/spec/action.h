// SPDX-License-Identifier: Apache-2.0
//
// An action of a script: {"type": "invoke" or "get", "module", "field", "args"}.
#pragma once

#include "test/spec/environment.h"
#include "test/spec/json.h"

struct action_result {
    const char *problem; // the script asks for what cannot be done; else NULL
    bool is_trap;
    struct wasm_trap trap;
    uint32_t count;
    uint8_t types[WASM_LIMIT_RESULTS];
    union wasm_value values[WASM_LIMIT_RESULTS];
};

void action_run(struct environment *env, struct wasm_instance *instance,
                const struct json *action, struct action_result *result);
