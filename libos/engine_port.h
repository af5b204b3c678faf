// SPDX-License-Identifier: Apache-2.0
//
// What the engine stands on in a domain: the heap, linear memory at its reserved place,
// and code pages that are written first and executed after.
#pragma once

#include <stdbool.h>

#include "engine/port.h"

struct frames;
struct heap;
struct sk_boot_info;

struct engine_port {
    struct wasm_port port; // hand this to the engine
    struct frames *frames;
    struct heap *heap;
    uint64_t linear_va; // the place made for one linear memory
    uint64_t linear_len;
    bool linear_taken;
};

void engine_port_init(struct engine_port *p, const struct sk_boot_info *boot,
                      struct frames *frames, struct heap *heap);
